"""Random variation of training patches, each variation a value that can be printed and repeated."""

from ccsd_core.data.augment.variation import Variation, vary

__all__ = ["Variation", "vary"]
