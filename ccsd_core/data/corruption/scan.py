"""One sequence in the form that artefacts act on: the signal of each voxel of the head.

    values ──minus level of no signal──▶ signal      inside: voxels that differ from the background
                                                      outside: 0, and background again in the end

Published images are skull-stripped: the 0 around the brain is not a measurement. Filters therefore
average only voxels of the brain (`mean_inside`); otherwise its edge would become unrealistically
dark.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.holes import filled
from ccsd_core.data.normalise import background

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

NO_SIGNAL_PERCENTILE = 0.1
"""Percentile of the voxels inside that counts as no signal, in an image with values below its
background."""
MIN_SHARE = 1e-3
"""Smallest smoothed weight of the head for which a mean over the head is computed."""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A sequence, or the part of it that contains the head.

    Args:
        signal: Value above the level of no signal; 0 outside. Shape (x, y, z).
        inside: Voxels that are not background; the whole image if the background is not constant.
        spacing_mm: Edges of a voxel along x, y, z in mm.
    """

    signal: Field
    inside: Mask
    spacing_mm: tuple[float, float, float]

    @property
    def mean(self) -> float:
        """Mean signal of the head."""
        return float(self.signal[self.inside].mean())

    def with_signal(self, signal: Field) -> "Scan":
        """The scan with another signal (x, y, z) inside, 0 outside."""
        return replace(self, signal=np.where(self.inside, signal, np.float32(0)))

    def mean_inside(self, smooth: Callable[[Field], Field]) -> "Scan":
        """Smooth the signal, averaging only voxels of the head.

        Source: normalised convolution, H. Knutsson and C.-F. Westin, CVPR 1993.

        Args:
            smooth: A linear filter with weights that are not negative.
        """
        if self.inside.all():
            return self.with_signal(smooth(self.signal))
        share = smooth(self.inside.astype(np.float32))
        return self.with_signal(
            np.divide(
                smooth(self.signal), share, out=np.zeros_like(self.signal), where=share > MIN_SHARE
            )
        )


def signal_levels(image: Field) -> tuple[float, Mask, float]:
    """An image's background value, the mask of other voxels, and the value of no signal."""
    outside = background(image)
    inside = filled(image != outside)
    if not inside.any():
        return outside, inside, outside
    return outside, inside, min(outside, float(np.percentile(image[inside], NO_SIGNAL_PERCENTILE)))


def apply_along(values: Field, matrix: Field, axis: int) -> Field:
    """A matrix (n, n) applied along one axis of n voxels."""
    return np.moveaxis(np.tensordot(matrix, values, axes=(1, axis)), 0, axis)
