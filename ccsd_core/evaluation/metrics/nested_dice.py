"""Dice of two cropped maps of nested labels, without pasting them into whole volumes."""

from ccsd_core.domain.dice import dice
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import Region


def dice_by_region(prediction: NestedLabels, truth: NestedLabels) -> dict[Region, float]:
    """Dice of each region, over the smallest box that contains both maps.

    Args:
        prediction: The predicted labels, cropped anywhere on the case's grid.
        truth: The labels to compare with, on the same grid.
    """
    cuts = [cut for cut in (prediction, truth) if cut.values.size] or [prediction]
    a, b, c = (min(edges) for edges in zip(*(cut.offset for cut in cuts), strict=True))
    d, e, f = (max(edges) for edges in zip(*(cut.end for cut in cuts), strict=True))
    ours, theirs = (labels.within((a, b, c), (d, e, f)) for labels in (prediction, truth))
    return {r: float(dice(ours > r, theirs > r)) for r in Region}
