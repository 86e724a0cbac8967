"""Segmentations and their provenance."""

import json

import numpy as np
import pytest

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, Region
from ccsd_core.domain.segmentation import Provenance, Segmentation
from ccsd_core.domain.volume import Volume

SHAPE = (4, 5, 6)
AFFINE = np.diag([2.0, 2, 2, 1])
every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)


def provenance(subset: ModalitySubset, available: ModalitySubset) -> Provenance:
    return Provenance("x", "model", "ab" * 32, subset, available, "0.1", seen_in_training=False)


def segmentation(regions: np.ndarray) -> Segmentation:
    full = ModalitySubset.full()
    grid = Volume(np.zeros(SHAPE, np.float32), AFFINE)
    return Segmentation(regions, grid, StoredGrid(SHAPE, AFFINE), BRATS2021, provenance(full, full))


@every_subset
def test_the_input_line_names_every_sequence_once(subset: ModalitySubset):
    available = ModalitySubset.full()
    line = provenance(subset, available).describe_input()
    given, _, rest = line.removeprefix("input: ").partition(" · ")
    assert given == ", ".join(m.label for m in subset)
    assert ("withheld" in rest) == (len(subset) < 4)
    assert all(m.label in rest for m in subset.missing)


def test_what_is_switched_off_and_what_was_never_scanned_are_distinguished():
    available = ModalitySubset.full().toggled(Modality.T1C)
    line = provenance(ModalitySubset.parse("FLAIR+T1"), available).describe_input()
    assert line == "input: FLAIR, T1 · T2 withheld · T1c missing"


@every_subset
def test_provenance_is_json_and_its_subset_can_be_read_back(subset: ModalitySubset):
    data = json.loads(json.dumps(provenance(subset, subset).as_dict()))
    assert ModalitySubset.parse(data["subset"]) == subset
    assert data["model_sha256"] == "ab" * 32


def test_volumes_are_voxels_times_the_voxels_volume():
    regions = np.zeros((3, *SHAPE), bool)
    regions[Region.WT, :2, :2, :3] = True
    regions[Region.TC, 0, :2, :3] = True
    found = segmentation(regions)
    assert found.volumes_ml() == pytest.approx({"WT": 0.096, "TC": 0.048, "ET": 0})


def test_labels_hold_the_regions():
    regions = np.zeros((3, *SHAPE), bool)
    regions[:, 1, 1, 1] = True
    regions[Region.WT, 2, 2, 2] = True
    labels = segmentation(regions).labels
    assert (labels[1, 1, 1], labels[2, 2, 2], labels[0, 0, 0]) == (4, 2, 0)


def test_regions_of_another_shape_are_our_own_bug():
    with pytest.raises(AssertionError):
        segmentation(np.zeros((3, 4, 5, 5), bool))
