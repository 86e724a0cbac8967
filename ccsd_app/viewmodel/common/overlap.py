"""Dice of two predictions with each other, by region, remembered for the pair asked for last."""

from functools import lru_cache

from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region


@lru_cache(maxsize=1)
def overlap(shown: SubsetResult, other: SubsetResult) -> dict[Region, float]:
    """Dice of two predictions with each other, by region."""
    from ccsd_core.evaluation.metrics.nested_dice import dice_by_region

    return dice_by_region(
        NestedLabels(shown.nested_labels, shown.offset_voxel),
        NestedLabels(other.nested_labels, other.offset_voxel),
    )
