r"""Calibration of the predicted probabilities, and temperature scaling.

    p = σ(logit / T)      T > 1: the model was overconfident;  T < 1: underconfident

A model is calibrated if four in five of the voxels with p = 0.8 belong to the region. One
temperature per number of given sequences is fitted by the likelihood of the expert's labels. It
does not move the boundary p = 0.5. Every patient has the same weight; the error after fitting is
measured on each patient with temperatures fitted to the others.

Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
"""

# SciPy comes without types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

LARGEST = 12.0
"""Limit of logits; a probability closer to 0 or 1 is counted at this limit."""
BINS = 480
TEMPERATURES = 0.2, 5.0
"""The range in which temperatures are searched."""
LEAST = 0.01
"""Voxels outside of the region with a lower probability are not counted in the calibration
error."""
_CENTRES = (np.arange(BINS) + 0.5) * (2 * LARGEST / BINS) - LARGEST


@dataclass(frozen=True, slots=True, eq=False)
class LogitCounts:
    """Voxels of one patient, by the expert's label and by the network's logit.

    Args:
        counts: Number of voxels outside and inside of the region, by bin of the logit: (2, bins).
    """

    counts: NDArray[np.float64]

    @classmethod
    def of(cls, probability: NDArray[np.floating], truth: NDArray[np.bool_]) -> "LogitCounts":
        """Count voxels (n,) from their probability at temperature 1 and whether they are inside."""
        p = np.clip(probability.astype(np.float64), 1e-7, 1 - 1e-7)
        place = (np.log(p / (1 - p)) + LARGEST) * (BINS / (2 * LARGEST))
        index = np.clip(place.astype(int), 0, BINS - 1)
        counts = [np.bincount(index[truth == inside], minlength=BINS) for inside in (False, True)]
        return cls(np.stack(counts).astype(np.float64))

    def __add__(self, other: "LogitCounts") -> "LogitCounts":
        return LogitCounts(self.counts + other.counts)

    def loss(self, temperature: float) -> float:
        """Mean negative log-likelihood of the expert's labels over all counted voxels."""
        scaled = _CENTRES / temperature
        outside, inside = self.counts
        total = (outside * np.logaddexp(0, scaled) + inside * np.logaddexp(0, -scaled)).sum()
        return float(total / self.counts.sum())

    def error(self, temperature: float) -> float:
        """Expected calibration error over ten bins of probability, 0 to 1.

        Voxels outside of the region with a probability below `LEAST` are left out; nan if none is
        left.
        """
        p = 1 / (1 + np.exp(-_CENTRES / temperature))
        outside = np.where(p < LEAST, 0.0, self.counts[0])
        inside = self.counts[1]
        bins = np.minimum((p * 10).astype(int), 9)
        both = outside + inside
        if not both.any():
            return float("nan")
        gaps = [abs(((both * p) - inside)[bins == b].sum()) for b in range(10)]
        return float(sum(gaps) / both.sum())


@dataclass(frozen=True, slots=True)
class Reliability:
    """The calibration for one number of sequences.

    Args:
        temperature: Temperature fitted to all patients.
        error_before: Mean error over patients at temperature 1.
        error_after: The same with the temperature that was fitted to the other patients.
    """

    temperature: float
    error_before: float
    error_after: float


def reliability(patients: Sequence[Mapping[int, Sequence[LogitCounts]]]) -> dict[int, Reliability]:
    """Fit a temperature for each number of sequences, over patients (at least 2).

    Args:
        patients: For each patient, by number of sequences, the counts of all regions and subsets.
    """
    assert len(patients) > 1, "cross-validation over patients needs at least two"
    found: dict[int, Reliability] = {}
    for k in sorted(patients[0]):
        each = [patient[k] for patient in patients]
        fitted = [_best([*each[:i], *each[i + 1 :]]) for i in range(len(each))]
        before = [_error(counts, 1.0) for counts in each]
        after = [_error(counts, t) for counts, t in zip(each, fitted, strict=True)]
        found[k] = Reliability(_best(each), fmean(before), fmean(after))
    return found


def _best(patients: Sequence[Sequence[LogitCounts]]) -> float:
    """The temperature with the lowest mean loss over patients."""

    def loss(log_temperature: float) -> float:
        temperature = float(np.exp(log_temperature))
        return fmean(fmean(c.loss(temperature) for c in counts) for counts in patients)

    low, high = np.log(TEMPERATURES)
    best = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(best.x))


def _error(counts: Sequence[LogitCounts], temperature: float) -> float:
    """Mean error over the regions and subsets of a patient with a defined error."""
    errors = [c.error(temperature) for c in counts]
    return float(np.nanmean(errors)) if np.isfinite(errors).any() else 0.0
