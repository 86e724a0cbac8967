"""The network's grid: there and back, and boxes that do not depend on what is used."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_core.data.grid import Box, coarse_part, network_shape, resize, sample_block

SIDES = st.integers(5, 40)
STEPS = st.sampled_from([1, 8, 16, 32])


def ramp(shape: tuple[int, int, int]) -> torch.Tensor:
    """A plane tilted over the whole volume, in world units from edge to edge."""
    axes = [(torch.arange(n) + 0.5) / n for n in shape]
    x, y, z = torch.meshgrid(*axes, indexing="ij")
    return (x + 2 * y - z)[None]


@settings(deadline=None, max_examples=30)
@given(st.tuples(SIDES, SIDES, SIDES), st.tuples(SIDES, SIDES, SIDES))
def test_a_tilted_plane_stays_where_it_is(shape, other):
    there = resize(ramp(shape), other)

    inner = tuple(slice(n // 3, n - n // 3) for n in other)
    if min(shape) >= 8 and min(other) >= 8:
        torch.testing.assert_close(there[0][inner], ramp(other)[0][inner], atol=0.02, rtol=0)
    assert there.shape[1:] == other


@settings(deadline=None, max_examples=30)
@given(st.tuples(SIDES, SIDES, SIDES), st.floats(1.0, 3.0), st.data())
def test_a_block_is_what_enlarging_everything_would_give_there(shape, factor, data):
    fine = tuple(int(np.ceil(n * factor)) for n in shape)
    start = tuple(data.draw(st.integers(0, n - 1)) for n in fine)
    stop = tuple(data.draw(st.integers(a + 1, n)) for a, n in zip(start, fine, strict=True))
    values = torch.randn(2, *shape)

    block = sample_block(values, fine, start, stop)
    part = coarse_part(fine, start, stop, coarse=shape)
    cut = tuple(slice(a, b) for a, b in zip(part.start, part.stop, strict=True))
    of_part = sample_block(values[(slice(None), *cut)], fine, start, stop, coarse=part)

    assert torch.equal(of_part, block), "the part is all that a block reads"
    window = (slice(None), *(slice(a, b) for a, b in zip(start, stop, strict=True)))
    torch.testing.assert_close(block, resize(values, fine)[window], atol=1e-4, rtol=1e-4)


@settings(deadline=None, max_examples=50)
@given(st.tuples(SIDES, SIDES, SIDES), st.tuples(STEPS, STEPS, STEPS), st.data())
def test_a_box_holds_the_mask_and_keeps_to_the_lattice(shape, lattice, data):
    mask = np.zeros(shape, bool)
    for _ in range(data.draw(st.integers(1, 4))):
        mask[tuple(data.draw(st.integers(0, n - 1)) for n in shape)] = True

    box = Box.around(mask, lattice=lattice)

    assert all(a % step == 0 for a, step in zip(box.start, lattice, strict=True))
    assert all(b % step == 0 for b, step in zip(box.stop, lattice, strict=True))
    tight = Box.around(mask, lattice=(1, 1, 1))
    assert all(0 <= b - a < n for a, b, n in zip(box.start, tight.start, lattice, strict=True))
    assert all(0 <= b - a < n for a, b, n in zip(tight.stop, box.stop, lattice, strict=True))
    volume = torch.from_numpy(mask.astype(np.float32))[None]
    crop = box.crop(volume)
    assert crop.shape[1:] == box.shape
    assert crop.sum() == mask.sum()
    torch.testing.assert_close(box.paste(crop, shape, fill=0.0), volume)


@pytest.mark.parametrize(
    ("shape", "spacing", "expected"),
    [
        ((240, 240, 155), (1.0, 1.0, 1.0), (120, 120, 78)),
        ((100, 100, 20), (2.0, 2.0, 6.0), (100, 100, 60)),
        ((1, 3, 3), (0.5, 0.5, 0.5), (1, 1, 1)),
    ],
)
def test_the_network_grid_has_the_nearest_whole_size(shape, spacing, expected):
    assert network_shape(shape, spacing, target_mm=2.0) == expected


def test_the_box_around_nothing_holds_the_whole_grid():
    assert Box.around(np.zeros((20, 5, 32), bool), lattice=(16, 16, 32)) == Box(
        (0, 0, 0), (32, 16, 32)
    )


@settings(deadline=None, max_examples=50)
@given(st.tuples(*[st.integers(-12, 12)] * 3), st.tuples(*[st.integers(1, 10)] * 3))
def test_what_reaches_beyond_the_grid_is_pasted_as_far_as_it_lies_within(start, sides):
    shape = (5, 6, 7)
    box = Box(start, tuple(a + n for a, n in zip(start, sides, strict=True)))
    crop = torch.rand(1, *sides) + 1

    whole = box.paste(crop, shape, fill=0.0)

    seen = box.relative_to((-20, -20, -20))
    padded = torch.zeros(1, 60, 60, 60)
    padded[(0, *(slice(a, b) for a, b in zip(seen.start, seen.stop, strict=True)))] = crop[0]
    assert torch.equal(whole, padded[:, 20:25, 20:26, 20:27])
