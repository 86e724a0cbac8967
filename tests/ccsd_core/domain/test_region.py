"""Regions and label schemes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_core.domain.region import (
    BRATS2021,
    BRATS2023,
    BRATS2024,
    MSD,
    SCHEMES,
    LabelScheme,
    Region,
)
from ccsd_core.errors import LabelSchemeError, UnknownRegionError

every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda s: s.name)
SMALL = (3, 4, 2)


@every_scheme
@given(data=st.data())
def test_regions_are_nested_and_labels_is_their_inverse(scheme: LabelScheme, data: st.DataObject):
    tissues = (0, scheme.oedema, scheme.necrosis, scheme.enhancing)
    labels = data.draw(arrays(np.uint8, SMALL, elements=st.sampled_from(tissues)))
    whole, core, enhancing = regions = scheme.regions(labels)
    assert (enhancing <= core).all()
    assert (core <= whole).all()
    assert (scheme.labels(regions) == labels).all()


@every_scheme
@given(regions=arrays(bool, (3, *SMALL)))
def test_labels_of_any_regions_give_nested_ones_that_stay(scheme: LabelScheme, regions):
    nested = scheme.regions(scheme.labels(regions))
    assert (scheme.regions(scheme.labels(nested)) == nested).all()
    assert (nested[Region.ET] == regions[Region.ET]).all()


def test_the_same_integer_means_different_tissue_in_different_sets():
    labels = np.array([[[1, 2, 3, 4]]], np.uint8)
    assert BRATS2021.regions(labels)[:, 0, 0].astype(int).tolist() == [
        [1, 1, 0, 1],
        [1, 0, 0, 1],
        [0, 0, 0, 1],
    ]
    assert BRATS2023.regions(labels)[Region.ET, 0, 0].tolist() == [False, False, True, False]
    assert MSD.regions(labels)[Region.TC, 0, 0].tolist() == [False, True, True, False]


def test_the_resection_cavity_is_part_of_no_region():
    cavity = np.full((2, 2, 2), 4, np.uint8)
    BRATS2024.check(cavity)
    assert not BRATS2024.regions(cavity).any()


@pytest.mark.parametrize(
    ("scheme", "strange"), [(BRATS2021, 3), (BRATS2023, 4), (BRATS2024, 5), (MSD, 4)]
)
def test_a_strange_label_is_named_with_the_scheme(scheme: LabelScheme, strange: int):
    with pytest.raises(LabelSchemeError, match=rf"label {strange} .*{scheme.name}"):
        scheme.check(np.array([0, 1, strange], np.uint8))


@every_scheme
def test_every_scheme_is_found_by_its_name_in_any_case(scheme: LabelScheme):
    assert LabelScheme.parse(f" {scheme.name.upper()} ") is scheme


def test_an_unknown_scheme_is_named_with_the_known_ones():
    with pytest.raises(LabelSchemeError, match=r"'brats1999'.*brats2021.*msd"):
        LabelScheme.parse("brats1999")


@pytest.mark.parametrize("region", list(Region))
def test_every_region_is_found_by_its_name_in_any_case(region: Region):
    assert Region.parse(region.name.lower()) is region


def test_an_unknown_region_is_named_with_the_known_ones():
    with pytest.raises(UnknownRegionError, match=r"'edema'.*WT, TC, ET"):
        Region.parse("edema")
