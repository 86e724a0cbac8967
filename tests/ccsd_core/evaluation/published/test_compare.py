"""Ours beside the paper's tables: which table, whose cases, and the arithmetic."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest
from rich.console import Console

from ccsd_core.data.splits import read_split
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.published.compare import TABLES, compare_with_published
from ccsd_core.evaluation.published.reference import subset_table
from ccsd_core.evaluation.report.published_files import (
    comparison_csv,
    comparison_markdown,
    comparison_tables,
)
from ccsd_core.evaluation.results.result import PredictionFolder, ScoredPart
from ccsd_core.storage.names.patients import patient_of

WITH_HD95 = ("dice", "dice_et500", "hd95_mm")


def printed(published) -> str:
    buffer = io.StringIO()
    Console(file=buffer, width=100).print(comparison_tables(published))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("prefix", "table"),
    [("BraTS20_Training_", "table2"), ("Brats18_X_", "table1"), ("own", "table1")],
    ids=["BraTS 2020", "BraTS 2018", "own data"],
)
def test_the_paper_means_the_table_of_the_datas_year(made_up, prefix, table):
    assert compare_with_published(made_up(3, prefix=prefix), "paper").table == table


@pytest.mark.parametrize(
    ("part", "table"), [("brats2020:test", "table2"), ("brats2018-3:test", "table1")]
)
def test_the_paper_means_the_table_of_the_split_whatever_the_names_and_that_is_reported(
    made_up, part, table
):
    prefix = {"table1": "BraTS20_Training_", "table2": "BraTS2021_"}[table]
    found = compare_with_published(
        replace(made_up(3, prefix=prefix), part=ScoredPart(part, 100)), "paper"
    )

    assert found.table == table
    assert found.note.startswith(f"Table {table[-1]}, of BraTS 20")
    assert f"since --split {part} was given" in found.note
    assert not compare_with_published(made_up(3), table).note.startswith("Table"), (
        "asked for by its number"
    )


def test_a_mixture_of_years_is_set_against_table_1(made_up):
    one, other = made_up(2, prefix="BraTS20_"), made_up(2, prefix="BraTS2021_")
    both = replace(one, cases=one.cases + other.cases, scores=one.scores + other.scores)
    assert compare_with_published(both, "paper").table == "table1"
    assert compare_with_published(both, "table2").table == "table2"


@pytest.mark.parametrize(
    ("table", "cases", "whose"),
    [("table1", 57, "BraTS 2018 test split (number 3)"), ("table2", 100, "BraTS 2020 test split")],
)
def test_one_line_says_whose_cases_these_are(made_up, table, cases, whose):
    note = compare_with_published(made_up(7), table).note
    assert f"the {cases} cases of the {whose}, and ours is Dice without post-processing" in note
    assert "ours: 7 cases, not the same, so the numbers are not comparable" in note
    assert "ours: 1 case," in compare_with_published(made_up(1), table).note
    maps = replace(made_up(7), predictions=PredictionFolder(Path("maps"), files=7))
    assert "ours is Dice of the label maps as given" in compare_with_published(maps, table).note


@pytest.mark.parametrize("table", ["table1", "table5"])
def test_subsets_are_named_by_their_sequences_and_not_by_the_papers_numbers(made_up, table):
    found = compare_with_published(made_up(6), table)
    for text in (printed(found), comparison_markdown(found), comparison_csv(found)):
        assert "FLAIR+T1+T1c" in text
        assert not re.search(r"^(│ |\| |table.,..,)123\b", text, re.M)


def test_of_few_patients_the_averages_alone_are_printed_and_the_files_have_all(made_up):
    few, enough = (compare_with_published(made_up(count), "table1") for count in (5, 6))
    text = printed(few)
    assert text.count("5 patients: only averages") == 1
    assert "FLAIR+T1" not in text
    assert "74.63‡" in text, "also there a wrong average is marked"
    assert "FLAIR+T1" in comparison_markdown(few)
    assert "only averages" not in printed(enough)


def test_the_same_split_is_recognised(made_up):
    ids = read_split("brats2018-3").test
    evaluation = made_up(len(ids))
    cases = tuple(replace(c, id=id) for c, id in zip(evaluation.cases, ids, strict=True))
    named = {case.id: id for case, id in zip(evaluation.cases, ids, strict=True)}
    scores = tuple(replace(score, case=named[score.case]) for score in evaluation.scores)
    same = replace(evaluation, cases=cases, scores=scores)
    assert "ours: the same 57 cases" in compare_with_published(same, "table1").note
    later = tuple(replace(case, id=patient_of(case.id).id) for case in cases)
    assert later[0].id.startswith("BraTS2021_")
    assert (
        "the same patients under the names of another year"
        in compare_with_published(replace(same, cases=later), "table1").note
    )
    fewer = replace(same, cases=cases[1:])
    assert "not comparable" in compare_with_published(fewer, "table1").note


def test_table_1_has_a_block_a_region_with_every_method_ours_and_the_difference(made_up):
    found = compare_with_published(
        made_up(value=lambda case, s, region, m: len(s) / 4 - region / 10), "table1"
    )
    published = subset_table()
    assert [block.name for block in found.blocks] == ["ET", "TC", "WT"]
    for block in found.blocks:
        region = Region.parse(block.name)
        *rows, average = block.rows
        for row, subset in zip(rows, ModalitySubset.every(), strict=True):
            assert row.ours == pytest.approx(100 * (len(subset) / 4 - region / 10))
            assert row.published == {
                method: published.cells[region, method][subset] for method in found.methods
            }
            assert row.difference("CCSD") == pytest.approx(row.ours - row.published["CCSD"])
        assert average.ours == pytest.approx(fmean(row.ours for row in rows))
        assert average.published["CCSD"] == published.averages[region, "CCSD"]


def test_the_papers_own_numbers_differ_by_nothing(made_up):
    cells = subset_table().cells
    same = made_up(value=lambda case, s, region, m: cells[region, "CCSD"][s] / 100)
    rows = [row for block in compare_with_published(same, "table1").blocks for row in block.rows]
    assert max(abs(row.difference("CCSD")) for row in rows) <= 0.0051


def test_an_average_over_fewer_than_15_subsets_is_not_given(made_up):
    pair = ModalitySubset.parse("FLAIR+T2")
    for table in ("table1", "table2"):
        found = compare_with_published(made_up(available=lambda _: pair), table)
        assert all(block.rows[-1].ours is None for block in found.blocks)
    table1 = compare_with_published(made_up(available=lambda _: pair), "table1")
    assert [row.name for row in table1.blocks[0].rows if row.ours is not None] == ["1", "4", "14"]


def test_table_2_shows_hd95_only_where_it_was_computed(made_up):
    def value(case, subset, region, metric) -> float:
        return 5.0 + region if metric == "hd95_mm" else 0.5

    dice, hd95 = compare_with_published(made_up(value=value, metrics=WITH_HD95), "table2").blocks
    assert [row.name for row in dice.rows] == ["WT", "TC", "ET", "average"]
    assert [row.ours for row in dice.rows] == pytest.approx([50] * 4)
    assert [row.ours for row in hd95.rows] == pytest.approx([5, 6, 7, 6])
    assert hd95.rows[-1].published["CCSD"] == 6.63
    _, without = compare_with_published(made_up(value=value), "table2").blocks
    assert {row.ours for row in without.rows} == {None}


def test_a_printed_average_that_is_wrong_is_marked_and_reported(made_up):
    text = printed(compare_with_published(made_up(), "table1"))
    assert "74.63‡" in text
    assert text.count("‡") == 2
    assert "MIFPN TC average: printed 74.63, recomputed 74.92" in text
    assert printed(compare_with_published(made_up(), "table2")).count("‡") == 4


def test_the_line_comes_first_and_everything_fits_a_hundred_columns(made_up):
    for table in TABLES[1:]:
        lines = printed(compare_with_published(made_up(metrics=WITH_HD95), table)).splitlines()
        assert lines[0].startswith("The paper (arXiv:2511.14599)")
        assert max(map(len, lines)) <= 100
        assert not any("…" in line for line in lines)


def test_the_files_hold_the_same_numbers(made_up):
    found = compare_with_published(made_up(), "table1")
    rows = list(csv.DictReader(io.StringIO(comparison_csv(found))))
    flat = [(block, row) for block in found.blocks for row in block.rows]
    assert len(rows) == len(flat) == 3 * 16
    for line, (block, row) in zip(rows, flat, strict=True):
        assert (line["table"], line["block"]) == ("table1", block.name)
        assert float(line["MIFPN"]) == row.published["MIFPN"]
        assert float(line["ours"]) == pytest.approx(row.ours, abs=1e-4)
        assert float(line["ours_minus_CCSD"]) == pytest.approx(row.difference("CCSD"), abs=1e-4)
    page = comparison_markdown(found)
    assert found.note in page
    assert page.count("| average |") == 3


def test_table_1_counts_drops_after_adding_a_sequence_in_the_paper_and_here(made_up):
    evaluation = made_up(value=lambda case, s, region, m: len(s) / 5)
    (remark,) = compare_with_published(evaluation, "table1").notes
    assert "mmFm 1, ShaSpec 15, M3AE 14, MIFPN 7, CCSD 9; ours 0 of 84" in remark


def test_an_unknown_table_is_refused_with_those_there_are(made_up):
    with pytest.raises(BadInputError, match=r"'table9'.*paper, table1, table2"):
        compare_with_published(made_up(), "table9")
