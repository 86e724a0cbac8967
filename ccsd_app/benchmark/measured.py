"""One measurement: a number, or the reason why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured number with a remark, or the reason why there is none.

    Args:
        value: The number, in the unit of its budget.
        remark: How it was obtained, or why there is none.
    """

    value: float | None
    remark: str = ""

    def __post_init__(self) -> None:
        assert self.value is not None or self.remark, "no number, and no reason"

    @classmethod
    def of_worst(cls, values: Sequence[float], remark: str = "") -> Self:
        """The measurement of the largest of several values."""
        spread = f"of {len(values)}"
        return cls(max(values), f"{spread}; {remark}" if remark else spread)

    @classmethod
    def of_median(cls, values: Sequence[float], remark: str = "") -> Self:
        """The measurement of the median of several values."""
        low, high = min(values), max(values)
        spread = f"{len(values)} times, {low:.3g} to {high:.3g}"
        return cls(median(values), f"{spread}; {remark}" if remark else spread)


Measurements = dict[str, Measurement]
"""Measurements by the key of their budget."""
