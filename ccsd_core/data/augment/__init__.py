"""Random augmentation of training patches, as values that can be printed and repeated."""

from ccsd_core.data.augment.variation import Variation

__all__ = ["Variation"]
