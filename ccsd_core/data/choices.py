"""Named options of the data. Without torch, since configurations import them."""

from typing import Literal

Augment = Literal["none", "flips_rotations", "full"]
"""Augmentation of training patches; see `ccsd_core.data.augment.variation`."""
