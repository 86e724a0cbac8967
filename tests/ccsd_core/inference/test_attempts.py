"""What is tried when memory gives out: from whole over tiles to the CPU."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.inference.attempts import MIN_TILE_SIDE, attempts
from ccsd_core.inference.tiling import fits

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
LATTICE = (16, 16, 16)
SIDES = st.integers(1, 16).map(lambda n: 16 * n)
BOXES = st.tuples(SIDES, SIDES, SIDES)


def test_the_longest_side_is_halved_until_the_smallest():
    ways = list(attempts((80, 112, 80), None, lattice=LATTICE, device=CPU))

    assert [way.tile for way in ways] == [
        None,
        (80, 64, 80),
        (48, 64, 80),
        (48, 64, 48),
        (48, 32, 48),
        (32, 32, 48),
        (32, 32, 32),
    ]


def test_a_coarser_lattice_is_kept_to_while_halving():
    ways = list(attempts((96, 64, 32), None, lattice=(32, 32, 16), device=CPU))

    assert [way.tile for way in ways] == [None, (64, 64, 32), (32, 64, 32), (32, 32, 32)]


def test_a_gpu_is_followed_by_the_cpu_from_the_start():
    ways = list(attempts((160, 192, 160), (128, 128, 128), lattice=LATTICE, device=CUDA))

    half = len(ways) // 2
    assert [way.device for way in ways] == [CUDA] * half + [CPU] * half
    assert [way.tile for way in ways[:half]] == [way.tile for way in ways[half:]]
    assert ways[0].tile == (128, 128, 128)
    assert str(ways[0]) == "in tiles of 128 × 128 × 128 voxels on the GPU"
    assert str(next(attempts((16, 16, 16), None, lattice=LATTICE, device=CPU))) == (
        "whole on the CPU"
    )


@given(BOXES, st.none() | BOXES, st.sampled_from([(16, 16, 16), (32, 32, 16)]))
def test_tiles_shrink_keep_to_the_lattice_and_stay_large_enough(box, tile, lattice):
    ways = list(attempts(box, tile, lattice=lattice, device=CPU))

    assert (ways[0].tile is None) == fits(box, tile)
    for before, after in pairwise(ways):
        larger = before.tile or box
        assert after.tile is not None
        assert after.tile != larger
        assert all(a <= b for a, b in zip(after.tile, larger, strict=True))
        changed = [a for a, b in enumerate(larger) if after.tile[a] != b]
        assert len(changed) == 1
        assert after.tile[changed[0]] % lattice[changed[0]] == 0
        assert after.tile[changed[0]] >= MIN_TILE_SIDE
    assert len({way.tile for way in ways}) == len(ways)


@pytest.mark.parametrize("box", [(16, 16, 16), (48, 16, 16), (32, 32, 32)])
def test_what_is_small_already_is_not_cut(box):
    ways = list(attempts(box, None, lattice=(16, 16, 16), device=CPU))

    assert [way.tile for way in ways[1:]] == ([(32, 16, 16)] if 48 in box else [])
