"""How a predicted region is compared with the expert's: one table of metrics.

To add a metric, add an entry to `METRICS`: its name, its unit, its function, and what it says
when a side is empty. Everything else (rows, files, tables) follows from the table.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError

Mask = NDArray[np.bool_]
SMALL_ET_VOXELS = 500
"""Enhancing tumour below this many voxels counts as necrosis in `dice_et500`."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """One region of a prediction beside the expert's, voxel by voxel on the case's own grid.

    Args:
        prediction, truth: Masks of one shape.
        voxel_ml: Volume of a voxel.

    Raises:
        BadInputError: If the shapes differ.
    """

    prediction: Mask
    truth: Mask
    voxel_ml: float = 0.001

    def __post_init__(self) -> None:
        if self.prediction.shape != self.truth.shape:
            raise BadInputError(
                f"a prediction of shape {self.prediction.shape} cannot be compared with a truth "
                f"of shape {self.truth.shape}: bring both onto one grid"
            )

    @cached_property
    def predicted(self) -> int:
        return int(np.count_nonzero(self.prediction))

    @cached_property
    def true(self) -> int:
        return int(np.count_nonzero(self.truth))

    @cached_property
    def shared(self) -> int:
        return int(np.count_nonzero(self.prediction & self.truth))


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of scores.

    Args:
        name: As in `scores.csv`.
        unit: `fraction` or `mL`.
        function: Its value.
        policy: What was decided where the formula alone does not tell, for readers of the file.
        prepare: Done to the predicted regions (3, x, y, z) before; none where left out.
    """

    name: str
    unit: str
    function: Callable[[Comparison], float]
    policy: str
    prepare: Callable[[Mask], Mask] | None = None


def dice(prediction: Mask, truth: Mask) -> float:
    """Dice coefficient; for an empty truth 1 if the prediction is empty too, else 0.

    >>> dice(np.array([True, True, False]), np.array([True, False, False]))
    0.6666666666666666
    """
    return _dice(Comparison(prediction, truth))


def without_small_enhancing(regions: Mask) -> Mask:
    """Regions (3, x, y, z) with an enhancing tumour below 500 voxels emptied.

    Relabelling it to necrosis leaves tumour core and whole tumour as they are.
    """
    if np.count_nonzero(regions[Region.ET]) >= SMALL_ET_VOXELS:
        return regions
    emptied = regions.copy()
    emptied[Region.ET] = False
    return emptied


def _dice(pair: Comparison) -> float:
    if pair.true == 0:
        return 1.0 if pair.predicted == 0 else 0.0
    return 2 * pair.shared / (pair.predicted + pair.true)


def _sensitivity(pair: Comparison) -> float:
    return pair.shared / pair.true if pair.true else math.nan


def _specificity(pair: Comparison) -> float:
    outside = pair.truth.size - pair.true
    return 1 - (pair.predicted - pair.shared) / outside if outside else math.nan


def _volume(pair: Comparison) -> float:
    return pair.predicted * pair.voxel_ml


def _volume_difference(pair: Comparison) -> float:
    return (pair.predicted - pair.true) * pair.voxel_ml


_EMPTY_TRUTH = "empty truth: 1 if the prediction is empty, else 0"

METRICS: tuple[Metric, ...] = (
    Metric("dice", "fraction", _dice, _EMPTY_TRUTH),
    Metric(
        "dice_et500",
        "fraction",
        _dice,
        f"predicted ET below {SMALL_ET_VOXELS} voxels relabelled to necrosis; {_EMPTY_TRUTH}",
        prepare=without_small_enhancing,
    ),
    Metric("sensitivity", "fraction", _sensitivity, "empty truth: nan"),
    Metric("specificity", "fraction", _specificity, "over the whole image; truth everywhere: nan"),
    Metric("volume_ml", "mL", _volume, "of the prediction"),
    Metric("volume_difference_ml", "mL", _volume_difference, "prediction minus truth"),
)
"""Every metric that `evaluate` computes."""


def measure(
    prediction: Mask, truth: Mask, *, voxel_ml: float
) -> tuple[tuple[Metric, Region, float], ...]:
    """Every metric of every region.

    Args:
        prediction: Nested regions (3, x, y, z).
        truth: The expert's, of the same shape.
        voxel_ml: Volume of a voxel.
    """
    plain = [Comparison(prediction[r], truth[r], voxel_ml) for r in Region]
    rows: list[tuple[Metric, Region, float]] = []
    for metric in METRICS:
        pairs = plain
        if metric.prepare is not None:
            prepared = metric.prepare(prediction)
            pairs = [Comparison(prepared[r], truth[r], voxel_ml) for r in Region]
        rows.extend((metric, r, metric.function(pairs[r])) for r in Region)
    return tuple(rows)
