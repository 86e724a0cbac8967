"""Ways to encode a case, tried one after another when memory runs out.

    whole ──▶ tiles ──▶ tiles of half the size ──▶ … ──▶ the same on the CPU

Norms are computed per tile, so smaller tiles give slightly different results: the largest that fit
are used, but none smaller than `MIN_TILE_SIDE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ccsd_core.inference.tiling import Shape, fits

MIN_TILE_SIDE = 32
"""Smallest side of a tile in voxels."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to encode a case.

    Args:
        device: Device to encode on.
        tile: Shape of a tile in voxels; None: the case is encoded whole.
    """

    device: torch.device
    tile: Shape | None

    def __str__(self) -> str:
        """The attempt as text for the user."""
        how = "whole" if self.tile is None else f"in tiles of {_sides(self.tile)} voxels"
        return f"{how} on the {'CPU' if self.device.type == 'cpu' else 'GPU'}"


def attempts(
    box: Shape, tile: Shape | None, *, lattice: Shape, device: torch.device
) -> Iterator[Attempt]:
    """All attempts, the best first.

    Args:
        box: Shape of the case's box in voxels.
        tile: Largest box that is encoded as a whole, by the model's setting; None for any.
        lattice: Sides of smaller tiles are multiples of these.
        device: Device of the first attempts; the CPU follows.
    """
    for target in dict.fromkeys((device, torch.device("cpu"))):
        if fits(box, tile):
            yield Attempt(target, None)
            smaller = box
        else:
            assert tile is not None
            yield Attempt(target, tile)
            smaller = tile
        while (halved := _halved(smaller, lattice)) is not None:
            smaller = halved
            yield Attempt(target, smaller)


def _halved(tile: Shape, lattice: Shape) -> Shape | None:
    """The tile with its longest side halved, rounded up to the lattice; None if too small."""
    axis = max(range(3), key=lambda a: tile[a])
    sides = list(tile)
    sides[axis] = -(-sides[axis] // (2 * lattice[axis])) * lattice[axis]
    x, y, z = sides
    return (x, y, z) if MIN_TILE_SIDE <= sides[axis] < tile[axis] else None


def _sides(tile: Shape) -> str:
    return " × ".join(str(n) for n in tile)
