"""The columns of the batch table: the text of each cell, and the value that it is sorted by.

case │ state │ sequences │ WT TC ET mL │ Dice WT TC ET │ agreement WT TC ET │ notes
                                         only if a case has labels · only if measured
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ccsd_app.viewmodel.open_case.batch.rows import BatchRow, CaseState
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import SEEN_IN_TRAINING
from ccsd_core.domain.volume_intervals import interval_text
from ccsd_core.domain.volume_text import ml_text

SortValue = str | float | None
"""None has no value: such cells come last in either order."""

_STATE_TEXTS = {
    CaseState.WAITING: "Waiting",
    CaseState.DONE: "Done",
    CaseState.SKIPPED: "Skipped",
    CaseState.FAILED: "Failed",
}
_ORDER = list(CaseState)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Args:
        title: Its heading.
        hint: Explanation of the heading.
        text: The text of a cell; "" where there is nothing (yet).
        value: The value that a cell is sorted by.
        number: Whether its values are numbers, aligned to the right.
    """

    title: str
    hint: str
    text: Callable[[BatchRow], str]
    value: Callable[[BatchRow], SortValue]
    number: bool = False


def columns_for(rows: Sequence[BatchRow], *, subset_chosen: bool) -> tuple[Column, ...]:
    """The columns for these rows.

    Args:
        rows: The rows.
        subset_chosen: Whether sequences are withheld, so that agreement is measured.
    """
    labelled = any(row.case.labels for row in rows)
    compared = subset_chosen or any(row.result and row.result.agreement for row in rows)
    return (
        Column("Case", "Name of the case", _name, _name_value),
        Column("State", "How far the case is", _state, _state_value),
        Column("Sequences", "Sequences that the case has", _sequences, _sequences_value),
        *(_volume_column(region) for region in Region),
        *(_dice_column(region) for region in Region if labelled),
        *(_agreement_column(region) for region in Region if compared),
        Column("Notes", "Warnings, and why a case failed", _notes, _notes_value),
    )


def _name(row: BatchRow) -> str:
    return row.case.id


def _name_value(row: BatchRow) -> SortValue:
    return row.case.id.casefold()


def _state(row: BatchRow) -> str:
    if row.state is CaseState.RUNNING:
        return f"Running, {row.fraction * 100:.0f} %"
    return _STATE_TEXTS[row.state]


def _state_value(row: BatchRow) -> SortValue:
    return float(_ORDER.index(row.state))


def _sequences(row: BatchRow) -> str:
    if row.result is not None:
        return ", ".join(m.label for m in row.result.available)
    return ", ".join(m.label for m in row.case.sequences) or ("DICOM study" * row.case.study)


def _sequences_value(row: BatchRow) -> SortValue:
    there = row.case.sequences if row.result is None else tuple(row.result.available)
    return f"{len(there)} {_sequences(row)}" if there else None


def _notes(row: BatchRow) -> str:
    return "; ".join(row.messages)


def _notes_value(row: BatchRow) -> SortValue:
    return _notes(row).casefold() or None


def _volume_column(region: Region) -> Column:
    hint = f"Predicted volume of {region.title} in mL, with its interval if the model has one"
    return Column(
        f"{region.name} mL",
        hint,
        partial(_volume, region),
        partial(_volume_ml, region),
        number=True,
    )


def _volume(region: Region, row: BatchRow) -> str:
    volume_ml = _volume_ml(region, row)
    if volume_ml is None or row.result is None:
        return ""
    interval = row.result.intervals_ml.get(region)
    return ml_text(volume_ml) + ("" if interval is None else f" ({interval_text(*interval)})")


def _volume_ml(region: Region, row: BatchRow) -> float | None:
    return None if row.result is None else row.result.volumes_ml[region]


def _dice_column(region: Region) -> Column:
    hint = (
        f"Dice of {region.title} with the expert labels; * marks a case {SEEN_IN_TRAINING} "
        "of the model"
    )
    return Column(
        f"Dice {region.name}",
        hint,
        partial(_dice_text, region),
        partial(_dice, region),
        number=True,
    )


def _dice(region: Region, row: BatchRow) -> float | None:
    return None if row.result is None or row.result.dice is None else row.result.dice[region]


def _dice_text(region: Region, row: BatchRow) -> str:
    score = _dice(region, row)
    if score is None or row.result is None:
        return ""
    return f"{score:.3f}" + "*" * row.result.seen_in_training


def _agreement_column(region: Region) -> Column:
    hint = (
        f"Agreement of {region.title} with the prediction from all sequences of the case; "
        "not an accuracy"
    )
    return Column(
        f"Agr. {region.name}",
        hint,
        partial(_agreement_text, region),
        partial(_agreement, region),
        number=True,
    )


def _agreement(region: Region, row: BatchRow) -> float | None:
    result = row.result
    return None if result is None or result.agreement is None else result.agreement[region]


def _agreement_text(region: Region, row: BatchRow) -> str:
    score = _agreement(region, row)
    return "" if score is None else f"{score:.3f}"
