"""How each kind of on-demand result is computed: one function and one entry per kind."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from ccsd_app.session.degraded_views import DegradedViews, DegradedViewsKey, Measures, bytes_of
from ccsd_app.session.on_demand import (
    CRITICALITY,
    DEGRADATION_CURVE,
    DEGRADED_VIEWS,
    HD95,
    OTHER_MODEL,
    PROBABILITIES,
    Criticality,
    DegradationCurve,
    DegradationCurveKey,
    Key,
    Kind,
    OtherModelKey,
    ProbabilityMap,
)
from ccsd_app.session.result import SubsetResult
from ccsd_app.worker.inference.background import run_in_thread
from ccsd_app.worker.inference.degraded_images import DegradedImages, encoded_again
from ccsd_app.worker.inference.other_model import OtherModel
from ccsd_app.worker.inference.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.inference.probability_bytes import as_cropped_bytes
from ccsd_app.worker.inference.subset_evaluator import SubsetEvaluator
from ccsd_core.data.degradation.kinds import MAX_SEVERITY
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import Corner, NestedLabels
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress

CURVE_SEVERITIES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
"""The severities at which a degradation curve is computed."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class CaseContext:
    """The open case in the inference process, with its models and the evaluator."""

    predictor: PredictorProtocol
    encoded: EncodedCaseProtocol
    evaluator: SubsetEvaluator
    images: DegradedImages
    other: OtherModel


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
    assert isinstance(subset, ModalitySubset)
    found = case.predictor.probabilities(case.encoded, subset)
    values, offset_voxel = as_cropped_bytes(found, case.encoded.case.grid.shape)
    return ProbabilityMap(subset, values, offset_voxel)


def other_model(key: Key, case: CaseContext) -> Generator[Progress, None, SubsetResult]:
    """The result of a model that the loaded one is compared with, on the undegraded images."""
    assert isinstance(key, OtherModelKey)
    return (yield from case.other.result(key, case.images.original, case.predictor.device))


def criticality(_: Key, case: CaseContext) -> Generator[Progress, None, Criticality]:
    """How hard each sequence of the case is to replace."""
    for _step in run_in_thread(case.predictor.load_for_criticality, "loss"):
        yield Progress(0, 0, CRITICALITY.name)
    found = yield from case.predictor.criticality(case.encoded.case)
    return Criticality(found.cosine, found.gradient, found.path, found.against_expert)


def hd95(subset: Key, case: CaseContext) -> Generator[Progress, None, Mapping[Region, float]]:
    """HD95 in mm of one subset against the expert, by region."""
    yield from ()
    assert isinstance(subset, ModalitySubset)

    def predict() -> Any:
        return case.predictor.predict_nested_labels(case.encoded, subset, nesting=True)

    return case.evaluator.hd95_mm(subset, predict, case.predictor.raise_if_cancelled or _no_check)


def degradation_curve(key: Key, case: CaseContext) -> Generator[Progress, None, DegradationCurve]:
    """Scores of a subset at each severity of one kind of degradation, and without the sequence."""
    assert isinstance(key, DegradationCurveKey)
    encoded, scores = case.encoded, dict[float, dict[Region, float]]()

    def score(subset: ModalitySubset) -> dict[Region, float]:
        found = case.predictor.predict_nested_labels(encoded, subset, nesting=True)
        return case.evaluator.score(found)

    total = len(CURVE_SEVERITIES)
    for done, severity in enumerate(CURVE_SEVERITIES):
        here = Progress(done, total, f"{key.label}: severity {severity:g} of {MAX_SEVERITY:g}")
        yield here
        degradations = key.others.with_severity(key.sequence, key.kind, severity)
        images = yield from as_one_step(case.images.case_of(degradations), here)
        again = encoded_again(case.predictor, [case.encoded, encoded], images)
        encoded = yield from as_one_step(again, here)
        scores[severity] = score(key.subset)
        yield here
    others = key.subset.bits & ~(1 << key.sequence)
    return DegradationCurve(
        scores,
        score(ModalitySubset(others)) if others else None,
        case.evaluator.against_expert,
    )


def degraded_views(key: Key, case: CaseContext) -> Generator[Progress, None, DegradedViews]:
    """Images and results of several degradations of the open case."""
    assert isinstance(key, DegradedViewsKey)
    encoded, total = case.encoded, len(key.views)
    images = np.zeros((total, *encoded.case.grid.shape), np.uint8)
    ranges: list[tuple[float, float]] = []
    labels: list[NestedLabels] = []
    measures: list[Measures] = []
    for done, view in enumerate(key.views):
        here = Progress(done, total, f"{key.label}: {done + 1} of {total}")
        yield here
        degraded = yield from as_one_step(case.images.case_of(view.degradations), here)
        again = encoded_again(case.predictor, [case.encoded, encoded], degraded)
        encoded = yield from as_one_step(again, here)
        images[done], found = bytes_of(degraded.volumes[view.background].array)
        ranges.append(found)
        labels.append(case.predictor.predict_nested_labels(encoded, view.subset, nesting=True))
        measures.append(case.evaluator.measures(labels[-1]))
        yield here
    start, end = _corners_around(labels)
    nested_labels = np.stack([one.within(start, end) for one in labels])
    return DegradedViews(images, tuple(ranges), nested_labels, start, tuple(measures))


def _corners_around(labels: Sequence[NestedLabels]) -> tuple[Corner, Corner]:
    """First voxel, and one past the last, of the smallest box around all of them."""
    some = [one for one in labels if one.values.size]
    if not some:
        return (0, 0, 0), (0, 0, 0)
    x, y, z = (min(one.offset[axis] for one in some) for axis in range(3))
    i, j, k = (max(one.end[axis] for one in some) for axis in range(3))
    return (x, y, z), (i, j, k)


def as_one_step(
    steps: Generator[Progress, None, Result], here: Progress
) -> Generator[Progress, None, Result]:
    """Work that counts as one step, however many it has."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield here


def _no_check() -> None:
    """The check for cancellation where nothing can be cancelled."""


KINDS: Mapping[Kind[Any], KindEntry] = {
    PROBABILITIES: KindEntry(probabilities, urgent=True),
    OTHER_MODEL: KindEntry(other_model),
    CRITICALITY: KindEntry(criticality, uses_encoding=False),
    HD95: KindEntry(hd95),
    DEGRADATION_CURVE: KindEntry(degradation_curve),
    DEGRADED_VIEWS: KindEntry(degraded_views),
}
"""In the order in which requests are answered: maps on the slices first, then panels."""
