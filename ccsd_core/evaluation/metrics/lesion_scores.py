"""Lesion-wise Dice and HD95: all lesions, missed and false ones count the same.

    a lesion and all predicted parts that touch its extent     Dice and HD95 of the two
    a lesion that no part touches                              Dice 0, HD95 374 mm   missed
    a part that touches no extent                              Dice 0, HD95 374 mm   false
    a small lesion, and parts that touch only small ones      not counted

The scores are means over lesions and false parts; without any, Dice is 1 and HD95 0 mm.

Source: BraTS 2023, see `lesions`. HD95 is that of `surface`, which counts surface voxels, while
BraTS weights them by area: values can differ by a fraction of a millimetre.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box
from ccsd_core.evaluation.metrics.lesions import Lesions, label_26
from ccsd_core.evaluation.metrics.surface import Mask, Surface, hausdorff95_mm

PENALTY_MM = 374.0
"""HD95 of a missed or false lesion: about the diagonal of a BraTS image."""


@dataclass(frozen=True, slots=True)
class LesionScores:
    """Means over a region's lesions and false parts.

    Args:
        dice: Mean Dice over the lesions.
        hd95_mm: Mean HD95 over the lesions in mm.
        counted: Number of lesions that count.
        false: Number of predicted parts that touch no lesion.
    """

    dice: float
    hd95_mm: float
    counted: int
    false: int


def lesion_scores(
    prediction: Mask,
    surface: Surface,
    lesions: Lesions,
    *,
    distance_mm: Callable[[Surface, Surface], float] = hausdorff95_mm,
) -> LesionScores:
    """Score a prediction lesion by lesion.

    Args:
        prediction: The predicted region.
        surface: Surface of the region.
        lesions: The lesions of the true region.
        distance_mm: Function for the HD95 of two surfaces, so that a caller can reuse values.
    """
    parts, count = _parts(prediction)
    part, extent = parts[prediction], lesions.extents[prediction]
    part_voxels = np.bincount(part, minlength=count + 1)
    shared = np.bincount(extent[lesions.mask[prediction]], minlength=len(lesions.voxels))
    part_of_point = surface.values_of(parts)

    dice: list[float] = []
    hd95_mm: list[float] = []
    for lesion in lesions.counted:
        matched = np.unique(part[extent == lesion])
        if matched.size == 0:
            dice.append(0.0)
            hd95_mm.append(PENALTY_MM)
            continue
        both = int(part_voxels[matched].sum() + lesions.voxels[lesion])
        dice.append(2 * int(shared[lesion]) / both)
        touching = surface.selected(np.isin(part_of_point, matched))
        hd95_mm.append(distance_mm(touching, lesions.surfaces[lesion]))
    false = count - np.unique(part[extent > 0]).size
    total = len(dice) + false
    if total == 0:
        return LesionScores(1.0, 0.0, counted=0, false=0)
    return LesionScores(
        dice=math.fsum(dice) / total,
        hd95_mm=(math.fsum(hd95_mm) + PENALTY_MM * false) / total,
        counted=len(dice),
        false=false,
    )


def _parts(prediction: Mask) -> tuple[NDArray[np.int32], int]:
    """The prediction's 26-connected parts, numbered from 1, and their number."""
    parts = np.zeros(prediction.shape, np.int32)
    box = tight_box(prediction)
    if box is None:
        return parts, 0
    numbers, count = label_26(prediction[box])
    parts[box] = numbers
    return parts, count
