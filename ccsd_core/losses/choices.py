"""Named options of the losses. Without torch, since configurations import them."""

from typing import Literal

Pairs = Literal["all", "cyclic"]
"""Pairs of sequences that `losses.auxiliary` aligns: all present ones, or neighbours in a cycle."""

Smoothed = Literal["both", "denominator"]
"""Where Dice has its smoothing term: in numerator and denominator, or only in the denominator."""

CrossEntropy = Literal["mean", "sum"]
"""How the cross-entropy of the regions is combined into that of a sample."""
