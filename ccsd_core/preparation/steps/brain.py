"""The reference, and its brain mask: first its own, then that of the sequence that shows it best.

the reference's mask ──implausible or cut──▶ that of a second sequence, which becomes the reference
        │
        └─ others registered ──▶ the mask of T1 or FLAIR, where the reference is neither
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.dice import dice
from ccsd_core.domain.modality import Modality
from ccsd_core.preparation import reference as choice
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.brain_mask import brain_mask
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.masking import (
    LEAST_OVERLAP,
    BrainMask,
    inexact_warnings,
    mask_warnings,
    more_exact,
)
from ccsd_core.preparation.needs import tissue
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.steps.planned import MASK_S
from ccsd_core.preparation.steps.work import Work
from ccsd_core.progress import Steps


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The reference and its brain.

    Args:
        reference: The sequence that the others are registered onto.
        brain: Its brain mask, on its grid; empty if the user skips it.
        tried: The masks that were made, each on the grid of its sequence.
    """

    reference: Modality
    brain: NDArray[np.bool_]
    tried: dict[Modality, BrainMask]


def reference_and_brain(work: Work) -> Steps[Found]:
    """The reference and its brain mask; another sequence if that mask is implausible."""
    volumes, with_skull = work.volumes, work.needs.with_skull
    order = choice.ranked(volumes, with_skull)
    given = work.adjustments.reference
    first = order[0] if given is None else given
    if first not in with_skull:
        work.add(Step.BRAIN_MASK, "the reference is skull-stripped", done=False)
        return Found(first, tissue(volumes[first]), {})
    if work.skips(Step.BRAIN_MASK):
        work.add(Step.BRAIN_MASK, "skipped by user", done=False)
        return Found(first, np.zeros(volumes[first].shape, bool), {})
    tried: dict[Modality, BrainMask] = {}
    for m in (first, *([m for m in order if m != first][:1] if given is None else [])):
        yield work.progress(MASK_S if not tried else 0, f"brain mask from {m.label}")
        tried[m] = BrainMask.of(volumes[m], brain_mask(volumes[m]))
        if tried[m].penalty == 0:
            break
    chosen = min(tried, key=lambda m: tried[m].penalty)  # the first one if equal
    work.warnings.extend(mask_warnings(tried, first=first, chosen=chosen))
    why = f"{', '.join(m.label for m in with_skull)} with skull"
    work.add(Step.BRAIN_MASK, why, done=True, of=chosen, numbers={"brain_ml": tried[chosen].ml})
    return Found(chosen, tried[chosen].array, tried)


def more_exact_brain(
    work: Work, found: Found, matrices: dict[Modality, Matrix]
) -> Steps[NDArray[np.bool_]]:
    """The mask of T1 or FLAIR on the reference, if that is more exact and nothing is wrong.

    Args:
        work: The preparation.
        found: The reference and its own mask.
        matrices: From the reference's world coordinates to those of each sequence.
    """
    reference, brain, with_skull = found.reference, found.brain, work.needs.with_skull
    if not brain.any() or reference not in with_skull:
        return brain
    other = more_exact(reference, with_skull)
    if other is None:
        work.warnings.extend(inexact_warnings(reference))
        return brain
    yield work.progress(MASK_S, f"brain mask from {other.label}")
    image, on = work.volumes[other], work.volumes[reference]
    mask = found.tried.get(other) or BrainMask.of(image, brain_mask(image))
    worse = mask.penalty > found.tried[reference].penalty
    share = sampled(image.with_array(mask.array.astype(np.float32)), on, matrices[other])
    moved = share > 0.5
    overlap = dice(moved, brain)
    if not worse and overlap < LEAST_OVERLAP:
        work.warnings.append(
            f"the brain masks of {other.label} and {reference.label} overlap by only "
            f"{100 * overlap:.0f} % after registration: check that {other.label} lies on "
            f"{reference.label}, or move it by hand"
        )
    if worse or overlap < LEAST_OVERLAP:
        work.warnings.extend(inexact_warnings(reference))
        return brain
    work.steps = [s for s in work.steps if s.step is not Step.BRAIN_MASK]
    why = f"{other.label} shows the edge of the brain better than {reference.label}"
    ml = {"brain_ml": float(moved.sum()) * on.voxel_ml}
    work.add(Step.BRAIN_MASK, why, done=True, of=other, numbers=ml)
    return moved
