"""Criticality of an evaluated case's sequences from the network's features."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import ResourceError
from ccsd_core.progress import Progress, Steps


class CriticalityScores(Protocol):
    """Criticality of one case, as `ccsd_core.inference.case_criticality.CaseCriticality` has it."""

    @property
    def cosine(self) -> Mapping[Modality, float]: ...

    @property
    def gradient(self) -> Mapping[Modality, float]: ...


STEPS_A_CASE = len(Modality) + 1
"""Steps of a case: encoding each sequence, and the gradients."""

CriticalityFunction = Callable[[Case], Steps[CriticalityScores]]
"""Function from a case to its criticality, in steps, as `Predictor.criticality`."""


@dataclass(frozen=True, slots=True, eq=False)
class EvaluatedCriticality:
    """How hard a case's sequences are to replace, if that could be computed.

    Args:
        cosine: C_i of each sequence; empty if the case has only one.
        gradient: Norm of the loss's gradient for each sequence.
        failure: Why both are missing: features with gradients need about four times the memory of
            decoding.
    """

    cosine: Mapping[Modality, float]
    gradient: Mapping[Modality, float]
    failure: str = ""


def evaluated_criticality(
    compute: CriticalityFunction, case: Case, *, name: str, done: int, total: int
) -> Steps[EvaluatedCriticality]:
    """Compute a case's criticality; running out of memory does not affect other results.

    Args:
        compute: Function that computes it.
        case: The case.
        name: Name of the case in the progress.
        done: Completed steps of the longer work that this is part of.
        total: All steps of the longer work.
    """
    steps = compute(case)
    yield Progress(done, total, f"{name}: criticality")
    try:
        while True:
            try:
                inner = next(steps)
            except StopIteration as stop:
                found: CriticalityScores = stop.value
                return EvaluatedCriticality(dict(found.cosine), dict(found.gradient))
            here = done + min(inner.done, STEPS_A_CASE - 1)
            yield Progress(here, total, f"{name}: {inner.what}")
    except ResourceError as error:
        return EvaluatedCriticality({}, {}, failure=str(error))
