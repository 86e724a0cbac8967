"""How long a preparation will take."""

from ccsd_core.preparation import reference as choice
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.masking import more_exact
from ccsd_core.preparation.needs import Needs
from ccsd_core.preparation.scans import Scans

MASK_S, REGISTRATION_S, UPRIGHT_S, SAMPLING_S, SHADING_S = 8, 7, 4, 1, 3
"""How long the pieces take on two cores, in seconds."""


def planned_s(scans: Scans, needs: Needs, adjustments: Adjustments) -> int:
    """Planned seconds of the steps that a study needs, on two cores."""
    others = len(scans.images) - 1
    total = SAMPLING_S * len(scans.images)
    shadings = 0
    if Step.REGISTRATION not in adjustments.skipped:
        total += REGISTRATION_S * others
        shadings = min(others, 1)
    if needs.with_skull and Step.BRAIN_MASK not in adjustments.skipped:
        first = adjustments.reference
        if first is None:
            first = choice.ranked(scans.volumes, needs.with_skull)[0]
        if first in needs.with_skull:
            total += MASK_S * (1 if more_exact(first, needs.with_skull) is None else 2)
        elif Step.REGISTRATION not in adjustments.skipped:
            total += MASK_S * len(needs.with_skull)  # each is stripped for its registration
        if Step.BIAS not in adjustments.skipped:
            shadings = len(scans.images)
    return total + SHADING_S * shadings + UPRIGHT_S
