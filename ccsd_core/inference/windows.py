r"""Whatever is too large to be computed at once, computed in overlapping windows and blended.

    ┌──────┬ ─ ─ ┐            every voxel is the mean over the windows that hold it,
    │   ┌──┼───┐              weighted by a Gaussian around each window's middle, so that
    │   │  │   │ │            windows fade into each other
    └───┼──┘   │
    │   └──────┘ ┘            windows are half a window apart

Source: MONAI's `sliding_window_inference`, of which this is the loop, with MONAI's own parts;
parity is tested. Ours yields between windows, so that work can report and be stopped.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from ccsd_core.progress import Progress, Steps

OVERLAP = 0.5

Shape = tuple[int, int, int]


def fits(shape: tuple[int, ...], window: Shape | None) -> bool:
    """Whether a volume is computed whole."""
    return window is None or all(n <= most for n, most in zip(shape, window, strict=True))


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
    # Imported here alone: it takes seconds, and most cases are computed whole.
    from monai.data.utils import compute_importance_map, dense_patch_slices

    shape = volume.shape[1:]
    size = tuple(min(n, most) for n, most in zip(shape, window, strict=True))
    steps = [most if most == n else max(1, int(most * (1 - OVERLAP)))
             for n, most in zip(shape, size, strict=True)]  # fmt: skip
    places = dense_patch_slices(shape, size, steps)
    weight = compute_importance_map(size, mode="gaussian")
    total = volume.new_zeros(0)
    weights = torch.zeros(shape)
    for done, place in enumerate(places):
        yield Progress(done, len(places), f"window {done + 1} of {len(places)}")
        values = compute(volume[(slice(None), *place)]).float()
        if done == 0:
            total = values.new_zeros(len(values), *shape)
            weight, weights = weight.to(values.device), weights.to(values.device)
        total[(slice(None), *place)] += values * weight
        weights[place] += weight
    return total.div_(weights)
