"""Random variation of training patches, each variation a value that can be printed and repeated."""

from ccsd_core.data.augment.variation import Variation

__all__ = ["Variation"]
