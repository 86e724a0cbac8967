"""Mutual information of two images in nats, from a joint histogram."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.mutual_information import mutual_information as mutual_information_of_bins

BINS = 32
PERCENTILES = (0.5, 99.5)
"""Percentiles to which values are clipped, so that a few bright vessels do not use up bins."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal bins over the values of an image; values outside count to the first or last bin.

    Args:
        low: Lower end of the first bin.
        width: Width of each bin.
    """

    low: float
    width: float

    @classmethod
    def over(cls, values: NDArray[np.floating]) -> Self:
        """The bins for the values of an image, or for some of them."""
        low, high = np.percentile(values, PERCENTILES).tolist() if values.size else (0.0, 1.0)
        return cls(low, max(high - low, 1e-12) / BINS)

    def of(self, values: NDArray[np.floating]) -> NDArray[np.intp]:
        """The bin of each value."""
        return np.clip((values - self.low) / self.width, 0, BINS - 1).astype(np.intp)


def mutual_information(one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """Mutual information of two images from the bins of their values; 0 if one is constant.

    >>> values = np.arange(1000.0)
    >>> same, part = (Bins.over(v).of(v) for v in (values, values % 7))
    >>> mutual_information(same, part) < mutual_information(same, same[::-1])
    True
    """
    return mutual_information_of_bins(one, other, bins=BINS)
