"""The metrics that compare a predicted region with the expert's, in one table.

To add a metric, add an entry to `METRICS`: its name, its unit, its function, and its value
when a side is empty. Everything else (rows, files, tables) follows from the table.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.dice import dice_of_counts
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.metrics.lesion_scores import PENALTY_MM
from ccsd_core.evaluation.metrics.lesions import DILATION_VOXELS, SMALL_LESION_MM3
from ccsd_core.evaluation.metrics.masks import ReferenceRegion, RegionPair
from ccsd_core.evaluation.metrics.surface import Mask, Spacing

SMALL_ET_VOXELS = 500
"""Enhancing tumour below this many voxels counts as necrosis in `dice_et500`."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One column of scores.

    Args:
        name: Name of its column in `scores.csv`.
        unit: `fraction`, `mL` or `mm`.
        function: Function from a pair of regions to the value.
        policy: Convention if the formula is undefined, as text for readers of the file.
        prepare: Function applied first to the predicted regions (3, x, y, z); None for none.
        needs_surface: Whether it takes much longer than counting voxels.
    """

    name: str
    unit: str
    function: Callable[[RegionPair], float]
    policy: str
    prepare: Callable[[Mask], Mask] | None = None
    needs_surface: bool = False


def without_small_enhancing(regions: Mask) -> Mask:
    """Regions (3, x, y, z) with an enhancing tumour below 500 voxels emptied.

    Relabelling it to necrosis does not change tumour core and whole tumour.
    """
    if np.count_nonzero(regions[Region.ET]) >= SMALL_ET_VOXELS:
        return regions
    emptied = regions.copy()
    emptied[Region.ET] = False
    return emptied


def _dice(pair: RegionPair) -> float:
    return dice_of_counts(pair.shared, pair.predicted, pair.true)


def _sensitivity(pair: RegionPair) -> float:
    return pair.shared / pair.true if pair.true else math.nan


def _specificity(pair: RegionPair) -> float:
    outside = pair.truth.mask.size - pair.true
    return 1 - (pair.predicted - pair.shared) / outside if outside else math.nan


def _volume(pair: RegionPair) -> float:
    return pair.predicted * pair.truth.voxel_ml


def _volume_difference(pair: RegionPair) -> float:
    return (pair.predicted - pair.true) * pair.truth.voxel_ml


def _hd95_brats(pair: RegionPair) -> float:
    if pair.predicted and pair.true:
        return pair.hd95_mm
    return PENALTY_MM if pair.predicted or pair.true else 0.0


def _hd95_nan(pair: RegionPair) -> float:
    return pair.hd95_mm if pair.predicted and pair.true else math.nan


_EMPTY_TRUTH = "empty truth: 1 if the prediction is empty, else 0"
_HD95 = "larger of the two directed 95th percentiles"
_LESIONS = (
    f"BraTS 2023: truth dilated {DILATION_VOXELS} voxels, 26-connected; missed or false lesion: "
    f"{{penalty}}; true lesions up to {SMALL_LESION_MM3} mm3 ignored; none: {{none}}"
)

_HD95_BY_POLICY: dict[str, Metric] = {
    "brats": Metric(
        "hd95_mm",
        "mm",
        _hd95_brats,
        f"brats: one side empty: {PENALTY_MM:g}, both: 0; {_HD95}",
        needs_surface=True,
    ),
    "nan": Metric(
        "hd95_mm", "mm", _hd95_nan, f"nan: a side empty: nan; {_HD95}", needs_surface=True
    ),
}
HD95_POLICIES = tuple(_HD95_BY_POLICY)
"""Conventions for a distance to an empty region; published code has 0, 1, nan, 373.13 and 374."""

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
    _HD95_BY_POLICY["brats"],
    Metric(
        "lesion_dice",
        "fraction",
        lambda pair: pair.lesion_wise.dice,
        _LESIONS.format(penalty=0, none=1),
        needs_surface=True,
    ),
    Metric(
        "lesion_hd95_mm",
        "mm",
        lambda pair: pair.lesion_wise.hd95_mm,
        _LESIONS.format(penalty=f"{PENALTY_MM:g}", none=0),
        needs_surface=True,
    ),
)
"""Every metric that `evaluate` computes by default."""

CHOICES = ("dice", "all")
"""`dice` leaves out metrics that need surfaces: HD95 and the lesion-wise scores."""


def choose_metrics(which: str = "all", *, hd95_empty: str = "brats") -> tuple[Metric, ...]:
    """The metrics to compute.

    Args:
        which: One of `CHOICES`.
        hd95_empty: HD95 when a side is empty, one of `HD95_POLICIES`.

    Raises:
        BadInputError: If either is unknown.
    """
    if which not in CHOICES:
        raise BadInputError(f"unknown choice of metrics {which!r}: use {' or '.join(CHOICES)}")
    if hd95_empty not in HD95_POLICIES:
        raise BadInputError(
            f"unknown policy for HD95 of absent regions {hd95_empty!r}: use "
            f"{' or '.join(HD95_POLICIES)}"
        )
    chosen = _HD95_BY_POLICY[hd95_empty]
    table = (chosen if metric.name == chosen.name else metric for metric in METRICS)
    return tuple(metric for metric in table if which == "all" or not metric.needs_surface)


@dataclass(frozen=True, eq=False)
class ReferenceRegions:
    """An expert's regions, to be compared with several predictions.

    Args:
        regions: Reference of each region, in channel order.
    """

    regions: tuple[ReferenceRegion, ...]

    @classmethod
    def of(
        cls, regions: Mask, *, spacing_mm: Spacing = (1.0, 1.0, 1.0), voxel_ml: float = 0.001
    ) -> "ReferenceRegions":
        """References from nested regions (3, x, y, z) on a grid."""
        return cls(tuple(ReferenceRegion(regions[r], spacing_mm, voxel_ml) for r in Region))


def measure(
    prediction: Mask, truth: ReferenceRegions, *, metrics: Sequence[Metric] = METRICS
) -> tuple[tuple[Metric, Region, float], ...]:
    """Metrics of every region.

    Args:
        prediction: Nested regions (3, x, y, z).
        truth: The expert's regions, of the same shape.
        metrics: Metrics to compute.
    """
    plain = [RegionPair(prediction[r], truth.regions[r]) for r in Region]
    rows: list[tuple[Metric, Region, float]] = []
    for metric in metrics:
        pairs = plain
        if metric.prepare is not None:
            prepared = metric.prepare(prediction)
            pairs = [RegionPair(prepared[r], truth.regions[r]) for r in Region]
        rows.extend((metric, r, metric.function(pairs[r])) for r in Region)
    return tuple(rows)
