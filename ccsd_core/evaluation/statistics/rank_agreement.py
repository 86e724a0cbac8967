r"""Agreement of the rankings of a few items by two scores: Kendall's tau-b.

    pairs of items    concordant C   both scores order them the same way
                      discordant D   the two orders differ
                      tied           one score, or both, do not order them

    tau-b = (C − D) / √(pairs that a orders · pairs that b orders)          −1 … 1

Chosen over Spearman's rho because it is easy to interpret for four items, which have six pairs:
without ties, a fraction (1 + tau) / 2 of them is in the right order. If the scores are unrelated,
its mean is 0 for any number of items, so that cases with two, three and four sequences may be
averaged; for four its standard deviation is then √(13/54) = 0.49 per case.

Ties: a pair that is tied in both scores does not count, so equal orders with equal ties give 1; a
pair that is tied in only one lowers the agreement. If all items are tied in one score, or there are
fewer than two items, the agreement is undefined: nan, not 0.

Source: M. G. Kendall, The treatment of ties in ranking problems, Biometrika 33, 1945; its variance
without ties, 2 (2n + 5) / 9n (n − 1), from A new measure of rank correlation, Biometrika 30, 1938.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESOLUTION = 1e-6
"""Values with a smaller difference, relative to the largest value, are tied: in single precision,
sums in another order differ by less."""


def tau_b(a: Floats, b: Floats) -> Floats:
    """Agreement of two scores, each (…, items), along the last axis; nan if it is undefined."""
    first, second = _orders(a), _orders(b)
    ordered: Floats = (first**2).sum(axis=-1) * (second**2).sum(axis=-1)
    agreed: Floats = (first * second).sum(axis=-1)
    undefined = np.full(ordered.shape, np.nan)
    return np.divide(agreed, np.sqrt(ordered), out=undefined, where=ordered > 0)


def chance_variance(items: int) -> float:
    """Variance of tau over all orders of at least two items, without ties: 13/54 for four."""
    return 2 * (2 * items + 5) / (9 * items * (items - 1))


def highest(values: Floats) -> NDArray[np.bool_]:
    """Mask (…, items) of the highest item of each row, and of those that are tied with it."""
    if values.shape[-1] == 0:
        return np.zeros(values.shape, bool)
    return values >= values.max(axis=-1, keepdims=True) - _tied_within(values)


def _orders(values: Floats) -> Floats:
    """For each pair 1 if the first is higher, −1 if the second is higher, 0 if they are tied."""
    i, j = np.triu_indices(values.shape[-1], k=1)
    difference = values[..., i] - values[..., j]
    return np.where(np.abs(difference) > _tied_within(values), np.sign(difference), 0.0)


def _tied_within(values: Floats) -> Floats:
    return RESOLUTION * np.abs(values).max(axis=-1, keepdims=True, initial=0.0)
