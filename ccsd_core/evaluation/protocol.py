"""Scoring a model: every labelled case, every subset of its sequences, every metric.

    for each case:  load ──▶ encode once ──▶ for each subset: decode ──▶ measure ──▶ discard

One case is in memory at a time. A case without labels is skipped, one that cannot be read is
reported, and the others are scored.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import LabelScheme, Region
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.errors import CaseError, CcsdError, ResourceError
from ccsd_core.evaluation.metrics.registry import METRICS, Metric, ReferenceRegions, measure
from ccsd_core.evaluation.results.case_result import CaseResult
from ccsd_core.evaluation.results.corruption import CorruptedScore, CorruptionTrial
from ccsd_core.evaluation.results.evaluated_criticality import STEPS_A_CASE as CRITICALITY
from ccsd_core.evaluation.results.evaluated_criticality import (
    CriticalityFunction,
    evaluated_criticality,
)
from ccsd_core.evaluation.results.finished_cases import FinishedCases
from ccsd_core.evaluation.results.policy import NOT_KNOWN, policy_with_rules
from ccsd_core.evaluation.results.raw import POLICY, RAW
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation, Score, UnscoredCase
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_folder import read_case
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.label_folders import with_labels_from
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.storage.names.identity import unique_ids

Encoded = TypeVar("Encoded")
Result = TypeVar("Result")


class NotPredictedError(CaseError):
    """A case without any prediction: it is skipped, with a note."""


class SubsetPredictor(Protocol[Encoded]):
    """The interface of a model that can be scored: `ccsd_core.inference.predictor.Predictor`.

    `predict` returns None for a subset without a prediction, since a folder of label maps may be
    incomplete; such a subset is left out of the means and counted.
    """

    @property
    def manifest(self) -> Manifest: ...

    def encode(self, case: Case) -> Steps[Encoded]: ...

    def predict(self, encoded: Encoded, subset: ModalitySubset) -> Segmentation | None: ...


@runtime_checkable
class RawOutputPredictor(Protocol):
    """A model that also gives the network's output before post-processing."""

    postprocess: Postprocess

    def raw_regions(self, encoded: Any, subset: ModalitySubset) -> NDArray[np.bool_]: ...


def evaluate(
    predictor: SubsetPredictor[Encoded],
    cases: Sequence[Path],
    *,
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
    metrics: Sequence[Metric] = METRICS,
    trial: CorruptionTrial[Encoded] | None = None,
    criticality: CriticalityFunction | None = None,
    finished: FinishedCases | None = None,
) -> Steps[Evaluation]:
    """Score a model on every labelled case among `cases`.

    Args:
        predictor: The model.
        cases: Case folders or files, as `find_cases` gives them.
        scheme: Label scheme of all cases if the layout does not determine it.
        labels: Folder of the expert labels, if they are not with the images.
        metrics: The metrics to compute.
        trial: Corruptions to try on every case, with the same model.
        criticality: Computes a case's criticality; None leaves it out.
        finished: Where the results of single cases are kept and found again; None keeps none.

    Raises:
        CaseError: If no case could be scored.
        ResourceError: If disk or memory are insufficient: the next case would fail, too.
    """
    results = yield from score_cases(
        predictor,
        cases,
        scheme=scheme,
        labels=labels,
        metrics=metrics,
        trial=trial,
        criticality=criticality,
        finished=finished,
    )
    return evaluation_of(predictor, results)


def evaluation_of(
    predictor: SubsetPredictor[Encoded], results: Sequence[CaseResult | UnscoredCase]
) -> Evaluation:
    """The evaluation of a model from the results of its cases.

    Raises:
        CaseError: If no case could be scored.
    """
    scored = [result for result in results if isinstance(result, CaseResult)]
    unscored = [result for result in results if isinstance(result, UnscoredCase)]
    if not scored:
        reasons = "; ".join(dict.fromkeys(f"{u.path.name}: {u.reason}" for u in unscored[:3]))
        which = "the case cannot" if len(results) == 1 else f"none of the {len(results)} cases can"
        raise CaseError(f"{which} be scored ({reasons or 'no case'})")
    return Evaluation(
        model_name=predictor.manifest.name,
        model_sha256=predictor.manifest.sha256,
        cases=tuple(result.case for result in scored),
        scores=tuple(score for result in scored for score in result.scores),
        unscored=tuple(unscored),
        notes=tuple(f"{result.case.id}: {note}" for result in scored for note in result.notes),
        corrupted=tuple(score for result in scored for score in result.corrupted),
        postprocess=str(predictor.postprocess) if isinstance(predictor, RawOutputPredictor) else "",
    )


def score_cases(
    predictor: SubsetPredictor[Encoded],
    cases: Sequence[Path],
    *,
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
    metrics: Sequence[Metric] = METRICS,
    trial: CorruptionTrial[Encoded] | None = None,
    criticality: CriticalityFunction | None = None,
    finished: FinishedCases | None = None,
    share: slice = slice(None),
) -> Steps[list[CaseResult | UnscoredCase]]:
    """Score each of the cases, or a share of them.

    Args:
        predictor: The model.
        cases: Case folders or files, as `find_cases` gives them.
        scheme: Label scheme of all cases where the layout does not determine it.
        labels: Folder of the expert labels, where they are not with the images.
        metrics: The metrics to compute.
        trial: Corruptions to try on every case, with the same model.
        criticality: Computes a case's criticality; None leaves it out.
        finished: Where the results of single cases are kept and found again; None keeps none.
        share: Which of `cases` are scored. Their names are unique among all.

    Raises:
        ResourceError: If disk or memory are insufficient: the next case would fail, too.
    """
    results: list[CaseResult | UnscoredCase] = []
    names = unique_ids(cases)
    shared = list(cases)[share]
    for index, path in enumerate(shared):
        try:
            files = with_labels_from(choose(inventory(path)).named(names[Path(path)]), labels)
            known = finished.get(files) if finished is not None else None
            # The case is referenced only there, so that it is freed before the next one is read.
            result = known or (
                yield from _evaluate_case(
                    predictor,
                    path,
                    files,
                    scheme,
                    metrics,
                    trial,
                    criticality,
                    before=index,
                    count=len(shared),
                )
            )
        except ResourceError:
            raise
        except CcsdError as error:
            broken = not isinstance(error, NotPredictedError)
            results.append(UnscoredCase(path, str(error), broken=broken))
            continue
        if finished is not None and known is None:
            finished.keep(files, result)
        results.append(result)
    return results


def _evaluate_case(
    predictor: SubsetPredictor[Encoded],
    path: Path,
    files: CaseFiles,
    scheme: LabelScheme | None,
    metrics: Sequence[Metric],
    trial: CorruptionTrial[Encoded] | None,
    criticality: CriticalityFunction | None,
    *,
    before: int,
    count: int,
) -> Steps[CaseResult | UnscoredCase]:
    """The scores of a case, or the reason if it has no labels."""
    case = read_case(files, scheme=scheme)
    if case.reference is None:
        return UnscoredCase(path, _why_unlabelled(files), broken=False)
    regions = case.reference_regions
    assert regions is not None
    this = EvaluatedCase(
        id=case.id,
        available=case.available,
        seen_in_training=case.is_among(predictor.manifest.training_cases),
        absent_regions=frozenset(region for region in Region if not regions[region].any()),
    )
    a_case = _steps_per_case(trial) + (0 if criticality is None else CRITICALITY)
    start, total = before * a_case, count * a_case
    rows, bad = yield from _scores(predictor, case, this, metrics, trial, start=start, total=total)
    if criticality is not None:
        # After the scores, when their encoding is freed, because both may not fit into memory.
        done = start + a_case
        steps = evaluated_criticality(
            criticality, case, name=this.id, done=done - CRITICALITY, total=total
        )
        this = replace(this, criticality=(yield from steps))
        yield Progress(done, total, f"{this.id}: done")
    scored = {row.subset for row in rows}
    unpredicted = frozenset(s for s in case.available.subsets() if s not in scored)
    this = replace(this, unpredicted=unpredicted)
    return CaseResult(this, tuple(rows), tuple(bad), case.notes)


def _why_unlabelled(files: CaseFiles) -> str:
    return "; ".join(
        ["it has no expert labels" if files.notes else "it has no labels", *files.notes]
    )


def _scores(
    predictor: SubsetPredictor[Encoded],
    case: Case,
    this: EvaluatedCase,
    metrics: Sequence[Metric],
    trial: CorruptionTrial[Encoded] | None,
    *,
    start: int,
    total: int,
) -> Steps[tuple[list[Score], list[CorruptedScore]]]:
    """The scores of one case; progress counts 16 steps per case, and one per corruption.

    The steps of this case begin at `start`, out of `total`.
    """
    clean, a_case = _steps_per_case(None), _steps_per_case(trial)
    regions = case.reference_regions
    assert regions is not None
    truth = ReferenceRegions.of(
        regions, spacing_mm=case.grid.spacing_mm, voxel_ml=case.grid.voxel_ml
    )
    encoding = predictor.encode(case)
    while True:
        try:
            inner = next(encoding)
        except StopIteration as stop:
            encoded: Encoded = stop.value
            break
        yield Progress(start, total, f"{this.id}: {inner.what}")
    scores: list[Score] = []
    rules = str(predictor.postprocess) if isinstance(predictor, RawOutputPredictor) else NOT_KNOWN
    subsets = case.available.subsets()
    for position, subset in enumerate(subsets):
        done = start + 1 + position * (clean - 1) // len(subsets)
        yield Progress(done, total, f"{this.id}: {subset.label}")
        prediction = predictor.predict(encoded, subset)
        if prediction is None:
            continue
        found = [
            (metric.name, policy_with_rules(rules, metric.policy), region, value)
            for metric, region, value in measure(prediction.regions, truth, metrics=metrics)
        ]
        if isinstance(predictor, RawOutputPredictor) and predictor.postprocess.rules:
            raw = predictor.raw_regions(encoded, subset)
            found += [
                (RAW, POLICY, region, value)
                for _, region, value in measure(raw, truth, metrics=METRICS[:1])
            ]
        scores.extend(
            Score(
                case=this.id,
                subset=subset,
                region=region,
                metric=metric,
                value=value,
                policy=policy,
                seen_in_training=this.seen_in_training,
            )
            for metric, policy, region, value in found
        )
    bad: list[CorruptedScore] = []
    if trial is not None:
        dice = {(s.subset, s.region): s.value for s in scores if s.metric == "dice"}
        trying = trial.scores(case, encoded, truth, dice, name=this.id)
        bad = yield from _as_further_steps(trying, start + clean, total, this.id)
    yield Progress(start + a_case, total, f"{this.id}: scored")
    return scores, bad


def _steps_per_case(trial: CorruptionTrial[Encoded] | None) -> int:
    """Number of steps: one encoding, 15 subsets, and each corruption."""
    return 1 + len(ModalitySubset.every()) + (0 if trial is None else len(trial.corruptions))


def _as_further_steps(steps: Steps[Result], done: int, total: int, name: str) -> Steps[Result]:
    """Additional work on a case, with its steps added to `done`."""
    while True:
        try:
            inner = next(steps)
        except StopIteration as stop:
            return stop.value
        yield Progress(done + inner.done, total, f"{name}: {inner.what}")
