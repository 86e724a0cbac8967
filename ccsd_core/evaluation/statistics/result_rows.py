"""The rows of the results table for every output format: 15 subsets, the means, D_k, the area.

FLAIR … FLAIR+T1+T1c+T2   Dice by subset, in percent
mean                      over the subsets; also by unseen and seen cases, if there are both
D1 … D4                   mean over the subsets of one size
AURC                      area under D_k over its width, in percent
"""

from dataclasses import dataclass, replace
from functools import partial

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import (
    COLUMNS,
    Estimate,
    EstimateRow,
    Estimates,
    estimates,
)

TABLE_COLUMNS = ("WT", "TC", "ET", "ET-500", "mean")
"""ET-500 is ET with less than 500 voxels emptied; the mean is that of WT, TC and ET."""
NUMBER = {s: "".join(str(m + 1) for m in s) for s in ModalitySubset.every()}
"""Subsets as the paper numbers them: 1 FLAIR, 2 T1, 3 T1c, 4 T2."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row: estimates by column, in percent.

    Args:
        name: `mean`, `D1`, `AURC` …, or the subset's sequences.
        cells: Estimates by `TABLE_COLUMNS`; empty if no case has the values for the row.
        subset: Subset of the row; None for a mean.
    """

    name: str
    cells: EstimateRow
    subset: ModalitySubset | None = None

    @property
    def cases(self) -> int:
        return max((cell.cases for cell in self.cells.values()), default=0)


def result_rows(evaluation: Evaluation, *, every_subset: bool = False) -> tuple[ResultRow, ...]:
    """All rows, in the order they are printed.

    Args:
        evaluation: Evaluation that holds the scores.
        every_subset: Whether to keep rows of subsets that no case has.
    """
    raw, processed = _both(evaluation)
    subsets = [
        ResultRow(
            str(s),
            _joined(raw.subsets[s], processed.subsets[s]) if s in raw.subsets else {},
            subset=s,
        )
        for s in ModalitySubset.every()
        if every_subset or s in raw.subsets
    ]
    counts = [
        ResultRow(f"D{k}", _joined(row, processed.by_count[k])) for k, row in raw.by_count.items()
    ]
    area = ResultRow("AURC", _joined(raw.aurc, processed.aurc) if raw.aurc else {})
    mean = ResultRow("mean", _joined(raw.mean, processed.mean))
    return (*subsets, mean, *_seen_and_unseen(evaluation), *counts, area)


def _seen_and_unseen(evaluation: Evaluation) -> list[ResultRow]:
    """The means of unseen cases and of cases seen in training, if there are both."""
    seen = [case for case in evaluation.cases if case.seen_in_training]
    fresh = [case for case in evaluation.cases if not case.seen_in_training]
    if not seen or not fresh:
        return []
    rows: list[ResultRow] = []
    for name, cases in (("mean, unseen", fresh), ("mean, seen", seen)):
        raw, processed = _both(replace(evaluation, cases=tuple(cases)))
        rows.append(ResultRow(name, _joined(raw.mean, processed.mean)))
    return rows


def _both(evaluation: Evaluation) -> tuple[Estimates, Estimates]:
    of = partial(estimates, evaluation)
    return of(metric="dice"), of(metric="dice_et500")


def _joined(raw: EstimateRow, processed: EstimateRow) -> EstimateRow:
    """Estimates in percent, by the table's columns."""
    cells = {name: raw[name].divided_by(0.01) for name in COLUMNS}
    cells["ET-500"] = processed["ET"].divided_by(0.01)
    return {name: cells[name] for name in TABLE_COLUMNS}


def text_of(cell: Estimate | None, *, digits: int = 2) -> str:
    """A value as text, or `n/a`."""
    return "n/a" if cell is None or cell.value != cell.value else f"{cell.value:.{digits}f}"


def interval_of(cell: Estimate | None, *, digits: int = 1) -> str:
    """The interval as `81.2–88.4`, or ""."""
    if cell is None or cell.low is None or cell.high is None:
        return ""
    return f"{cell.low:.{digits}f}–{cell.high:.{digits}f}"


def value_and_interval(cell: Estimate | None, *, digits: int = 2) -> str:
    """`85.01 (81.20–88.43)`, or only the value if there is no interval."""
    interval = interval_of(cell, digits=digits)
    return text_of(cell, digits=digits) + (f" ({interval})" if interval else "")
