"""Choices about the data, by name. Free of torch, as configurations are."""

from typing import Literal

Augment = Literal["none", "flips_rotations", "full"]
"""What is done to training patches: see `ccsd_core.data.augment.variation`."""
