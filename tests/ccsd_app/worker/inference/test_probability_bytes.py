"""Probabilities on their way from the inference process to the window."""

import numpy as np
import pytest

from ccsd_app.worker.inference.probability_bytes import as_cropped_bytes
from ccsd_core.domain.byte_probability import CERTAIN, HALF
from ccsd_core.domain.modality import ModalitySubset


def test_probabilities_arrive_as_the_network_gave_them_and_none_is_cut_off(fake_worker):
    for subset in ModalitySubset.every():
        sure = fake_worker.FakeProbabilities(subset)

        values, (x, y, z) = as_cropped_bytes(sure, fake_worker.SHAPE)

        whole = np.zeros((3, *fake_worker.SHAPE), np.uint8)
        _, a, b, c = values.shape
        whole[:, x : x + a, y : y + b, z : z + c] = values
        np.testing.assert_allclose(whole / CERTAIN, sure.values, atol=0.5 / CERTAIN)
        np.testing.assert_array_equal(whole >= HALF, fake_worker.regions(subset))


def test_where_nothing_is_probable_nothing_is_sent(fake_worker):
    sure = fake_worker.FakeProbabilities(ModalitySubset.full())
    sure.values[:] = 0.001

    values, _ = as_cropped_bytes(sure, fake_worker.SHAPE)

    assert values.shape == (3, 0, 0, 0)


class CoarseProbabilities:
    """A network's grid of half the resolution, cut to a box; one voxel of it is certain."""

    def __init__(self, place: tuple[int, int, int]) -> None:
        self.offset = (2, 1, 3)
        self.grid_shape = tuple(n // 2 for n in (24, 28, 20))
        self.place = place
        inner = tuple(n - o - 1 for n, o in zip(self.grid_shape, self.offset, strict=True))
        self.values = np.zeros((3, *inner), np.float16)
        self.values[(slice(None), *(p - o for p, o in zip(place, self.offset, strict=True)))] = 1

    def on_case_grid(self, start, stop) -> np.ndarray:
        whole = np.zeros((3, 24, 28, 20), np.float16)
        whole[(slice(None), *(slice(2 * p, 2 * p + 2) for p in self.place))] = 1
        return whole[(slice(None), *map(slice, start, stop))]


@pytest.mark.parametrize("place", [(2, 1, 3), (5, 7, 6), (10, 12, 8)], ids=str)
def test_a_box_of_a_coarser_grid_lands_where_it_belongs_and_stays_small(place):
    sure = CoarseProbabilities(place)

    values, offset = as_cropped_bytes(sure, (24, 28, 20))

    inside = np.argwhere(values[0] >= HALF) + offset
    assert inside.min(axis=0).tolist() == [2 * p for p in place]
    assert inside.max(axis=0).tolist() == [2 * p + 1 for p in place]
    assert max(values.shape[1:]) <= 8  # two voxels, and what interpolation reaches
