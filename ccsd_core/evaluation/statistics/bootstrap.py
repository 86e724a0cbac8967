"""Uncertainty of a mean due to the choice of patients: 95 % intervals by resampling patients.

    patients  A B C D ──▶ A C C D   B B A D   …  2000 times ──▶ the middle 95 % of the statistic

Whole patients are drawn, with all their subsets, because scores of one patient are not independent.
The interval is the percentile interval: it stays within the range of the observed values, and equal
scores give an interval of width 0. There is none for fewer than 3 patients.

Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap, 1993. A draw of patients
with replacement is a multinomial weight for each, so one matrix product computes all quantities;
`scipy.stats.bootstrap` gives the same results, but fails if a quantity is undefined in a resample.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
RESAMPLES = 2000
SEED = 0
FEWEST = 3
"""Smallest number of patients for an interval."""
METHOD = f"percentile bootstrap over patients, {RESAMPLES} resamples, seed {SEED}"

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Function from weights (…, patients), the number of times each was drawn, to values (…,
quantities)."""


def percentile_intervals(statistic: Statistic, patients: int) -> Floats:
    """The lower and upper ends (2, quantities) of a statistic's intervals.

    Args:
        statistic: Function that returns any number of quantities. Resamples in which a quantity is
            nan (none of its patients was drawn) are left out for that quantity.
        patients: Number of patients.
    """
    if patients < FEWEST:
        return np.full((2, statistic(np.ones(patients)).shape[-1]), np.nan)

    generator = np.random.default_rng(SEED)
    even = np.full(patients, 1 / patients)
    weights = generator.multinomial(patients, even, size=RESAMPLES).astype(np.float64)
    tail = 100 * (1 - LEVEL) / 2
    return _nan_percentiles(statistic(weights), (tail, 100 - tail))


def _nan_percentiles(samples: Floats, ends: tuple[float, float]) -> Floats:
    """Percentiles (2, quantities) of the finite samples (…, quantities); nan if there are none."""
    result = np.full((2, samples.shape[-1]), np.nan)
    for column, values in enumerate(samples.T):
        finite = values[np.isfinite(values)]
        if finite.size:
            result[:, column] = np.percentile(finite, ends)
    return result
