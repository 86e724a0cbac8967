"""What one can choose about the losses, by name. Free of torch, as configurations are."""

from typing import Literal

Pairs = Literal["all", "cyclic"]
"""Which pairs of sequences are aligned: see `ccsd_core.losses.auxiliary`."""

Smoothed = Literal["both", "denominator"]
"""Where Dice's smoothing term stands: see `ccsd_core.losses.segmentation`."""

CrossEntropy = Literal["mean", "sum"]
"""Over the regions: see `ccsd_core.losses.segmentation`."""
