"""What `evaluate` and `demo` share: score cases, write the report, print the table."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console, RenderableType

from ccsd_app.cli.console import say, show, track
from ccsd_app.cli.model_evaluation import evaluate_model, forget_finished_cases
from ccsd_app.cli.predictions import PredictionsOption
from ccsd_core.data.corruption import Corruption
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import LabelScheme
from ccsd_core.evaluation.derived.expected_score import MissingRates
from ccsd_core.evaluation.metrics.registry import choose_metrics
from ccsd_core.evaluation.predictions import evaluate_predictions
from ccsd_core.evaluation.published.compare import compare_with_published
from ccsd_core.evaluation.published.published_comparison import PublishedComparison
from ccsd_core.evaluation.report.published_files import comparison_tables
from ccsd_core.evaluation.report.report import report_folder, write_report
from ccsd_core.evaluation.report.scores_file import holds_scores
from ccsd_core.evaluation.report.table import results_table
from ccsd_core.evaluation.results.result import Evaluation, ScoredPart
from ccsd_core.inference.hardware.ranks import device_of_rank, is_first_process
from ccsd_core.inference.load import load_model

PLAIN_WIDTH = 100


def evaluate_into(
    out: Path,
    cases: Sequence[Path],
    *,
    model: str | None,
    device: str,
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
    metrics: str = "dice",
    hd95_empty: str = "brats",
    against: str | None = None,
    other_files: Sequence[str] = (),
    predictions: PredictionsOption | None = None,
    part: ScoredPart | None = None,
    rates: MissingRates | None = None,
    postprocess: Postprocess | None = None,
    criticality: bool = False,
    corruptions: Sequence[Corruption] = (),
) -> Evaluation | None:
    """Score `cases`, and write the report's files into `out`.

    Scores of single cases are kept until then, so that the same command continues where it was
    interrupted. Processes of torchrun share the cases; the first one writes the report.

    Returns:
        The evaluation; None in all processes but the first.

    Args:
        out: The report's folder.
        cases: The cases to score.
        model: The model; None is the bundled one.
        device: Where it runs.
        scheme: Label scheme if the layout does not determine it.
        labels: Folder of the expert labels, if they are not with the images.
        metrics: `dice` or `all`, as `choose_metrics` takes it.
        hd95_empty: HD95 where a region is absent on one side, as `choose_metrics` takes it.
        against: A published table to compare with.
        other_files: Names of other files that will be written there.
        predictions: Label maps to score instead of a model.
        part: The part of a split that the cases are, if one was chosen.
        rates: How often each sequence is missing, if the expected score is wanted.
        postprocess: Rules in place of the model's own.
        criticality: Whether to test how well it agrees with the measured drops; not with
            `predictions`.
        corruptions: Corruptions to score for every case in addition to its clean subsets; not with
            `predictions`.

    Raises:
        BadInputError: If `out` cannot hold a report, before anything is scored.
    """
    chosen = choose_metrics(metrics, hd95_empty=hd95_empty)
    first = is_first_process()
    if holds_scores(out) and first:
        say(f"note: the evaluation in {out} will be replaced")
    with report_folder(out, other_files=other_files):
        if predictions is None:
            predictor = load_model(model, device=device_of_rank(device))
            if postprocess is not None:
                predictor.postprocess = postprocess
            evaluation = evaluate_model(
                predictor,
                cases,
                out=out,
                metrics=chosen,
                scheme=scheme,
                labels=labels,
                corruptions=corruptions,
                criticality=criticality,
            )
        elif first:
            work = evaluate_predictions(
                predictions.folder,
                cases,
                predictions_scheme=predictions.scheme,
                subset=predictions.subset,
                scheme=scheme,
                labels=labels,
                metrics=chosen,
            )
            evaluation = track(work, "evaluating")
        else:
            evaluation = None
        if evaluation is None:
            return None
        evaluation = replace(evaluation, part=part)
        write_report(evaluation, out, against=_published(evaluation, against), rates=rates)
    forget_finished_cases(out)
    return evaluation


def print_table(
    evaluation: Evaluation, *, against: str | None = None, rates: MissingRates | None = None
) -> None:
    """Print the table of subsets, then the comparison with a published table, if one is named."""
    print_result(results_table(evaluation, rates=rates))
    published = _published(evaluation, against)
    if published is not None:
        print_result("")
        print_result(comparison_tables(published))


def plain_table(evaluation: Evaluation) -> str:
    """The table as text without colours, for files and pipes."""
    return _plain(results_table(evaluation))


def print_result(result: RenderableType) -> None:
    """Print on stdout, as wide as the terminal if there is one."""
    console = Console()
    if console.is_terminal:
        console.print(result)
    else:
        show(_plain(result))


def _plain(result: RenderableType) -> str:
    buffer = io.StringIO()
    Console(file=buffer, width=PLAIN_WIDTH, no_color=True).print(result)
    return buffer.getvalue().rstrip()


def _published(evaluation: Evaluation, which: str | None) -> PublishedComparison | None:
    return None if which is None else compare_with_published(evaluation, which)
