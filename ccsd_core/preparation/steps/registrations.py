"""The registration of every other sequence onto the reference, and the user's movements.

The others are registered onto the reference without its shading, which misleads mutual information.
"""

from contextlib import closing
from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Step
from ccsd_core.preparation.bias import corrected, log_field
from ccsd_core.preparation.brain_mask import grown
from ccsd_core.preparation.registration.register_sequence import Registered, register_sequence
from ccsd_core.preparation.registration.search import Fixed
from ccsd_core.preparation.registration.starts import foreground
from ccsd_core.preparation.rigid import Matrix
from ccsd_core.preparation.steps.brain import Found
from ccsd_core.preparation.steps.planned import REGISTRATION_S, SHADING_S
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


def matrices(work: Work, fixed: Fixed, reference: Modality) -> Steps[dict[Modality, Matrix]]:
    """By sequence, the 4×4 matrix from the reference's world coordinates (mm) to its own."""
    found: dict[Modality, Matrix] = {reference: np.eye(4)}
    for m, volume in work.volumes.items():
        if m is not reference:
            found[m] = yield from _registered(work, fixed, m, volume)
        nudge = work.adjustments.nudges.get(m)
        if nudge is not None and not nudge.is_none:
            found[m] = found[m] @ np.linalg.inv(nudge.matrix(fixed.centre_mm))
            work.add(Step.REGISTRATION, "moved by user", done=True, of=m)
    return {m: found[m] for m in sorted(found)}


def _registered(work: Work, fixed: Fixed, m: Modality, volume: Volume) -> Steps[Matrix]:
    if work.skips(Step.REGISTRATION):
        work.add(Step.REGISTRATION, "skipped by user", done=False, of=m)
        return np.eye(4)
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
