r"""Whatever is too large to be computed at once, computed in overlapping windows and blended.

    ┌──────┬ ─ ─ ┐            every voxel is the mean over the windows that hold it,
    │   ┌──┼───┐              weighted by a Gaussian around each window's middle, so that
    │   │  │   │ │            windows fade into each other
    └───┼──┘   │
    │   └──────┘ ┘            windows are half a window apart

Source: MONAI's `sliding_window_inference`, to the bit (tests). Ours yields between windows, so
that work can report and be stopped, and does not import MONAI, which takes two seconds in which
nothing can be stopped.
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
"""Of the Gaussian, in sides of the window."""
LEAST = 1e-3
"""No weight is less, so that every voxel has some."""

Shape = tuple[int, int, int]
Place = tuple[slice, ...]
"""Where a window lies: a slice for each axis of the volume."""


def fits(shape: tuple[int, ...], window: Shape | None) -> bool:
    """Whether a volume is computed whole."""
    return window is None or all(n <= most for n, most in zip(shape, window, strict=True))


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows that cover a volume.

    Args:
        shape: The volume's.
        size: Of every window, no larger than the volume.
        places: Where they lie.
    """

    shape: Shape
    size: Shape
    places: tuple[Place, ...]

    @classmethod
    def over(cls, shape: Shape, window: Shape) -> "Windows":
        """Windows half a window apart; one larger than the volume along an axis is cut down."""
        x, y, z = (min(n, most) for n, most in zip(shape, window, strict=True))
        starts = [_starts(n, side) for n, side in zip(shape, (x, y, z), strict=True)]
        places = (
            (slice(a, a + x), slice(b, b + y), slice(c, c + z)) for a, b, c in product(*starts)
        )
        return cls(shape, (x, y, z), tuple(places))

    def __len__(self) -> int:
        return len(self.places)

    def progress(self, done: int) -> Progress:
        """Before window number `done`, counted from 0."""
        return Progress(done, len(self), f"window {done + 1} of {len(self)}")


class Blend:
    """The weighted mean of windows' values, which come in one by one.

    Args:
        windows: Which.
    """

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._weight = _gaussian(windows.size)
        self._weights = torch.zeros(windows.shape)
        self._total: Tensor | None = None

    def add(self, place: Place, values: Float[Tensor, "c u v w"]) -> None:
        """Take in one window's values, in any type, on any one device."""
        values = values.float()
        if self._total is None:
            self._total = values.new_zeros(len(values), *self._windows.shape)
            self._weight = self._weight.to(values.device)
            self._weights = self._weights.to(values.device)
        self._total[(slice(None), *place)] += values * self._weight
        self._weights[place] += self._weight

    def mean(self) -> Float[Tensor, "c x y z"]:
        """The blended values in fp32, where the windows' were; asked for once, at the end."""
        assert self._total is not None, "no window was added"
        return self._total.div_(self._weights)


def blended(
    compute: Callable[[Tensor], Tensor], volume: Float[Tensor, "m x y z"], *, window: Shape
) -> Steps[Float[Tensor, "c x y z"]]:
    """Compute a volume window by window.

    Args:
        compute: From a window of the volume (m u v w) to its values (c u v w).
        volume: On any device; a window that is larger along an axis is cut down to it.
        window: Voxels of a window.

    Returns:
        The blended values in fp32, on the device of what `compute` returns.
    """
    x, y, z = volume.shape[1:]
    windows = Windows.over((x, y, z), window)
    blend = Blend(windows)
    for done, place in enumerate(windows.places):
        yield windows.progress(done)
        blend.add(place, compute(volume[(slice(None), *place)]))
    return blend.mean()


def _starts(n: int, side: int) -> list[int]:
    """Where windows begin along one axis; the last is moved back to end with the volume."""
    step = max(1, int(side * (1 - OVERLAP)))
    return [*range(0, n - side, step), n - side]


def _gaussian(size: Shape) -> Float[Tensor, "u v w"]:
    """The weight of each voxel of a window."""
    weight = torch.ones(())
    for side in size:
        reach = (side - 1) / 2
        along = torch.arange(-reach, reach + 1, dtype=torch.float32)
        weight = weight[..., None] * torch.exp(along**2 / (-2 * (SIGMA * side) ** 2))
    return weight.clamp(min=max(float(weight.min()), LEAST))
