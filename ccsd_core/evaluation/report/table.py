"""The 15-row table that missing-modality papers print, for the terminal."""

from collections.abc import Sequence
from statistics import fmean

from rich.console import Group
from rich.table import Table

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.evaluation.derived.expected_score import MissingRates
from ccsd_core.evaluation.report.corruption_text import corruption_parts
from ccsd_core.evaluation.report.criticality_text import criticality_parts
from ccsd_core.evaluation.report.expected_text import expected_lines
from ccsd_core.evaluation.report.falling_text import falling_parts
from ccsd_core.evaluation.report.metric_rows import MetricRow, metric_rows
from ccsd_core.evaluation.report.part_text import part_text
from ccsd_core.evaluation.report.prediction_text import prediction_lines, training_line
from ccsd_core.evaluation.report.raw_text import raw_lines
from ccsd_core.evaluation.report.shapley_text import shapley_parts
from ccsd_core.evaluation.report.summary import present_means
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, METHOD
from ccsd_core.evaluation.statistics.result_rows import (
    TABLE_COLUMNS,
    ResultRow,
    result_rows,
    text_of,
)

MOST_NAMES = 2
"""Number of cases that a line of the caption names."""
PRESENT, ABSENT = "●", "○"
WITH_INTERVAL = ("mean", "AURC")
"""Rows with an interval printed below them; the files of the report have all intervals."""


def results_table(evaluation: Evaluation, *, rates: MissingRates | None = None) -> Group:
    """Dice in percent by subset, mean, D_k and area; other metrics; sequences that lower scores.

    If only some of the cases were seen in training, the mean is also given for both groups.

    Args:
        evaluation: Evaluation that holds the scores.
        rates: How often each sequence is missing, if the expected score is requested.
    """
    others = metric_rows(evaluation)
    below = ["", _metric_table(others, others_title(evaluation))] if others else []
    falling = falling_parts(evaluation)
    parts = [*falling, *shapley_parts(evaluation), *criticality_parts(evaluation)]
    parts += corruption_parts(evaluation)
    ends = [*parts, *expected_lines(evaluation, rates), *caption(evaluation, others)]
    return Group(_dice_table(evaluation), *below, *ends)


def _dice_table(evaluation: Evaluation) -> Table:
    table = Table(title=title(evaluation), show_lines=False)
    table.add_column("")
    for modality in Modality:
        table.add_column(modality.label, justify="center")
    table.add_column("cases", justify="right")
    for name in TABLE_COLUMNS:
        table.add_column(name, justify="right")
    rows = result_rows(evaluation)
    for row, following in zip(rows, (*rows[1:], None), strict=True):
        dots = [_dot(row, modality) for modality in Modality]
        name = "" if row.subset is not None else row.name
        cells = [text_of(row.cells.get(column)) for column in TABLE_COLUMNS]
        table.add_row(name, *dots, str(row.cases), *cells)
        if row.name in WITH_INTERVAL:
            _add_interval(table, row)
        if following is None or _section(row) != _section(following):
            table.add_section()
    return table


def _add_interval(table: Table, row: ResultRow) -> None:
    ends = [(c.low, c.high) for c in (row.cells.get(name) for name in TABLE_COLUMNS) if c]
    if not ends or None in ends[0]:
        return
    for name, end in (("  95 % from", 0), ("  95 % to", 1)):
        cells = ["" if pair[end] is None else f"{pair[end]:.2f}" for pair in ends]
        table.add_row(name, "", "", "", "", "", *cells, style="dim")


def _dot(row: ResultRow, modality: Modality) -> str:
    if row.subset is None:
        return ""
    return PRESENT if modality in row.subset else ABSENT


def _section(row: ResultRow) -> int | str:
    """Key of the row's section: subsets of one size, means, D_k, areas."""
    return len(row.subset) if row.subset is not None else row.name[:1]


def _metric_table(rows: Sequence[MetricRow], heading: str) -> Table:
    """The other metrics, mean over subsets, with their intervals."""
    table = Table(title=heading)
    table.add_column("")
    for name in ("WT", "TC", "ET", "cases"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(row.name, *row.cells, row.cases)
    return table


def title(evaluation: Evaluation) -> str:
    """The metric, the number of cases, and the model."""
    count = len(evaluation.cases)
    part = part_text(evaluation)
    return (
        f"Dice in percent, mean over {count} case{'s' * (count != 1)}"
        f"{f' ({part})' if part else ''} · {evaluation.model_name} {evaluation.model_sha256[:8]}"
    )


def _without_absent(evaluation: Evaluation) -> list[str]:
    """The means of a region without the cases in which it is absent."""
    lines: list[str] = []
    present = present_means(evaluation)
    for region in Region:
        absent = [case.id for case in evaluation.cases if region in case.absent_regions]
        if not absent:
            continue
        means = [mean for row in present.values() if (mean := row[region]) is not None]
        rest = f"; mean of the others: {100 * fmean(means):.2f}" if means else ""
        names = ", ".join(absent[:MOST_NAMES]) + (", …" if len(absent) > MOST_NAMES else "")
        lines.append(f"No {region.name} in the expert labels of {len(absent)} ({names}){rest}.")
    return lines


def _lacking(evaluation: Evaluation) -> list[str]:
    """Cases with missing sequences: they have fewer subsets, and no area."""
    fewer = [case for case in evaluation.cases if len(case.available) < len(Modality)]
    if not fewer:
        return []
    first = fewer[0]
    lacks = ", ".join(m.label for m in first.available.missing)
    more = f", and {len(fewer) - 1} more" if len(fewer) > 1 else ""
    return [
        f"Missing sequences: {first.id} lacks {lacks}{more}. Such a case has only the subsets of "
        "its own sequences, and no AURC."
    ]


def others_title(evaluation: Evaluation) -> str:
    """Title of the metrics other than Dice; for few cases without intervals."""
    intervals = "" if len(evaluation.cases) < FEWEST else " (95 % interval)"
    return f"Other metrics, mean over subsets{intervals}"


def caption(evaluation: Evaluation, others: Sequence[MetricRow]) -> list[str]:
    """Notes for the reader, one sentence each."""
    intervals = f"95 % intervals: {METHOD}."
    if len(evaluation.cases) < FEWEST:
        intervals = f"95 % intervals need {FEWEST} cases."
    return [
        (
            f"{PRESENT} sequence given, {ABSENT} withheld or missing. ET-500: ET below 500 voxels "
            "set to empty."
        ),
        "If a region is absent in the expert labels, Dice is 1 if none is predicted, else 0.",
        *_without_absent(evaluation),
        *_lacking(evaluation),
        *prediction_lines(evaluation),
        *raw_lines(evaluation),
        "D1 to D4: mean over the subsets of 1 to 4 sequences. AURC: area under that curve over its "
        "width, 100 at most.",
        intervals,
        *(f"HD95, {row.policy}." for row in others if row.metric == "hd95_mm"),
        *(
            f"Volume difference: {row.policy}."
            for row in others
            if row.metric == "volume_difference_ml"
        ),
        training_line(evaluation),
        DISCLAIMER,
    ]
