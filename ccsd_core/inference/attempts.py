"""What to try, one after another, when memory gives out.

    whole ──▶ windows ──▶ windows of half the size ──▶ … ──▶ the same again on the CPU

A window's norms see the window alone, so that smaller windows give slightly other results: the
largest that fits is used, and none gets smaller than `SMALLEST`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from ccsd_core.inference.patches import Shape, fits

SMALLEST = 32
"""Voxels below which no side of a window is cut."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way to encode a case.

    Args:
        device: Where.
        window: Voxels of a window; None for whole.
    """

    device: torch.device
    window: Shape | None

    def __str__(self) -> str:
        """For the user to read."""
        how = "whole" if self.window is None else f"in windows of {_sides(self.window)} voxels"
        return f"{how} on the {'CPU' if self.device.type == 'cpu' else 'GPU'}"


def attempts(
    box: Shape, window: Shape | None, *, lattice: Shape, device: torch.device
) -> Iterator[Attempt]:
    """All of them, the best first.

    Args:
        box: The case's, in voxels.
        window: Largest box that the model says is encoded whole; None is any.
        lattice: Sides of smaller windows are multiples of these.
        device: Where to begin.
    """
    for place in dict.fromkeys((device, torch.device("cpu"))):
        if fits(box, window):
            yield Attempt(place, None)
            smaller = box
        else:
            assert window is not None
            yield Attempt(place, window)
            smaller = window
        while (halved := _halved(smaller, lattice)) is not None:
            smaller = halved
            yield Attempt(place, smaller)


def _halved(window: Shape, lattice: Shape) -> Shape | None:
    """Its longest side halved, up to a multiple of the lattice; None if that gets too small."""
    axis = max(range(3), key=lambda a: window[a])
    sides = list(window)
    sides[axis] = -(-sides[axis] // (2 * lattice[axis])) * lattice[axis]
    x, y, z = sides
    return (x, y, z) if SMALLEST <= sides[axis] < window[axis] else None


def _sides(window: Shape) -> str:
    return " × ".join(str(n) for n in window)
