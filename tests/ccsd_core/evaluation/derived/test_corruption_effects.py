"""From which severity on a bad sequence is worse than withholding it: numbers, words and files."""

import csv
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console, Group

from ccsd_core.data.corruption import Corruption
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.corruption_effects import corruption_series
from ccsd_core.evaluation.report.corruption_files import COLUMNS, corruption_csv, corruption_json
from ccsd_core.evaluation.report.corruption_text import corruption_markdown, corruption_parts
from ccsd_core.evaluation.report.report import write_report
from ccsd_core.evaluation.results.corruption import CorruptedScore

WITHHELD, CLEAN = 0.5, 0.9
ALL = (1, 2, 3, 4, 5)


def scores(
    dice: dict[Region, tuple[float, ...]],
    *,
    kind: str = "noise",
    sequence: Modality = Modality.T1C,
    severities: tuple[int, ...] = ALL,
    cases: int = 4,
    spread: float = 0.0,
    clean: float = CLEAN,
) -> list[CorruptedScore]:
    """Scores of some cases about those given, by region and severity."""
    return [
        CorruptedScore(
            f"case{i}",
            Corruption(kind, severity, sequence),
            region,
            value + spread * (i - (cases - 1) / 2),
            WITHHELD,
            clean,
        )
        for i in range(cases)
        for severity, values in zip(severities, zip(*dice.values(), strict=True), strict=True)
        for region, value in zip(dice, values, strict=True)
    ]


STEPS = {
    Region.WT: (0.9, 0.8, 0.7, 0.6, 0.55),
    Region.TC: (0.8, 0.6, 0.45, 0.4, 0.3),
    Region.ET: (0.45, 0.6, 0.4, 0.6, 0.6),
}


@pytest.fixture
def evaluation_of(made_up):
    def make(*parts: list[CorruptedScore], cases: int = 4):
        return replace(made_up(cases), corrupted=tuple(s for part in parts for s in part))

    return make


def test_means_and_differences_are_over_the_cases(evaluation_of):
    (series,) = corruption_series(scores(STEPS, spread=0.02))
    assert (series.kind, series.sequence, series.cases) == ("noise", Modality.T1C, 4)
    assert list(series.effects) == list(ALL)
    for region, values in STEPS.items():
        assert series.clean.mean[region] == pytest.approx(CLEAN)
        assert series.withheld[region] == pytest.approx(WITHHELD)
        assert series.clean.difference[region.name].value == pytest.approx(CLEAN - WITHHELD)
        for value, effect in zip(values, series.effects.values(), strict=True):
            cell = effect.difference[region.name]
            assert effect.mean[region] == pytest.approx(value)
            assert cell.value == pytest.approx(value - WITHHELD)
            assert cell.low < cell.value < cell.high
            assert cell.cases == 4


def test_a_sequence_is_worse_than_none_where_the_mean_is_lower():
    (series,) = corruption_series(scores(STEPS))
    assert [series.worse_at(r) for r in Region] == [(), (3, 4, 5), (1, 3)]
    assert not any(series.clean.worse(r) for r in Region)


def test_that_is_certain_only_where_the_whole_interval_is_below_0():
    (series,) = corruption_series(scores(STEPS, spread=0.1))
    assert series.worse_at(Region.TC) == (3, 4, 5)
    assert series.significantly_worse_at(Region.TC) == (5,)
    (few,) = corruption_series(scores(STEPS, cases=2))
    assert few.significantly_worse_at(Region.TC) == ()
    assert few.effects[5].difference["TC"].low is None


def test_series_come_by_kind_and_sequence_with_severities_in_order():
    parts = [
        *scores(STEPS, kind="blur", severities=(5, 4, 3, 2, 1)),
        *scores(STEPS, sequence=Modality.FLAIR),
        *scores(dict.fromkeys(Region, (0.6,)), severities=(3,), kind="noise"),
    ]
    found = corruption_series(parts)
    assert [(s.kind, s.sequence.label) for s in found] == [
        ("noise", "FLAIR"),
        ("noise", "T1c"),
        ("blur", "T1c"),
    ]
    assert [list(s.effects) for s in found] == [list(ALL), [3], list(ALL)]
    assert found[2].effects[5].mean[Region.WT] == pytest.approx(STEPS[Region.WT][0])


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        (
            scores(STEPS, cases=2),
            "T1c with noise (severity 1 to 5) is worse than withholding it: WT never; TC from 3 "
            "on; ET at 1, 3.",
        ),
        (
            scores(STEPS, spread=0.1),
            "T1c with noise (severity 1 to 5) is worse than withholding it: WT never; TC from 3 on "
            "(interval below 0 at 5); ET at 1, 3.",
        ),
        (
            scores(dict.fromkeys(Region, (0.4,)), severities=(3,), cases=2),
            "T1c with noise (severity 3) is worse than withholding it: WT at 3; TC at 3; ET at 3.",
        ),
        (
            scores(dict.fromkeys(Region, (0.6, 0.4)), severities=(2, 4), cases=2, clean=0.4),
            "T1c with noise (severity 2, 4) is worse than withholding it: WT even when clean, "
            "and at 4; TC even when clean, and at 4; ET even when clean, and at 4.",
        ),
        (
            scores(dict.fromkeys(Region, (0.6,)), severities=(2,), cases=2, clean=0.4),
            "T1c with noise (severity 2) is worse than withholding it: WT even when clean, not "
            "when corrupted; TC even when clean, not when corrupted; ET even when clean, not when "
            "corrupted.",
        ),
    ],
    ids=["two cases", "intervals", "one severity", "clean is worse too", "only clean is worse"],
)
def test_the_answer_says_from_where_on(evaluation_of, part, answer):
    evaluation = evaluation_of(part)
    assert f"- {answer}" in corruption_markdown(evaluation)
    console = Console(width=200, record=True)
    console.print(Group(*corruption_parts(evaluation)))
    assert answer in console.export_text()


def test_the_table_has_clean_each_severity_in_its_unit_and_withheld(evaluation_of):
    evaluation = evaluation_of(scores(STEPS, spread=0.02))
    page = corruption_markdown(evaluation)
    rows = [line.strip("| ").split(" | ") for line in page if line.startswith("| ")][2:]
    assert [row[0].strip() for row in rows] == [
        "noise, T1c: clean",
        *(
            f"{s}: sigma {p} % of the mean brain intensity"
            for s, p in zip(ALL, (3, 6, 12, 20, 30), strict=True)
        ),
        "without T1c",
    ]
    assert {row[1] for row in rows} == {"4"}
    assert rows[0][2].startswith("90.00 (+40.00) [")
    assert rows[3][3].startswith("45.00 (-5.00) [")
    assert rows[-1][2:] == ["50.00"] * 3
    console = Console(width=100, record=True)
    console.print(Group(*corruption_parts(evaluation)))
    printed = console.export_text()
    assert printed.count("95 % interval") == 6
    assert all(len(line) <= 100 for line in printed.splitlines())


def test_every_score_stands_in_the_long_table(evaluation_of):
    part = scores(STEPS)
    rows = list(csv.DictReader(io.StringIO(corruption_csv(evaluation_of(part)))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(part)
    for row, score in zip(rows, part, strict=True):
        assert Corruption.parse(f"{row['kind']}:{row['severity']}@{row['sequence']}") == (
            score.corruption
        )
        assert row["amount"] == score.corruption.amount
        assert (row["case"], Region.parse(row["region"])) == (score.case, score.region)
        assert float(row["dice_corrupted"]) == score.corrupted
        assert float(row["dice_withheld"]) == score.withheld
        assert float(row["dice_clean"]) == score.clean


def test_the_summary_has_the_same_numbers(evaluation_of):
    evaluation = evaluation_of(scores(STEPS, spread=0.1))
    found = json.loads(json.dumps(corruption_json(evaluation), allow_nan=False))["corruption"]
    (series,) = found["series"]
    assert (series["kind"], series["sequence"], series["cases"]) == ("noise", "T1c", 4)
    assert series["worse_than_none"]["TC"] == {
        "clean": False,
        "severities": [3, 4, 5],
        "certain": [5],
    }
    third = series["severities"][2]
    assert (third["severity"], third["amount"]) == (3, "sigma 12 % of the mean brain intensity")
    assert third["mean"]["TC"] == pytest.approx(0.45)
    assert third["difference"]["TC"] == pytest.approx(-0.05)
    low, high = third["ci95"]["TC"]
    assert low < -0.05 < high


def test_a_report_holds_them_only_where_they_were_asked_for(evaluation_of, tmp_path):
    paths = write_report(evaluation_of(scores(STEPS)), tmp_path)
    assert paths.corruption.read_text().startswith("case,kind,severity,")
    assert "is worse than withholding it" in paths.table.read_text()
    assert json.loads(paths.summary.read_text())["corruption"]["series"]

    write_report(evaluation_of(), tmp_path)
    assert not paths.corruption.exists(), "one of an earlier evaluation was left"
    assert "is worse than withholding it" not in paths.table.read_text()
    assert "corruption" not in json.loads(paths.summary.read_text())
