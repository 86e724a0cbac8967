"""The kinds of degradation, and their severities from 0 (unchanged) to 5.

Seven are kinds of corruption, with the amounts that `evaluate --corrupt` scores; severities between
the whole ones change linearly. The eighth is the dose of the contrast agent, which needs two
sequences.

Degradations of one sequence act in the order of this table: contrast agent, patient, scanner, and
registration last.
"""

from typing import TYPE_CHECKING

from ccsd_core.data.corruption.kinds import KINDS as CORRUPTIONS
from ccsd_core.data.corruption.kinds import CorruptionKind
from ccsd_core.domain.modality import Modality

if TYPE_CHECKING:
    from ccsd_core.domain.case import Case  # it imports numpy, which `--help` must not wait for

MAX_SEVERITY = 5.0
STEP = 0.1
"""Smallest difference of severities."""

DOSE = CorruptionKind(
    "dose", "{} % contrast dose", ((80.0, 60.0, 40.0, 20.0, 0.0),), unchanged=(100.0,)
)
"""T1c as with less contrast agent; see `dose.reduced_dose`."""

TITLES = {
    "dose": "Contrast dose",
    "motion": "Motion",
    "blur": "Blur",
    "thick-slices": "Thick slices",
    "resolution": "Lower resolution",
    "bias": "Bias field",
    "noise": "Noise",
    "misregistration": "Misregistration",
}
"""The kinds, in the order in which they act, with their names for the user."""

SHORT = {
    "dose": "dose {} %",
    "motion": "motion {} mm",
    "blur": "blur {} mm",
    "thick-slices": "slices of {} mm",
    "resolution": "voxels of {} mm",
    "bias": "bias field ×{}",
    "noise": "noise {} %",
    "misregistration": "displaced {} mm",
}
"""Short captions: the kind with the first of its amounts."""

KINDS: dict[str, CorruptionKind] = {
    name: DOSE if name == DOSE.name else CORRUPTIONS[name] for name in TITLES
}


def applies(kind: str, sequence: Modality, case: "Case") -> bool:
    """Whether a kind can degrade a sequence of a case."""
    if sequence not in case.volumes:
        return False
    return kind != DOSE.name or (sequence is Modality.T1C and Modality.T1 in case.volumes)
