"""deepbet finds the brain of a head; the arithmetic on masks is ours."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.brain_mask import brain_mask, faces_cut, grown
from tests.ccsd_core.preparation.conftest import Head


@pytest.mark.slow
def test_the_brain_of_a_head_is_found(head: Head):
    pytest.importorskip("deepbet", reason="needs the extra [scanner]")
    found = brain_mask(head.image(Modality.T1, stripped=False))
    shared = 2 * (found & head.brain).sum() / (found.sum() + head.brain.sum())
    assert shared > 0.9


def test_a_mask_grows_by_millimetres_on_any_grid():
    mask = np.zeros((21, 21, 21), bool)
    mask[10, 10, 10] = True
    larger = grown(mask, (1.0, 1.0, 2.0), 4.0)
    assert larger[14, 10, 10]
    assert not larger[15, 10, 10]
    assert larger[10, 10, 12]
    assert not larger[10, 10, 13]
    np.testing.assert_array_equal(grown(larger, (1.0, 1.0, 2.0), 0.0), larger)
    assert grown(larger, (1.0, 1.0, 2.0), -2.0).sum() < larger.sum()


def test_a_brain_that_goes_on_beyond_the_image_is_noticed_at_that_face():
    x, y, z = np.meshgrid(*([np.arange(50) * 4.0] * 3), indexing="ij")
    brain = (x - 98) ** 2 + (y - 98) ** 2 + (z - 98) ** 2 < 70**2
    values = np.random.default_rng(0).uniform(1, 9, brain.shape)
    whole = Volume(values, np.diag([4.0, 4.0, 4.0, 1.0]))
    assert faces_cut(whole, brain) == ()
    for slices, face in (
        (np.s_[:, :, :37], "top"),
        (np.s_[:, :, 15:], "bottom"),
        (np.s_[14:], "left"),
        (np.s_[:, :37], "front"),
    ):
        assert faces_cut(Volume(values[slices], whole.world_from_voxel), brain[slices]) == (face,)
    padded, shown = np.zeros_like(values), np.zeros_like(brain)
    padded[:, :, :37], shown[:, :, :37] = values[:, :, :37], brain[:, :, :37]
    assert faces_cut(whole.with_array(padded), shown) == ("top",), "padding is no image"
