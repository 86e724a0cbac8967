"""The batch table: which columns there are, their texts, and the values they are sorted by."""

from dataclasses import replace
from pathlib import Path

from ccsd_app.viewmodel.open_case.batch.columns import columns_for
from ccsd_app.viewmodel.open_case.batch.rows import BatchRow
from ccsd_app.worker.batch_protocol import CaseResult
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.case_list import ListedCase

PAIR = ModalitySubset.parse("FLAIR+T2")
ROW = BatchRow(ListedCase("p", Path("/data/p"), tuple(PAIR), labels=True))
RESULT = CaseResult(
    input="input: FLAIR, T2",
    subset=PAIR,
    available=PAIR,
    volumes_ml={Region.WT: 9.5, Region.TC: 84.0, Region.ET: 0.01},
    intervals_ml={Region.TC: (71.2, 98.9)},
    level=0.9,
    dice=dict.fromkeys(Region, 0.5),
    agreement=None,
    seen_in_training=True,
    notes=("one", "two"),
    outputs=(),
)


def texts(row: BatchRow, **how) -> dict[str, str]:
    return {column.title: column.text(row) for column in columns_for([row], **how)}


def titles(row: BatchRow, *, subset_chosen: bool = False) -> list[str]:
    return list(texts(row, subset_chosen=subset_chosen))


def test_columns_of_scores_are_shown_only_where_they_can_be_filled():
    unlabelled = BatchRow(replace(ROW.case, labels=False))
    assert "Dice WT" in titles(ROW)
    assert "Dice WT" not in titles(unlabelled)
    assert "Agr. WT" not in titles(ROW)
    assert "Agr. WT" in titles(ROW, subset_chosen=True)


def test_a_done_case_shows_volumes_with_intervals_and_marks_a_score_seen_in_training():
    shown = texts(ROW.done(RESULT), subset_chosen=False)
    assert (shown["WT mL"], shown["TC mL"], shown["ET mL"]) == ("9.5", "84.0 (71–99)", "<0.1")
    assert shown["Dice WT"] == "0.500*"
    assert shown["Notes"] == "One; Two"


def test_volumes_are_sorted_as_numbers_and_not_as_text():
    wt = next(c for c in columns_for([ROW], subset_chosen=False) if c.title == "WT mL")
    large = ROW.done(replace(RESULT, volumes_ml=dict.fromkeys(Region, 84.0)))
    assert wt.value(ROW.done(RESULT)) < wt.value(large)
    assert wt.text(ROW.done(RESULT)) > wt.text(large)
    assert wt.value(ROW) is None


def test_a_failed_case_shows_its_reason_without_advice_for_the_command_line():
    failed = ROW.started().failed("no T1c (command line: --t1c)")
    shown = texts(failed, subset_chosen=False)
    assert (shown["State"], shown["Notes"], shown["WT mL"]) == ("Failed", "No T1c", "")
