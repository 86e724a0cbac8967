"""How each kind of on-demand result is computed: one function and one entry per kind."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from ccsd_app.session.on_demand import (
    CRITICALITY,
    HD95,
    PROBABILITIES,
    Criticality,
    Key,
    Kind,
    ProbabilityMap,
)
from ccsd_app.worker.background import run_in_thread
from ccsd_app.worker.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.probability_bytes import as_cropped_bytes
from ccsd_app.worker.subset_evaluator import SubsetEvaluator
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress


@dataclass(frozen=True, slots=True)
class CaseContext:
    """The open case in the inference process, with the predictor and the evaluator."""

    predictor: PredictorProtocol
    encoded: EncodedCaseProtocol
    evaluator: SubsetEvaluator


@dataclass(frozen=True, slots=True)
class KindEntry:
    """How the inference process computes a kind.

    Args:
        compute: Computes the result for a key. uint8 arrays that are fields of a returned
            dataclass go to the window through shared memory.
        urgent: Whether a new request interrupts any work except the wanted subset.
        uses_encoding: Whether it works on the encoded case, whose memory is freed if this kind
            runs out of memory.
    """

    compute: Callable[[Key, CaseContext], Generator[Progress, None, Any]]
    urgent: bool = False
    uses_encoding: bool = True


def probabilities(subset: Key, case: CaseContext) -> Generator[Progress, None, ProbabilityMap]:
    """The probability map of one subset."""
    yield from ()
    assert subset is not None
    found = case.predictor.probabilities(case.encoded, subset)
    values, offset_voxel = as_cropped_bytes(found, case.encoded.case.grid.shape)
    return ProbabilityMap(subset, values, offset_voxel)


def criticality(_: Key, case: CaseContext) -> Generator[Progress, None, Criticality]:
    """How hard each sequence of the case is to replace."""
    for _step in run_in_thread(case.predictor.load_for_criticality, "loss"):
        yield Progress(0, 0, CRITICALITY.name)
    found = yield from case.predictor.criticality(case.encoded.case)
    return Criticality(found.cosine, found.gradient, found.path, found.against_expert)


def hd95(subset: Key, case: CaseContext) -> Generator[Progress, None, Mapping[Region, float]]:
    """HD95 in mm of one subset against the expert, by region."""
    yield from ()
    assert subset is not None

    def predict() -> Any:
        return case.predictor.predict_nested_labels(case.encoded, subset, nesting=True)

    return case.evaluator.hd95_mm(subset, predict, case.predictor.raise_if_cancelled or _no_check)


def _no_check() -> None:
    """The check for cancellation where nothing can be cancelled."""


KINDS: Mapping[Kind[Any], KindEntry] = {
    PROBABILITIES: KindEntry(probabilities, urgent=True),
    CRITICALITY: KindEntry(criticality, uses_encoding=False),
    HD95: KindEntry(hd95),
}
"""In the order in which requests are answered: maps on the slices first, then panels."""
