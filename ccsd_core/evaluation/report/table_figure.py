"""The results table as a picture: a heat map with its numbers, for slides and posters.

The colours are cividis, which looks the same to colour-blind readers and is monotonic in grey; the
numbers repeat the values.
"""

# matplotlib is typed only in part.
# pyright: reportUnknownMemberType=false

import io
import math
from typing import Any

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.evaluation.derived.falling_steps import FallingSteps, falling_steps
from ccsd_core.evaluation.report.prediction_text import training_text
from ccsd_core.evaluation.report.table import title
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.result_rows import (
    TABLE_COLUMNS,
    ResultRow,
    interval_of,
    result_rows,
    text_of,
)

_COLOURS = colormaps["cividis"]
_DARK, _LIGHT, _NOTHING = "#111111", "#ffffff", "#eeeeee"
_DOT_WIDTH, _CELL_WIDTH, _GAP = 0.62, 1.6, 0.35
_FALLS = "▼"
_SUMMARIES = ("mean", "D1", "D2", "D3", "D4", "AURC")


def table_png(evaluation: Evaluation) -> bytes:
    """The picture as PNG bytes."""
    buffer = io.BytesIO()
    # No software version in the file, so that equal tables give equal bytes.
    table_figure(evaluation).savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def table_figure(evaluation: Evaluation) -> Figure:
    """The figure: 15 rows with dots for the sequences given, then the summaries."""
    rows = [
        row
        for row in result_rows(evaluation, every_subset=True)
        if row.subset is not None or row.name in _SUMMARIES
    ]
    falls = falling_steps(evaluation)
    figure = Figure(figsize=(7.4, 8.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    left = len(Modality) * _DOT_WIDTH
    height = 0.0
    for index, row in enumerate(rows):
        if index and _group(rows[index - 1]) != _group(row):
            height += _GAP
        _draw_row(axes, row, left, height)
        _mark_falls(axes, row, falls, left, height)
        height += 1
    for modality in Modality:
        axes.text((modality + 0.5) * _DOT_WIDTH, -0.25, modality.label, ha="center", fontsize=8)
    for index, column in enumerate(TABLE_COLUMNS):
        axes.text(left + (index + 0.5) * _CELL_WIDTH, -0.25, column, ha="center", weight="bold")
    axes.set_xlim(-0.1, left + len(TABLE_COLUMNS) * _CELL_WIDTH)
    axes.set_ylim(height, -1)
    axes.set_axis_off()
    note = _note(evaluation)
    if falls.falling:
        drops = f"drops after adding a sequence: {_count(falls)}"
        note += f"\n{_FALLS}T1: the mean is higher without T1 · {drops}"
    if evaluation.postprocess:
        note += f"\npost-processing: {evaluation.postprocess}"
    axes.set_title(f"{title(evaluation)}\n{note}\n{DISCLAIMER}", fontsize=9.5)
    return figure


def _draw_row(axes: Axes, row: ResultRow, left: float, top: float) -> None:
    middle = top + 0.5
    if row.subset is None:
        axes.text(left - 0.15, middle, row.name, ha="right", va="center", weight="bold")
    else:
        for modality in Modality:
            given = modality in row.subset
            axes.plot(
                (modality + 0.5) * _DOT_WIDTH,
                middle,
                marker="o",
                markersize=7,
                color=_DARK,
                fillstyle="full" if given else "none",
            )
    for index, column in enumerate(TABLE_COLUMNS):
        cell = row.cells.get(column)
        value = math.nan if cell is None else cell.value
        there = math.isfinite(value)
        colour = _COLOURS(value / 100) if there else _NOTHING
        x = left + index * _CELL_WIDTH
        axes.add_patch(
            Rectangle((x, top), _CELL_WIDTH, 1, facecolor=colour, edgecolor=_LIGHT, linewidth=1.2)
        )
        ink = _ink(value)
        interval = interval_of(cell)
        place: dict[str, Any] = {"ha": "center", "va": "center", "color": ink}
        x += _CELL_WIDTH / 2
        axes.text(x, middle - (0.14 if interval else 0), text_of(cell, digits=1), **place)
        axes.text(x, middle + 0.27, interval, fontsize=5.5, **place)


def _mark_falls(axes: Axes, row: ResultRow, falls: FallingSteps, left: float, top: float) -> None:
    """Mark next to a subset's mean the sequences that lowered it when they were added."""
    if row.subset is None:
        return
    for region in Region:
        added = falls.sequences_that_worsen(row.subset, region)
        if not added:
            continue
        column = TABLE_COLUMNS.index(region.name)
        value = row.cells[region.name].value
        axes.text(
            left + (column + 0.96) * _CELL_WIDTH,
            top + 0.5,
            "\n".join(f"{_FALLS}{m.label}" for m in added),
            ha="right",
            va="center",
            fontsize=4.6 if len(added) < 4 else 4,
            linespacing=1.15,
            color=_ink(value),
        )


def _ink(value: float) -> str:
    """Text colour, dark or light, that is legible on the colour of a value in percent."""
    # In the middle of cividis dark and light letters are equally legible.
    return _LIGHT if value < 55 else _DARK


def _group(row: ResultRow) -> int | str:
    return len(row.subset) if row.subset is not None else row.name[:1]


def _count(falls: FallingSteps) -> str:
    return f"{falls.count.falling} of {falls.count.steps}"


def _note(evaluation: Evaluation) -> str:
    intervals = " · small: 95 % interval over patients" if len(evaluation.cases) > 2 else ""
    return f"{training_text(evaluation)} · ET-500: ET below 500 voxels set to empty{intervals}"
