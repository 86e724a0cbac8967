"""The files of a report: columns, keys and numbers that other programs rely on."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, ResourceError
from ccsd_core.evaluation.published.compare import compare_with_published
from ccsd_core.evaluation.report.report import FILES, report_folder, write_report
from ccsd_core.evaluation.report.summary import aurc, subset_means
from tests.ccsd_core.unprivileged import unprivileged

FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T2")


def report_of(evaluation, out: Path):
    paths = write_report(evaluation, out)
    summary = json.loads(paths.summary.read_text())
    with paths.scores.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return summary, rows, paths


def test_the_long_table_holds_every_score_exactly(small_evaluation, tmp_path: Path):
    evaluation = small_evaluation()
    _, rows, paths = report_of(evaluation, tmp_path / "out")
    header = paths.scores.read_text().splitlines()[0]
    assert header == "case,subset,region,metric,value,policy,seen_in_training"
    assert len(rows) == len(evaluation.scores)
    for row, score in zip(rows, evaluation.scores, strict=True):
        assert row["case"] == score.case
        assert ModalitySubset.parse(row["subset"]) == score.subset
        assert (row["region"], row["metric"]) == (score.region.name, score.metric)
        assert float(row["value"]) == score.value or row["value"] == "nan"
        assert row["policy"] == score.policy
        assert row["seen_in_training"] == ("true" if score.case == "case0" else "false")


def test_the_summary_has_the_promised_keys(small_evaluation, tmp_path: Path):
    summary, _, _ = report_of(small_evaluation(), tmp_path / "out")
    assert list(summary) == [
        "model",
        "cases",
        "seen_in_training",
        "mean",
        "mean_et500",
        "subsets",
        "present",
        "by_count",
        "aurc",
        "ci95",
        "falling_steps",
        "shapley",
        "metrics",
    ]
    assert summary["model"] == {"name": "fake", "sha256": "0123456789ab" * 5}
    assert summary["cases"] == ["case0", "case1"]
    assert summary["seen_in_training"] == ["case0"]
    assert list(summary["subsets"]) == [str(s) for s in ModalitySubset.every()]
    assert list(summary["by_count"]) == ["1", "2", "3", "4"]
    rows = [summary["mean"], summary["mean_et500"], summary["aurc"], *summary["by_count"].values()]
    assert all(list(row) == ["WT", "TC", "ET"] for row in [*rows, *summary["subsets"].values()])


def test_the_summary_agrees_with_the_long_table(small_evaluation, tmp_path: Path):
    summary, rows, _ = report_of(small_evaluation(), tmp_path / "out")
    for name in ("WT", "TC", "ET"):
        dice = [r for r in rows if (r["region"], r["metric"]) == (name, "dice")]
        by_subset = {
            str(s): fmean(float(r["value"]) for r in dice if r["subset"] == str(s))
            for s in ModalitySubset.every()
        }
        for subset, value in by_subset.items():
            assert summary["subsets"][subset][name] == pytest.approx(value)
        assert summary["mean"][name] == pytest.approx(fmean(by_subset.values()))
        counts = {
            k: fmean(v for s, v in by_subset.items() if s.count("+") == k - 1) for k in (1, 2, 3, 4)
        }
        for k, value in counts.items():
            assert summary["by_count"][str(k)][name] == pytest.approx(value)
        area = (counts[1] / 2 + counts[2] + counts[3] + counts[4] / 2) / 3
        assert summary["aurc"][name] == pytest.approx(area)
        assert 0 <= summary["mean"][name] <= 1


def test_cases_with_fewer_sequences_count_where_they_can_and_not_in_the_area(
    small_evaluation, tmp_path: Path
):
    whole = small_evaluation(FULL)
    mixed = small_evaluation(FULL, PAIR)
    assert aurc(mixed) == aurc(whole)
    assert set(subset_means(mixed)) == set(ModalitySubset.every())
    summary, rows, _ = report_of(mixed, tmp_path / "out")
    assert len({r["subset"] for r in rows if r["case"] == "case1"}) == 3
    both = [
        float(r["value"])
        for r in rows
        if (r["subset"], r["region"], r["metric"]) == ("T2", "ET", "dice")
    ]
    assert len(both) == 2
    assert summary["subsets"]["T2"]["ET"] == pytest.approx(fmean(both))


@pytest.mark.parametrize("available", [PAIR, ModalitySubset.parse("T1C")], ids=str)
def test_without_four_sequences_there_is_no_area(small_evaluation, tmp_path: Path, available):
    summary, _, paths = report_of(small_evaluation(available), tmp_path / "out")
    assert summary["aurc"] == {"WT": None, "TC": None, "ET": None}
    assert list(summary["subsets"]) == [str(s) for s in available.subsets()]
    assert list(summary["by_count"]) == [str(k + 1) for k in range(len(available))]
    assert paths.curve.stat().st_size > 10_000


def test_equal_evaluations_make_equal_files_and_nothing_else(small_evaluation, tmp_path: Path):
    evaluation = small_evaluation()
    for out in ("a", "b"):
        write_report(evaluation, tmp_path / out)
    names = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert names == [
        "curve.png",
        "scores.csv",
        "summary.json",
        "table.csv",
        "table.md",
        "table.png",
    ]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_folder_that_cannot_be_made_is_named(small_evaluation, tmp_path: Path):
    (tmp_path / "out").write_text("a file in the way")
    with pytest.raises(ResourceError, match=r"scores\.csv"):
        write_report(small_evaluation(), tmp_path / "out")


def test_the_folder_of_a_report_is_made_with_those_above_it(tmp_path: Path):
    for _ in range(2):
        with report_folder(tmp_path / "new" / "deep"):
            assert list((tmp_path / "new" / "deep").iterdir()) == []
    assert (tmp_path / "new" / "deep").is_dir()


@pytest.mark.parametrize("name", FILES)
def test_files_of_others_by_our_names_are_not_written_over(small_evaluation, tmp_path: Path, name):
    (tmp_path / name).write_text("patient,age")

    with pytest.raises(BadInputError, match=f"contains {name}"), report_folder(tmp_path):
        pytest.fail("nothing is scored")
    assert (tmp_path / name).read_text() == "patient,age"

    write_report(small_evaluation(), tmp_path / "ours")
    with report_folder(tmp_path / "ours"):
        pass


@pytest.mark.parametrize("written", [(), ("deep/scores.csv",)], ids=["nothing", "a file"])
def test_a_scoring_that_fails_leaves_no_empty_folder(tmp_path: Path, written):
    @report_folder(tmp_path / "new" / "deep")
    def score() -> None:
        for name in written:
            (tmp_path / "new" / name).touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score()
    left = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [Path("new") / name for name in written]
    assert (tmp_path / "new").exists() == bool(written)


def test_a_folder_that_is_made_in_part_only_is_taken_away(tmp_path: Path):
    out = tmp_path / "new" / ("x" * 300)

    with pytest.raises(BadInputError, match="cannot be created"), report_folder(out):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_folder_one_may_not_write_is_bad_input(tmp_path: Path):
    tmp_path.chmod(0o500)
    with (
        unprivileged(),
        pytest.raises(BadInputError, match="cannot be written"),
        report_folder(tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_report_is_imported_without_matplotlib():
    code = (
        "import sys, ccsd_core.evaluation.report.report, ccsd_core.evaluation.report.table, "
        "ccsd_core.evaluation.protocol, ccsd_core.evaluation.metrics.registry; "
        "print([m for m in ('matplotlib', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_intervals_hold_the_numbers_they_are_of(made_up, tmp_path: Path):
    summary, _, _ = report_of(made_up(7), tmp_path / "out")
    intervals = summary["ci95"]
    pairs = [
        (summary["mean"], intervals["mean"]),
        (summary["mean_et500"], intervals["mean_et500"]),
        (summary["aurc"], intervals["aurc"]),
        *((summary["subsets"][s], intervals["subsets"][s]) for s in summary["subsets"]),
        *((summary["by_count"][k], intervals["by_count"][k]) for k in summary["by_count"]),
    ]
    for values, ends in pairs:
        for region, value in values.items():
            low, high = ends[region]
            assert low < value < high
    assert "bootstrap over patients" in intervals["method"]


def test_two_cases_have_no_interval(small_evaluation, tmp_path: Path):
    summary, _, _ = report_of(small_evaluation(), tmp_path / "out")
    assert summary["ci95"]["mean"] == {"WT": None, "TC": None, "ET": None}


def test_the_summary_says_over_how_many_cases_a_metric_with_nan_is_meant(made_up, tmp_path: Path):
    def value(case, subset, region, metric) -> float:
        return float("nan") if metric == "hd95_mm" and case < 2 else 4.0 + case

    evaluation = made_up(7, value=value, metrics=("dice", "dice_et500", "hd95_mm"))
    summary, _, _ = report_of(evaluation, tmp_path / "out")
    found = summary["metrics"]["hd95_mm"]
    assert (found["unit"], found["policy"]) == ("mm", "a policy")
    assert found["mean"]["WT"]["cases"] == 5
    assert found["mean"]["WT"]["mean"] == pytest.approx(fmean(range(6, 11)))


def test_a_metric_without_any_value_is_null_not_nan(made_up, tmp_path: Path):
    metrics = ("dice", "dice_et500", "sensitivity")
    evaluation = made_up(
        3, value=lambda *a: float("nan") if a[-1] == "sensitivity" else 0.5, metrics=metrics
    )
    summary, _, _ = report_of(evaluation, tmp_path / "out")
    nothing = {"mean": None, "ci95": None, "cases": 0}
    assert summary["metrics"]["sensitivity"]["mean"]["ET"] == nothing


def test_published_numbers_are_written_only_where_asked_for(made_up, tmp_path: Path):
    evaluation = made_up()
    plain, with_them = tmp_path / "plain", tmp_path / "with"
    write_report(evaluation, plain)
    write_report(evaluation, with_them, against=compare_with_published(evaluation, "table1"))
    assert not (plain / "against.csv").exists()
    assert (with_them / "against.csv").read_text().startswith("table,block,row,mmFm,")
    text = (plain / "table.md").read_text()
    assert (with_them / "table.md").read_text().startswith(text)
    assert "Against the paper's Table 1" in (with_them / "table.md").read_text()
    write_report(evaluation, with_them)
    assert not (with_them / "against.csv").exists(), "one of an earlier evaluation was left"
