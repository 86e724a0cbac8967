"""Our scores next to published ones: as text for the terminal, as Markdown, and as CSV."""

import csv
import io
from dataclasses import replace

from rich.console import Group
from rich.table import Table

from ccsd_core.evaluation.paired.paired import FEWEST_FOR_005
from ccsd_core.evaluation.published.ablations import FEATURES
from ccsd_core.evaluation.published.published_comparison import (
    ComparedBlock,
    ComparedRow,
    PublishedComparison,
)
from ccsd_core.evaluation.published.reference import numbered_subset
from ccsd_core.evaluation.report.markdown import pipe_table

_TITLES = {
    "ET": "ET, Dice in percent",
    "TC": "TC, Dice in percent",
    "WT": "WT, Dice in percent",
    "dice": "Dice in percent, mean over subsets",
    "average": "Dice in percent, average over subsets",
    "hd95_mm": "HD95 in mm, mean over subsets",
    "seven": "Dice in percent, mean over the seven subsets of FLAIR, T1, T1c",
    **{f: f"Distilled on {f} features: Dice in percent, mean over subsets" for f in FEATURES},
}
_NONE = "n/a"
_MEANS = ("average", "mean")
INCONSISTENT = "‡"
"""Marks a printed number that is inconsistent with the others; † is the paper's own mark."""


def comparison_tables(against: PublishedComparison) -> Group:
    """The note, one table per block, and inconsistencies; no rows by subset for few patients."""
    short = _shortened(against) if against.patients < FEWEST_FOR_005 else against
    parts: list[Table | str] = [against.note, ""]
    if short is not against:
        parts[1:] = [
            f"{against.patients} patient{'s' * (against.patients != 1)}: only averages; the rows "
            "by subset, unreliable for so few, are in table.md and against.csv.",
            "",
        ]
    against = short
    for block in against.blocks:
        table = Table(title=f"{_TITLES[block.name]} · {_name(against)}")
        first, *others = _header(against, block)
        table.add_column(first)
        for name in others:
            table.add_column(name, justify="right")
        for row in block.rows:
            if row.name in _MEANS:
                table.add_section()
            table.add_row(_row_name(row), *_cells(against, block, row))
        parts += [table, ""]
    return Group(*parts, *_footnotes(against))


def comparison_markdown(against: PublishedComparison) -> str:
    """The comparison as Markdown."""
    lines = [f"## Against the paper's {_name(against)}", "", against.note]
    for block in against.blocks:
        lines += ["", f"### {_TITLES[block.name]}", ""]
        cells = [[_row_name(row), *_cells(against, block, row)] for row in block.rows]
        lines += pipe_table(["", *_header(against, block)[1:]], cells)
    footnotes = _footnotes(against)
    if footnotes:
        lines += ["", *(f"- {line}" for line in footnotes)]
    return "\n".join(lines) + "\n"


def comparison_csv(against: PublishedComparison) -> str:
    """The comparison as CSV; a cell is empty if we have no number."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    difference = f"ours_minus_{against.compared_method.replace(' ', '_')}"
    writer.writerow(["table", "block", "row", *against.methods, "ours", difference])
    for block in against.blocks:
        for row in block.rows:
            published = [f"{row.published[method]:.2f}" for method in against.methods]
            ours = [
                "" if v is None else f"{v:.4f}" for v in (row.ours, against.difference(block, row))
            ]
            writer.writerow([against.table, block.name, _row_name(row), *published, *ours])
    return buffer.getvalue()


def _row_name(row: ComparedRow) -> str:
    """The sequences of a subset, for which the paper has numbers; other names unchanged."""
    return str(numbered_subset(row.name)) if row.name.isdigit() else row.name


def _shortened(against: PublishedComparison) -> PublishedComparison:
    """The comparison with only the averages of blocks by subset, joined in one block."""
    by_subset = [block for block in against.blocks if block.rows[0].name.isdigit()]
    others = tuple(block for block in against.blocks if block not in by_subset)
    if not by_subset:
        return against
    averages = tuple(
        ComparedRow(block.name, row.published, row.ours)
        for block in by_subset
        for row in block.rows
        if row.name in _MEANS
    )
    return replace(against, blocks=others or (ComparedBlock("average", averages),))


def _header(against: PublishedComparison, block: ComparedBlock) -> list[str]:
    by_subset = block.rows[0].name.isdigit()
    rows = "subset" if by_subset else "region"
    difference = [f"ours − {against.compared_method}"] if against.has_difference(block) else []
    return [rows, *against.methods, "ours", *difference]


def _name(against: PublishedComparison) -> str:
    return f"Table {against.table.removeprefix('table')}"


def _cells(against: PublishedComparison, block: ComparedBlock, row: ComparedRow) -> list[str]:
    published = [
        f"{row.published[method]:.2f}"
        + INCONSISTENT * (against.inconsistency_in(block, row, method) is not None)
        for method in against.methods
    ]
    ours = _NONE if row.ours is None else f"{row.ours:.2f}"
    if not against.has_difference(block):
        return [*published, ours]
    difference = against.difference(block, row)
    difference = _NONE if difference is None else f"{difference:+.2f}"
    return [*published, ours, difference]


def _footnotes(against: PublishedComparison) -> list[str]:
    notes = [
        f"{INCONSISTENT} {inconsistency.quantity}: printed {inconsistency.printed:.2f}, "
        f"recomputed {inconsistency.recomputed:.2f} "
        f"({inconsistency.remark})."
        for inconsistency in against.inconsistencies
    ]
    if any(block.name == "hd95_mm" for block in against.blocks):
        notes.append(
            "The paper does not state its HD95 for regions absent in prediction or reference."
        )
    return [*notes, *against.notes]
