"""The network's grid: resampling to it, cropping, and the reverse.

    case grid (any spacing)  ──shrink──▶  network grid (2 mm)  ──crop──▶  box on a lattice
                             ◀─upsample──                      ◀──paste──

Both grids share their outer edges: voxel edges, not centres, coincide at both ends.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Shaped
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ccsd_core.domain.box import tight_box

LATTICE = (16, 16, 16)
"""Boxes begin and end at multiples of this many network voxels along each axis, unless the network
needs larger multiples."""


def network_shape(
    shape: tuple[int, int, int], spacing_mm: tuple[float, float, float], *, target_mm: float
) -> tuple[int, int, int]:
    """The size of the network's grid for a case's grid, rounded to whole voxels per axis."""
    x, y, z = (max(1, round(n * mm / target_mm)) for n, mm in zip(shape, spacing_mm, strict=True))
    return x, y, z


def resize(
    volume: Float[Tensor, "c x y z"], shape: tuple[int, int, int]
) -> Float[Tensor, "c u v w"]:
    """Linear resampling with a triangular antialiasing filter when shrinking; edges are aligned.

    Computed in two 2-D passes, since torch supports antialiasing only in 2-D.
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
    *,
    coarse: "GridPart | None" = None,
) -> Float[Tensor, "c u v w"]:
    """A block of `resize(volume, shape)` for upsampling, without computing the rest.

    Args:
        volume: Values on the coarse grid, or on the part of it that is needed for the block.
        shape: Size of the fine grid.
        start: First fine voxel of the block.
        stop: One past the last voxel.
        coarse: The part of the coarse grid that `volume` covers: at least `coarse_part` of the same
            block; the whole grid by default.
    """
    whole = volume.shape[1:] if coarse is None else coarse.whole_shape
    first = (0, 0, 0) if coarse is None else coarse.start
    # z first, because copies grow with every axis, and along x they copy whole planes
    for axis in (2, 1, 0):
        below, above, weight = _neighbours(
            torch.arange(start[axis], stop[axis], device=volume.device),
            n=shape[axis],
            coarse=whole[axis],
        )
        weight = weight.to(volume.dtype).reshape([-1 if a == axis + 1 else 1 for a in range(4)])
        volume = torch.lerp(
            volume.index_select(axis + 1, below - first[axis]),
            volume.index_select(axis + 1, above - first[axis]),
            weight,
        )
    return volume


def coarse_part(
    shape: tuple[int, int, int],
    start: tuple[int, int, int],
    stop: tuple[int, int, int],
    *,
    coarse: tuple[int, int, int],
) -> "GridPart":
    """The part of a coarse grid that `sample_block` reads for a block.

    Args:
        shape: Size of the fine grid.
        start: First fine voxel of the block.
        stop: One past the last voxel.
        coarse: Size of the coarse grid.
    """
    first, beyond = [], []
    for n, lo, hi, size in zip(shape, start, stop, coarse, strict=True):
        below, above, _ = _neighbours(torch.tensor([lo, hi - 1]), n=n, coarse=size)
        first.append(int(below[0]))
        beyond.append(int(above[1]) + 1)
    (a, b, c), (d, e, f) = first, beyond
    return GridPart((a, b, c), (d, e, f), coarse)


def _neighbours(fine: Tensor, *, n: int, coarse: int) -> tuple[Tensor, Tensor, Tensor]:
    """The coarse voxels below and above fine voxels along one axis, and the upper weights."""
    position = ((fine.to(torch.float64) + 0.5) * coarse / n - 0.5).clamp(0, coarse - 1)
    below = position.floor().long()
    return below, (below + 1).clamp(max=coarse - 1), position - below


@dataclass(frozen=True, slots=True)
class GridPart:
    """A part of a grid.

    Args:
        start: First voxel of the part along each axis.
        stop: One past the last voxel along each axis.
        whole_shape: Shape of the whole grid.
    """

    start: tuple[int, int, int]
    stop: tuple[int, int, int]
    whole_shape: tuple[int, int, int]

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = (hi - lo for lo, hi in zip(self.start, self.stop, strict=True))
        return x, y, z


def _resize_2d(planes: Tensor, size: tuple[int, int]) -> Tensor:
    if planes.shape[-2:] == size:
        return planes
    return functional.interpolate(
        planes, size=size, mode="bilinear", align_corners=False, antialias=True
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A box of network voxels; it may extend beyond the grid, where everything is background.

    Args:
        start: First voxel along each axis.
        stop: One past the last voxel.
    """

    start: tuple[int, int, int]
    stop: tuple[int, int, int]

    @classmethod
    def around(cls, mask: NDArray[np.bool_], *, lattice: tuple[int, int, int] = LATTICE) -> "Box":
        """The smallest box on a lattice that contains a mask; the whole grid for an empty mask.

        >>> mask = np.zeros((40, 40, 40), bool)
        >>> mask[17:20, 3:35, 8] = True
        >>> Box.around(mask, lattice=(16, 32, 16))
        Box(start=(16, 0, 0), stop=(32, 64, 16))
        """
        sides = tight_box(mask) or [slice(0, n) for n in mask.shape]
        a, b, c = (s.start // step * step for s, step in zip(sides, lattice, strict=True))
        d, e, f = (-(-s.stop // step) * step for s, step in zip(sides, lattice, strict=True))
        return cls((a, b, c), (d, e, f))

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = (hi - lo for lo, hi in zip(self.start, self.stop, strict=True))
        return x, y, z

    def within(self, shape: tuple[int, int, int]) -> "Box":
        """The part of the box within a grid of the given shape; it must not be empty."""
        sides = zip(self.start, self.stop, shape, strict=True)
        (a, d), (b, e), (c, f) = ((max(lo, 0), min(hi, n)) for lo, hi, n in sides)
        return Box((a, b, c), (d, e, f))

    def relative_to(self, corner: tuple[int, int, int]) -> "Box":
        """The same box in voxels counted from `corner`."""
        a, b, c = (lo - at for lo, at in zip(self.start, corner, strict=True))
        d, e, f = (hi - at for hi, at in zip(self.stop, corner, strict=True))
        return Box((a, b, c), (d, e, f))

    def crop(self, volume: Shaped[Tensor, "c x y z"]) -> Shaped[Tensor, "c u v w"]:
        """Crop a volume to the box; beyond the grid it is 0, the background after normalisation."""
        pads: list[int] = []
        slices = [slice(None)]
        for lo, hi, n in zip(self.start, self.stop, volume.shape[1:], strict=True):
            slices.append(slice(max(lo, 0), min(hi, n)))
            pads = [max(-lo, 0), max(hi - n, 0), *pads]
        return functional.pad(volume[tuple(slices)], pads)

    def paste(
        self, crop: Shaped[Tensor, "c u v w"], shape: tuple[int, int, int], *, fill: float
    ) -> Shaped[Tensor, "c x y z"]:
        """Paste a crop into a grid of the given shape, with `fill` elsewhere."""
        whole = crop.new_full((crop.shape[0], *shape), fill)
        inside, within = [slice(None)], [slice(None)]
        for lo, hi, n in zip(self.start, self.stop, shape, strict=True):
            first, last = (min(max(edge, 0), n) for edge in (lo, hi))
            inside.append(slice(first, last))
            within.append(slice(first - lo, last - lo))
        whole[tuple(inside)] = crop[tuple(within)]
        return whole
