"""Scoring a model: continued where it was interrupted, and shared by the processes of torchrun.

    rank 0: cases 0, 2, 4 … ─┐
                             ├─▶ results exchanged ─▶ rank 0: one report
    rank 1: cases 1, 3, 5 … ─┘

Results of finished cases are kept in the report's folder until the report is written.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccsd_app.cli.console import say, track
from ccsd_core.data.corruption import Corruption
from ccsd_core.domain.region import LabelScheme
from ccsd_core.evaluation.metrics.registry import Metric
from ccsd_core.evaluation.protocol import evaluation_of, score_cases
from ccsd_core.evaluation.results.corruption import CorruptionTrial
from ccsd_core.evaluation.results.finished_cases import FOLDER, FinishedCases
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.inference.hardware.ranks import is_first_process, process_group, share

if TYPE_CHECKING:
    from ccsd_core.inference.predictor import Predictor


def evaluate_model(
    predictor: "Predictor",
    cases: Sequence[Path],
    *,
    out: Path,
    metrics: Sequence[Metric],
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
    corruptions: Sequence[Corruption] = (),
    criticality: bool = False,
) -> Evaluation | None:
    """Score a model on every labelled case, keeping the results of finished ones in `out`.

    Args:
        predictor: The model.
        cases: The cases.
        out: Folder of the report.
        metrics: The metrics to compute.
        scheme: Label scheme where the layout does not determine it.
        labels: Folder of the expert labels, where they are not with the images.
        corruptions: Corruptions to score for every case.
        criticality: Whether criticality is computed for every case.

    Returns:
        The evaluation; None in all processes but the first.

    Raises:
        CaseError: If no case could be scored.
        ResourceError: If disk or memory are insufficient.
    """
    settings = {
        "model": predictor.manifest.sha256,
        "postprocess": str(predictor.postprocess),
        "metrics": [(metric.name, metric.policy) for metric in metrics],
        "corruptions": [str(corruption) for corruption in corruptions],
        "criticality": criticality,
        "scheme": repr(scheme),
        "labels": str(labels),
    }
    finished = FinishedCases(out / FOLDER, settings=json.dumps(settings))
    first = is_first_process()
    if first and len(finished):
        say(
            f"note: {len(finished)} cases were scored by an interrupted evaluation in {out} with "
            "the same model and options; they are not scored again"
        )
    mine = score_cases(
        predictor,
        cases,
        scheme=scheme,
        labels=labels,
        metrics=metrics,
        trial=CorruptionTrial(predictor, corruptions) if corruptions else None,
        criticality=predictor.criticality if criticality else None,
        finished=finished,
        share=share(),
    )
    with process_group() as exchange:
        shares = exchange(track(mine, "evaluating", quiet=not first))
    if not first:
        return None
    results = [shares[i % len(shares)][i // len(shares)] for i in range(len(cases))]
    return evaluation_of(predictor, results)


def forget_finished_cases(out: Path) -> None:
    """Remove the results of single cases, once the report in `out` has them all."""
    FinishedCases(out / FOLDER, settings="").clear()
