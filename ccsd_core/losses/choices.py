"""Choices about the losses, by name. Free of torch, as configurations are."""

from typing import Literal

Pairs = Literal["all", "cyclic"]
"""Which pairs of sequences `losses.auxiliary` aligns: all present ones, or four neighbours."""

Smoothed = Literal["both", "denominator"]
"""Where the smoothing term of Dice stands: numerator and denominator, or the latter alone."""

CrossEntropy = Literal["mean", "sum"]
"""How the cross-entropy of the regions is combined into that of a sample."""
