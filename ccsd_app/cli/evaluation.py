"""What `evaluate` and `demo` share: score cases, write the report, print the table."""

import io
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ccsd_app.cli.console import show, track
from ccsd_core.domain.region import LabelScheme
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.report import make_report_folder, write_report
from ccsd_core.evaluation.result import Evaluation
from ccsd_core.evaluation.table import results_table
from ccsd_core.inference.load import load_model

PLAIN_WIDTH = 100


def evaluate_into(
    out: Path,
    cases: Sequence[Path],
    *,
    model: str | None,
    device: str,
    scheme: LabelScheme | None = None,
) -> Evaluation:
    """Score `cases`, and write the report's files into `out`.

    Raises:
        BadInputError: If `out` cannot hold a report, before anything is scored.
    """
    make_report_folder(out)
    predictor = load_model(model, device=device)
    evaluation = track(evaluate(predictor, cases, scheme=scheme), "evaluating")
    write_report(evaluation, out)
    return evaluation


def print_table(evaluation: Evaluation) -> None:
    """The table of subsets on stdout, as wide as the terminal if there is one."""
    console = Console()
    if console.is_terminal:
        console.print(results_table(evaluation))
    else:
        show(plain_table(evaluation))


def plain_table(evaluation: Evaluation) -> str:
    """The table as text without colours, for files and pipes."""
    buffer = io.StringIO()
    Console(file=buffer, width=PLAIN_WIDTH, no_color=True).print(results_table(evaluation))
    return buffer.getvalue().rstrip()
