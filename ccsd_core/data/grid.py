"""The network's own grid, and the way there and back.

    case grid (any spacing)  ──shrink──▶  network grid (2 mm)  ──crop──▶  box on a lattice
                             ◀──enlarge──                      ◀──paste──

Both grids share their outer edges: voxel edges, not centres, coincide at both ends.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

LATTICE = (16, 16, 16)
"""Boxes begin and end at multiples of this many network voxels along each axis; a network that
needs more says so."""


def network_shape(
    shape: tuple[int, int, int], spacing_mm: tuple[float, float, float], *, target_mm: float
) -> tuple[int, int, int]:
    """The network grid's size for a case grid: the nearest whole number of voxels per axis."""
    x, y, z = (max(1, round(n * mm / target_mm)) for n, mm in zip(shape, spacing_mm, strict=True))
    return x, y, z


def resize(
    volume: Float[Tensor, "c x y z"], shape: tuple[int, int, int]
) -> Float[Tensor, "c u v w"]:
    """Linear resampling with an antialiasing triangle when shrinking; edges stay aligned.

    Done as two 2-D passes, since torch antialiases in 2-D only.
    """
    c, x, y, z = volume.shape
    if (x, y, z) == shape:
        return volume
    u, v, w = shape
    planes = volume.permute(0, 3, 1, 2).reshape(c * z, 1, x, y)
    planes = _resize_2d(planes, (u, v)).reshape(c, z, u, v)
    columns = planes.permute(0, 2, 3, 1).reshape(c * u, 1, v, z)
    return _resize_2d(columns, (v, w)).reshape(c, u, v, w)


def sample_block(
    volume: Float[Tensor, "c x y z"],
    shape: tuple[int, int, int],
    start: tuple[int, int, int],
    stop: tuple[int, int, int],
) -> Float[Tensor, "c u v w"]:
    """A block of what `resize(volume, shape)` gives when enlarging, without the rest of it.

    Args:
        volume: Values on the coarse grid.
        shape: Size of the fine grid.
        start: First fine voxel of the block.
        stop: One past the last.
    """
    for axis, (n, lo, hi) in enumerate(zip(shape, start, stop, strict=True), start=1):
        coarse = volume.shape[axis]
        position = (torch.arange(lo, hi, dtype=torch.float64) + 0.5) * coarse / n - 0.5
        position = position.clamp(0, coarse - 1)
        below = position.floor().long()
        above = (below + 1).clamp(max=coarse - 1)
        weight = (position - below).to(volume.dtype)
        weight = weight.reshape([-1 if a == axis else 1 for a in range(4)])
        volume = torch.lerp(
            volume.index_select(axis, below), volume.index_select(axis, above), weight
        )
    return volume


def _resize_2d(planes: Tensor, size: tuple[int, int]) -> Tensor:
    if planes.shape[-2:] == size:
        return planes
    return functional.interpolate(
        planes, size=size, mode="bilinear", align_corners=False, antialias=True
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A box of network voxels; it may reach beyond the grid, where everything is background.

    Args:
        start: First voxel along each axis.
        stop: One past the last.
    """

    start: tuple[int, int, int]
    stop: tuple[int, int, int]

    @classmethod
    def around(cls, mask: NDArray[np.bool_], *, lattice: tuple[int, int, int] = LATTICE) -> "Box":
        """The smallest box on a lattice that holds a mask; the whole grid for an empty one.

        >>> mask = np.zeros((40, 40, 40), bool)
        >>> mask[17:20, 3:35, 8] = True
        >>> Box.around(mask, lattice=(16, 32, 16))
        Box(start=(16, 0, 0), stop=(32, 64, 16))
        """
        starts, stops = [], []
        for axis, step in enumerate(lattice):
            hit = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
            first, last = (hit[0], hit[-1]) if hit.size else (0, mask.shape[axis] - 1)
            starts.append(int(first) // step * step)
            stops.append(int(last) // step * step + step)
        (a, b, c), (d, e, f) = starts, stops
        return cls((a, b, c), (d, e, f))

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = (hi - lo for lo, hi in zip(self.start, self.stop, strict=True))
        return x, y, z

    def crop(self, volume: Float[Tensor, "c x y z"]) -> Float[Tensor, "c u v w"]:
        """Cut the box out; what lies beyond the grid is 0, the background after normalising."""
        pads: list[int] = []
        slices = [slice(None)]
        for lo, hi, n in zip(self.start, self.stop, volume.shape[1:], strict=True):
            slices.append(slice(max(lo, 0), min(hi, n)))
            pads = [max(-lo, 0), max(hi - n, 0), *pads]
        return functional.pad(volume[tuple(slices)], pads)

    def paste(
        self, crop: Float[Tensor, "c u v w"], shape: tuple[int, int, int], *, fill: float
    ) -> Float[Tensor, "c x y z"]:
        """Put a cut-out back into a grid of the given shape, `fill` elsewhere."""
        whole = crop.new_full((crop.shape[0], *shape), fill)
        inside, within = [slice(None)], [slice(None)]
        for lo, hi, n in zip(self.start, self.stop, shape, strict=True):
            inside.append(slice(max(lo, 0), min(hi, n)))
            within.append(slice(max(-lo, 0), min(hi, n) - lo))
        whole[tuple(inside)] = crop[tuple(within)]
        return whole
