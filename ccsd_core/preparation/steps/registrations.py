"""The registration of every other sequence onto the reference, and the user's movements.

The others are registered onto the reference without its shading, which misleads mutual information.
Where one of two images is skull-stripped, the other is stripped for the comparison, too: scalp and
skull beside an empty background turned a T1c by 15 degrees, without a warning.
"""

from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.bias import corrected, log_field
from ccsd_core.preparation.brain_mask import brain_mask, grown
from ccsd_core.preparation.registration.register_sequence import Registered, register_sequence
from ccsd_core.preparation.registration.search import Fixed
from ccsd_core.preparation.registration.starts import foreground
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.steps.brain import Found
from ccsd_core.preparation.steps.planned import MASK_S, REGISTRATION_S, SHADING_S
from ccsd_core.preparation.steps.work import Work
from ccsd_core.progress import Steps

MARGIN_MM = 14.0
"""Skull and scalp move with the brain and help to register it (without them other positions may fit
better); jaw and neck do not."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What the others are registered onto.

    Args:
        fixed: The reference and the region that is compared.
        shading: Logarithm of the reference's shading; None if it was not needed.
    """

    fixed: Fixed
    shading: Volume | None


def target(work: Work, found: Found) -> Steps[Target]:
    """What the others are registered onto: the reference without its shading.

    Shading of more than 1.5 moved sequences by 1 to 30 mm, at as much mutual information.
    """
    image, brain = work.volumes[found.reference], found.brain
    region = grown(brain, image.spacing_mm, MARGIN_MM) if brain.any() else foreground(image)
    others = len(work.volumes) > 1 and not work.skips(Step.REGISTRATION)
    if not (others and brain.any()):
        return Target(Fixed(image, region), None)
    yield work.progress(SHADING_S, f"shading of {found.reference.label}")
    shading = log_field(image, brain)
    return Target(Fixed(corrected(image, shading), region), image.with_array(shading))


def matrices(work: Work, found: Found, fixed: Fixed) -> Steps[dict[Modality, Matrix]]:
    """By sequence, the 4×4 matrix from the reference's world coordinates (mm) to its own."""
    result: dict[Modality, Matrix] = {found.reference: np.eye(4)}
    for m in work.volumes:
        if m is not found.reference:
            result[m] = yield from _registered(work, found, fixed, m)
        nudge = work.adjustments.nudges.get(m)
        if nudge is not None and not nudge.is_none:
            result[m] = result[m] @ np.linalg.inv(nudge.matrix(fixed.centre_mm))
            work.add(Step.REGISTRATION, "moved by user", done=True, of=m)
    return {m: result[m] for m in sorted(result)}


def _registered(work: Work, found: Found, fixed: Fixed, m: Modality) -> Steps[Matrix]:
    if work.skips(Step.REGISTRATION):
        work.add(Step.REGISTRATION, "skipped by user", done=False, of=m)
        return np.eye(4)
    fixed, volume = yield from _alike(work, found, fixed, m)
    yield work.progress(0, f"registering {m.label}")
    before = work.spent
    with closing(register_sequence(fixed, m, volume)) as steps:
        while True:
            try:
                at = next(steps)
            except StopIteration as end:
                registered: Registered = end.value
                break
            work.spent = before + REGISTRATION_S * at.done // at.total
            yield work.progress(0, at.what)
    work.spent = before + REGISTRATION_S
    work.steps.append(registered.step)
    work.warnings.extend(registered.warnings)
    return registered.matrix


def _alike(work: Work, found: Found, fixed: Fixed, m: Modality) -> Steps[tuple[Fixed, Volume]]:
    """The reference and a sequence, both with skull or both without."""
    volume, with_skull = work.volumes[m], work.needs.with_skull
    if (found.reference in with_skull) == (m in with_skull) or work.skips(Step.BRAIN_MASK):
        return fixed, volume
    if m not in with_skull:
        return Fixed(_within(found.brain, fixed.volume), fixed.region), volume
    yield work.progress(MASK_S, f"brain mask from {m.label}")
    mask = brain_mask(volume)
    return fixed, _within(mask, volume) if mask.any() else volume


def _within(brain: NDArray[np.bool_], volume: Volume) -> Volume:
    return volume.with_array(np.where(brain, volume.array, volume.array.dtype.type(0)))
