"""Overlapping tiles: what MONAI makes of them, step by step."""

import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_core.inference.tiling import OVERLAP, TileGrid, _gaussian, blended, fits
from ccsd_core.progress import drain

SIDES = st.integers(1, 24)
SHAPES = st.tuples(SIDES, SIDES, SIDES)


def two_channels(tile: torch.Tensor) -> torch.Tensor:
    """Something that depends on where in its tile a voxel lies."""
    ramp = torch.linspace(0, 1, tile.shape[1]).reshape(-1, 1, 1)
    return torch.stack([tile.sum(0) * ramp, tile.mean() + ramp + 0 * tile[0]])


@pytest.mark.parametrize(
    ("shape", "tile"),
    [((20, 14, 9), (8, 8, 8)), ((16, 16, 16), (8, 16, 16)), ((12, 10, 8), (5, 7, 3))],
)
def test_the_blend_is_that_of_monais_sliding_window(shape, tile):
    from monai.inferers.utils import sliding_window_inference

    volume = torch.randn(3, *shape)

    ours = drain(blended(two_channels, volume, tile=tile))

    theirs = sliding_window_inference(
        volume[None],
        tile,
        sw_batch_size=1,
        predictor=lambda one: two_channels(one[0])[None],
        overlap=0.5,
        mode="gaussian",
    )
    torch.testing.assert_close(ours, theirs[0])


def test_a_tile_larger_than_the_volume_along_an_axis_is_cut_down():
    sizes = []

    def note(tile: torch.Tensor) -> torch.Tensor:
        sizes.append(tuple(tile.shape[1:]))
        return tile

    volume = torch.randn(1, 6, 20, 4)
    same = drain(blended(note, volume, tile=(8, 8, 8)))

    assert set(sizes) == {(6, 8, 4)}
    torch.testing.assert_close(same, volume)


def test_values_in_half_precision_are_blended_in_full():
    volume = torch.randn(1, 16, 8, 8)

    blend = drain(blended(lambda w: w.bfloat16(), volume, tile=(8, 8, 8)))

    assert blend.dtype == torch.float32


def test_nothing_is_computed_that_is_not_asked_for():
    """Cancelling is not asking for the next step."""
    computed = []
    steps = blended(lambda w: computed.append(1) or w, torch.randn(1, 16, 8, 8), tile=(8, 8, 8))

    first = next(steps)
    next(steps)
    steps.close()

    assert (first.done, first.total) == (0, 3)
    assert len(computed) == 1


@pytest.mark.parametrize(
    ("tile", "whole"), [(None, True), ((8, 9, 9), True), ((8, 9, 8), False), ((7, 99, 99), False)]
)
def test_a_volume_is_whole_if_it_fits_along_every_axis(tile, whole):
    assert fits((8, 9, 9), tile) is whole


@settings(deadline=None, max_examples=60)
@given(SHAPES, SHAPES)
def test_tiles_lie_where_monais_do(shape, tile):
    from monai.data.utils import dense_patch_slices

    size = tuple(min(n, most) for n, most in zip(shape, tile, strict=True))
    # as its sliding window does: no step along an axis that one tile covers
    steps = [n if n == side else max(1, int(side * OVERLAP))
             for n, side in zip(shape, size, strict=True)]  # fmt: skip

    ours = TileGrid.over(shape, tile)

    assert ours.size == size
    assert ours.places == tuple(dense_patch_slices(shape, size, steps))


@settings(deadline=None, max_examples=30)
@given(SHAPES)
def test_a_tiles_weights_are_monais_to_the_bit(size):
    from monai.data.utils import compute_importance_map

    assert torch.equal(
        _gaussian(size, torch.device("cpu")), compute_importance_map(size, mode="gaussian")
    )


def test_computing_in_tiles_does_not_import_monai():
    code = """if True:
        import sys, torch
        from ccsd_core.inference.tiling import blended
        from ccsd_core.progress import drain
        import ccsd_core.inference.load
        drain(blended(lambda w: w, torch.zeros(1, 9, 9, 9), tile=(4, 4, 4)))
        sys.exit("monai" in sys.modules)
    """

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
