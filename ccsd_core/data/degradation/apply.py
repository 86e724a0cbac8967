"""Applying degradations to the sequences of a case.

    case ──a sequence──▶ dose ──▶ motion ──▶ blur ──▶ … ──▶ misregistration ──▶ its volume

Each kind acts on the result of the one before it, on raw values. It depends on the case's id, the
kind and the sequence alone, and grows with the severity: one seed for all severities.
"""

from dataclasses import replace

from ccsd_core.data.corruption.apply import corrupted_volume, random_numbers
from ccsd_core.data.degradation.degradations import Degradation, Degradations
from ccsd_core.data.degradation.dose import reduced_dose
from ccsd_core.data.degradation.kinds import DOSE, KINDS, applies
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError


def degraded_volume(case: Case, sequence: Modality, degradations: Degradations) -> Volume:
    """One sequence of a case with its degradations; the case's own volume if it has none.

    Args:
        case: The case, with undegraded images.
        sequence: The sequence.
        degradations: What to do; entries about other sequences are ignored.

    Raises:
        CaseError: If the case lacks a sequence that is needed.
    """
    volume = case.volumes.get(sequence)
    for one in degradations.of_sequence(sequence):
        if volume is None or not applies(one.kind, sequence, case):
            has = case.available.label
            raise CaseError(f"case {case.id!r} {_what_is_missing(one)}: it has {has}")
        amounts = KINDS[one.kind].amounts(one.severity)
        if one.kind == DOSE.name:
            volume = reduced_dose(volume, case.volumes[Modality.T1], *amounts)
        else:
            rng = random_numbers(case.id, one.kind, sequence)
            volume = corrupted_volume(volume, one.kind, amounts, rng)
    assert volume is not None, "a sequence without degradations is one of the case's"
    return volume


def degraded(case: Case, degradations: Degradations) -> Case:
    """The case with all its degradations; it depends on its arguments alone.

    Raises:
        CaseError: If the case lacks a sequence that is needed.
    """
    volumes = {m: degraded_volume(case, m, degradations) for m in degradations.sequences}
    return replace(
        case, volumes={**case.volumes, **volumes}, degraded={**case.degraded, **degradations.labels}
    )


def _what_is_missing(one: Degradation) -> str:
    if one.kind == DOSE.name:
        return f"cannot have {one} (it needs T1c and T1)"
    return f"has no {one.sequence.label} to degrade ({one})"
