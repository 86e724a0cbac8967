"""Probability maps as NIfTI."""

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.storage.label_maps.probability_file import (
    check_probabilities,
    probability_paths,
    save_probabilities,
)
from ccsd_core.storage.probability_names import is_probability_name

SHAPE = (5, 6, 7)
LPS = np.diag([-1.0, -1, 1, 1])


@pytest.mark.parametrize(("kind", "error"), [("uint8", 0.5 / 255 + 1e-4), ("float32", 0)])
def test_each_region_and_all_lie_on_the_stored_grid(tmp_path, kind, error):
    values = np.random.default_rng(0).random((3, *SHAPE)).astype(np.float16)
    values[:, 0, 0, 0] = 0.5
    labels = tmp_path / "P1.nii.gz"

    save_probabilities(labels, values, StoredGrid(SHAPE, LPS), kind=kind)

    all_of_them = nib.load(tmp_path / "P1_probabilities.nii.gz")
    assert all_of_them.get_data_dtype() == kind
    for region in Region:
        one = nib.load(tmp_path / f"P1_probability_{region.name}.nii.gz")
        found = one.get_fdata()[::-1, ::-1]
        assert np.abs(found - values[region]).max() <= error
        assert ((found > 0.5) == (values[region] > 0.5)).all()
        assert (all_of_them.get_fdata()[..., region] == one.get_fdata()).all()
        np.testing.assert_allclose(one.affine, LPS)


def test_a_map_of_another_program_is_not_overwritten_and_ours_is(tmp_path):
    labels = tmp_path / "P1.nii.gz"
    save_probabilities(labels, np.zeros((3, *SHAPE), np.float16), StoredGrid(SHAPE, LPS))
    check_probabilities(labels)

    theirs = probability_paths(labels)[Region.TC]
    nib.save(nib.Nifti1Image(np.zeros(SHAPE, np.uint8), LPS), theirs)

    with pytest.raises(BadInputError, match=r"P1_probability_TC.nii.gz exists"):
        check_probabilities(labels)


def test_their_names_are_distinguished_from_those_of_label_maps(tmp_path):
    for path in probability_paths(tmp_path / "P1_FLAIR+T2.nii").values():
        assert is_probability_name(path.name.removesuffix(".nii"))
    assert not is_probability_name("P1_FLAIR+T2")
