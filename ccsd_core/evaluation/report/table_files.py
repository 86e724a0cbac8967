"""The results table as Markdown, for a document, and as CSV, for other programs.

Both have all 15 subsets in the paper's order, whether or not a case has them, then the means,
D_k and the area, everything in percent with 95 % intervals.
"""

import csv
import io

from ccsd_core.domain.modality import Modality
from ccsd_core.evaluation.derived.expected_score import MissingRates
from ccsd_core.evaluation.report.corruption_text import corruption_markdown
from ccsd_core.evaluation.report.criticality_text import criticality_markdown
from ccsd_core.evaluation.report.expected_text import expected_lines
from ccsd_core.evaluation.report.falling_text import falling_markdown
from ccsd_core.evaluation.report.markdown import pipe_table
from ccsd_core.evaluation.report.metric_rows import metric_rows
from ccsd_core.evaluation.report.shapley_text import shapley_markdown
from ccsd_core.evaluation.report.table import ABSENT, PRESENT, caption, others_title, title
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.result_rows import (
    TABLE_COLUMNS,
    ResultRow,
    result_rows,
    text_of,
    value_and_interval,
)


def table_markdown(evaluation: Evaluation, *, rates: MissingRates | None = None) -> str:
    """The table of subsets, the other metrics, and notes for the reader.

    Args:
        evaluation: Evaluation that holds the scores.
        rates: How often each sequence is missing, if the expected score is requested.
    """
    others = metric_rows(evaluation)
    marks = [modality.label for modality in Modality]
    table = [
        [
            row.name,
            *(_dot(row, m) for m in Modality),
            str(row.cases),
            *(value_and_interval(row.cells.get(column)) for column in TABLE_COLUMNS),
        ]
        for row in result_rows(evaluation, every_subset=True)
    ]
    lines = [f"# {title(evaluation)}", ""]
    lines += pipe_table(["", *marks, "cases", *TABLE_COLUMNS], table)
    if others:
        lines += ["", f"## {others_title(evaluation)}", ""]
        header = ["", "WT", "TC", "ET", "cases", "policy"]
        lines += pipe_table(header, [[r.name, *r.cells, r.cases, r.policy] for r in others])
    lines += falling_markdown(evaluation)
    lines += shapley_markdown(evaluation)
    lines += criticality_markdown(evaluation)
    lines += corruption_markdown(evaluation)
    notes = [*expected_lines(evaluation, rates), *caption(evaluation, others)]
    lines += ["", *(f"- {line}" for line in notes)]
    return "\n".join(lines) + "\n"


def table_csv(evaluation: Evaluation) -> str:
    """The table of subsets; a cell is empty if there is no number."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    ends = [f"{column}{end}" for column in TABLE_COLUMNS for end in ("", "_low", "_high")]
    writer.writerow(["row", *(m.label for m in Modality), "cases", *ends])
    for row in result_rows(evaluation, every_subset=True):
        given = [str(int(m in row.subset)) if row.subset else "" for m in Modality]
        writer.writerow([row.name, *given, row.cases, *_numbers(row)])
    return buffer.getvalue()


def _numbers(row: ResultRow) -> list[str]:
    numbers: list[str] = []
    for column in TABLE_COLUMNS:
        cell = row.cells.get(column)
        value = text_of(cell, digits=4)
        ends = (None, None) if cell is None else (cell.low, cell.high)
        numbers += ["" if value == "n/a" else value]
        numbers += ["" if end is None else f"{end:.4f}" for end in ends]
    return numbers


def _dot(row: ResultRow, modality: Modality) -> str:
    if row.subset is None:
        return ""
    return PRESENT if modality in row.subset else ABSENT
