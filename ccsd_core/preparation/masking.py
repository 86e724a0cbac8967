"""The brain masks of a study's sequences: what is wrong with one, and which of two is used.

the reference's mask ──implausible or cut──▶ that of a second sequence, which becomes the reference
        │
        └─ registered ──▶ the mask of T1 or FLAIR, on the reference: their edge is more exact

deepbet was trained on T1. Measured on synthetic heads (docs/preparation-measured.md), its masks of
T2 and T1c take in more of the fluid, the veins and the meninges than those of T1 and FLAIR, even
where these have thick slices.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.brain_mask import PLAUSIBLE_ML, faces_cut, is_plausible

EXACT = (Modality.T1, Modality.FLAIR)
"""The sequences whose masks are the most exact, the better one first."""
LEAST_OVERLAP = 0.85
"""Dice of two masks of one brain below which one of them, or the registration, must have failed."""


@dataclass(frozen=True, slots=True, eq=False)
class BrainMask:
    """A brain mask and its problems.

    Args:
        array: The mask.
        ml: Its volume in mL.
        cut: Faces of the image at which the brain is cut off.
    """

    array: NDArray[np.bool_]
    ml: float
    cut: tuple[str, ...]

    @classmethod
    def of(cls, volume: Volume, array: NDArray[np.bool_]) -> Self:
        """A mask on the grid of a canonical volume."""
        return cls(array, float(array.sum()) * volume.voxel_ml, faces_cut(volume, array))

    @property
    def penalty(self) -> int:
        """Penalty: 0 for a complete brain of plausible size; a wrong size is worse than a cut."""
        return 10 * (not is_plausible(self.ml)) + len(self.cut)


def mask_warnings(
    tried: Mapping[Modality, BrainMask], *, first: Modality, chosen: Modality
) -> list[str]:
    """Warnings about masks that are implausible or cut off.

    Args:
        tried: The masks by sequence.
        first: The sequence that was to be the reference.
        chosen: The sequence that is.
    """
    warnings: list[str] = []
    low, high = PLAUSIBLE_ML
    mask = tried[chosen]
    if not is_plausible(mask.ml):
        warnings.append(
            f"the brain mask has {mask.ml:.0f} mL, a brain {low:.0f} to {high:.0f} mL: look at "
            "it; is this a whole head?"
        )
    elif not is_plausible(tried[first].ml):
        warnings.append(
            f"the brain mask from {first.label} had {tried[first].ml:.0f} mL, which is "
            f"implausible: {chosen.label} was used"
        )
    elif chosen is not first:
        warnings.append(
            f"{first.label} ends within the brain ({', '.join(tried[first].cut)}): "
            f"{chosen.label} was used as the reference"
        )
    if mask.cut:
        warnings.append(
            f"{chosen.label} ends within the brain ({', '.join(mask.cut)}): what lies beyond "
            "is not segmented; give a sequence that shows the whole brain, and make it the "
            "reference"
        )
    return warnings


def more_exact(reference: Modality, with_skull: Collection[Modality]) -> Modality | None:
    """The sequence whose mask is more exact than the reference's; None if there is none.

    Args:
        reference: The reference.
        with_skull: The sequences of which a mask can be made.
    """
    if reference in EXACT:
        return None
    return next((m for m in EXACT if m in with_skull), None)


def inexact_warnings(source: Modality) -> list[str]:
    """The warning about a mask that was made from T2, the worst of the four (Dice 0.88 to 0.95)."""
    if source is not Modality.T2:
        return []
    return [
        "the brain mask was made from T2, where it often takes in fluid, veins or the orbits: look "
        "at its outline, and shrink it or add a T1 or FLAIR of this examination"
    ]
