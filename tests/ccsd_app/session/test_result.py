"""Where a view looks first, given a result."""

import numpy as np
import pytest

from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


def result(nested_labels: np.ndarray) -> SubsetResult:
    volumes = {region: float((nested_labels > region).sum()) / 1000 for region in Region}
    return SubsetResult(
        ModalitySubset.full(), nested_labels, (10, 20, 30), volumes, None, None, 1.0
    )


@pytest.fixture
def tumour():
    """Oedema with a core in it, whose largest slice is the fifth."""
    nested_labels = np.ones((12, 12, 8), np.uint8)
    nested_labels[3:9, 3:9, 3:7] = 2
    nested_labels[2:10, 2:10, 5] = 2
    return nested_labels


def test_the_view_is_centred_on_the_enhancing_part_if_there_is_one(tumour):
    tumour[6:9, 6:9, 3] = 3
    assert result(tumour).middle_voxel == (17, 27, 33)


def test_a_speck_of_enhancing_tumour_is_skipped_for_the_core(tumour):
    tumour[8, 8, 3] = 3
    *_, z = result(tumour).middle_voxel
    assert z == 35


def test_a_speck_of_core_is_skipped_for_the_whole():
    nested_labels = np.ones((12, 12, 8), np.uint8)
    nested_labels[0, 0, 0] = 2
    x, y, _ = result(nested_labels).middle_voxel
    assert (x, y) != (10, 20)


def test_a_result_without_tumour_has_no_middle():
    assert result(np.zeros((4, 4, 4), np.uint8)).middle_voxel is None
