r"""Computing a large volume in overlapping tiles that are blended.

    ┌──────┬ ─ ─ ┐            every voxel is the mean over the tiles that contain it,
    │   ┌──┼───┐              weighted by a Gaussian around each tile's middle, so that
    │   │  │   │ │            tiles blend into each other
    └───┼──┘   │
    │   └──────┘ ┘            tiles overlap by half

Source: MONAI's `sliding_window_inference`; results are bitwise equal (tested). This one yields
between tiles, so that work can report progress and be cancelled, and does not import MONAI, which
takes two seconds without any cancellation check.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch
from jaxtyping import Float
from torch import Tensor

from ccsd_core.progress import Progress, Steps

OVERLAP = 0.5
SIGMA = 0.125
"""Standard deviation of the Gaussian, relative to the tile's side."""
MIN_WEIGHT = 1e-3
"""Smallest weight, so that every voxel has a positive one."""

Shape = tuple[int, int, int]
Place = tuple[slice, ...]
"""Position of a tile: a slice for each axis of the volume."""


def fits(shape: tuple[int, ...], tile: Shape | None) -> bool:
    """Whether a volume is no larger than a tile, so that it is computed as a whole."""
    return tile is None or all(n <= most for n, most in zip(shape, tile, strict=True))


@dataclass(frozen=True, slots=True)
class TileGrid:
    """The tiles that cover a volume.

    Args:
        shape: Shape of the volume in voxels.
        size: Shape of every tile, no larger than the volume.
        places: Slices of each tile.
    """

    shape: Shape
    size: Shape
    places: tuple[Place, ...]

    @classmethod
    def over(cls, shape: Shape, tile: Shape) -> "TileGrid":
        """Tiles that overlap by half; a tile longer than the volume along an axis is shortened."""
        x, y, z = (min(n, most) for n, most in zip(shape, tile, strict=True))
        starts = [_starts(n, side) for n, side in zip(shape, (x, y, z), strict=True)]
        places = (
            (slice(a, a + x), slice(b, b + y), slice(c, c + z)) for a, b, c in product(*starts)
        )
        return cls(shape, (x, y, z), tuple(places))

    def __len__(self) -> int:
        return len(self.places)

    def progress(self, done: int) -> Progress:
        """The progress before tile number `done`, counted from 0."""
        return Progress(done, len(self), f"tile {done + 1} of {len(self)}")


class Blend:
    """The weighted mean of the tiles' values, which are added one by one.

    Args:
        grid: The tiles of the volume.
    """

    def __init__(self, grid: TileGrid) -> None:
        self._grid = grid
        self._weight = self._weights = torch.empty(0)
        self._total: Tensor | None = None

    def add(self, place: Place, values: Float[Tensor, "c u v w"]) -> None:
        """Add one tile's values, of any type; all tiles must be on one device."""
        values = values.float()
        if self._total is None:
            self._total = values.new_zeros(len(values), *self._grid.shape)
            self._weight = _gaussian(self._grid.size, values.device)
            self._weights = values.new_zeros(self._grid.shape)
        self._total[(slice(None), *place)] += values * self._weight
        self._weights[place] += self._weight

    def mean(self) -> Float[Tensor, "c x y z"]:
        """The blended values in fp32, on the tiles' device; call it once, at the end."""
        assert self._total is not None, "no tile was added"
        return self._total.div_(self._weights)


def blended(
    compute: Callable[[Tensor], Tensor], volume: Float[Tensor, "m x y z"], *, tile: Shape
) -> Steps[Float[Tensor, "c x y z"]]:
    """Compute a volume tile by tile.

    Args:
        compute: Function from a tile of the volume (m u v w) to its values (c u v w).
        volume: The volume, on any device; a tile that is longer along an axis is shortened.
        tile: Shape of a tile in voxels.

    Returns:
        The blended values in fp32, on the device of what `compute` returns.
    """
    x, y, z = volume.shape[1:]
    grid = TileGrid.over((x, y, z), tile)
    blend = Blend(grid)
    for done, place in enumerate(grid.places):
        yield grid.progress(done)
        blend.add(place, compute(volume[(slice(None), *place)]))
    return blend.mean()


def _starts(n: int, side: int) -> list[int]:
    """The starts of the tiles along one axis; the last tile ends with the volume."""
    step = max(1, int(side * (1 - OVERLAP)))
    return [*range(0, n - side, step), n - side]


def _gaussian(size: Shape, device: torch.device) -> Float[Tensor, "u v w"]:
    """The weight of each voxel of a tile, computed on the device, without an upload."""
    weight = torch.ones((), device=device)
    for side in size:
        reach = (side - 1) / 2
        along = torch.arange(-reach, reach + 1, dtype=torch.float32, device=device)
        weight = weight[..., None] * torch.exp(along**2 / (-2 * (SIGMA * side) ** 2))
    return weight.clamp(min=MIN_WEIGHT)
