"""`ccsd-app compare`: two evaluations in, a table on stdout, everything else on stderr."""

import json
from pathlib import Path

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.evaluation.report.scores_file import scores_csv
from ccsd_core.evaluation.results.result import Score


@pytest.fixture
def evaluated(tmp_path):
    """Writes scores of cases that score `base` more or less; returns the folder."""

    def evaluated(name: str, *, cases: int = 7, gain: float = 0.0, first: int = 0) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        scores = [
            Score(f"case{i}", s, r, metric, 0.5 + i / 50 + gain * (i + 1), "a policy", False)
            for i in range(first, first + cases)
            for s in ModalitySubset.every()
            for metric in ("dice", "hd95_mm")
            for r in Region
        ]
        (folder / "scores.csv").write_text(scores_csv(scores))
        return folder

    return evaluated


def rows_of(out: str) -> list[list[str]]:
    lines = [line for line in out.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_the_difference_is_what_b_gains_over_a(command, evaluated):
    result = command("compare", evaluated("a"), evaluated("b", gain=0.01))

    assert result.code == 0, result.err
    rows = rows_of(result.out)
    assert [row[0] for row in rows if row[0]] == [
        "all",
        "1 sequence",
        "2 sequences",
        "3 sequences",
        "4 sequences",
    ]
    assert {row[4] for row in rows} == {"+4.00"}
    assert {row[-1] for row in rows} == {"7"}
    assert result.err.strip() == DISCLAIMER


def test_a_file_or_a_folder_may_be_named_and_another_metric(command, evaluated):
    a, b = evaluated("a"), evaluated("b", gain=0.01)

    result = command("compare", a / "scores.csv", b, "--metric", "hd95_mm")

    assert result.code == 0, result.err
    assert "hd95_mm, mm" in result.out
    assert {row[4] for row in rows_of(result.out)} == {"+0.04"}


def test_an_evaluation_beside_itself_is_no_error(command, evaluated):
    a = evaluated("a")

    result = command("compare", a, a)

    assert result.code == 0, result.err
    assert {tuple(row[4:8]) for row in rows_of(result.out)} == {
        ("+0.00", "+0.00 to +0.00", "1.0000", "1.0000")
    }


def test_what_is_in_one_only_and_too_few_patients_are_reported_on_stderr(command, evaluated):
    result = command("compare", evaluated("a", cases=4), evaluated("b", cases=4, first=1))

    assert result.code == 0
    assert "note: excluded, as only in A: case0" in result.err
    assert "note: excluded, as only in B: case4" in result.err
    assert "note" not in result.out


@pytest.mark.parametrize(
    ("cases", "columns", "message"),
    [
        (2, ["A", "B", "B − A", "n"], "2 patients: no intervals and no p-values."),
        (4, ["A", "B", "B − A", "95 % interval", "n"], "4 patients: no p-values."),
    ],
)
def test_what_few_patients_cannot_have_is_left_out_and_reported_once(
    command, evaluated, cases, columns, message
):
    result = command("compare", evaluated("a", cases=cases), evaluated("b", cases=cases, gain=0.01))

    (header,) = [line for line in result.out.splitlines() if "B − A" in line and "┃" in line]
    assert [name.strip() for name in header.strip("┃").split("┃")][2:] == columns
    assert " ".join(result.out.split()).count(message) == 1
    assert "patients" not in result.err


def test_whose_scores_are_compared_is_reported(command, evaluated, tmp_path):
    a, b = evaluated("a"), evaluated("b", gain=0.01)
    summary = {"model": {"name": "mine", "sha256": "12345678ab"}, "split": {"name": "x:test"}}
    (a / "summary.json").write_text(json.dumps(summary))

    result = command("compare", a, b / "scores.csv", "--json", tmp_path / "numbers.json")
    seeds = command("compare", a, b, "--seeds")

    message = " ".join(result.out.split())
    assert f"A {a}: model mine 12345678; post-processing not known; x:test" in message
    assert f"B {b}/scores.csv: model not known; post-processing not known" in message
    assert f"run 1 {a}: model mine 12345678" in " ".join(seeds.out.split())
    content = json.loads((tmp_path / "numbers.json").read_text())
    assert content["of"]["a"]["sha256"] == "12345678ab"


def test_the_numbers_are_written_as_json_too(command, evaluated, tmp_path):
    a, b = evaluated("a"), evaluated("b", gain=0.01)

    result = command("compare", a, b, "--json", tmp_path / "deep" / "numbers.json")

    assert result.code == 0, result.err
    content = json.loads((tmp_path / "deep" / "numbers.json").read_text())
    assert (content["a"], content["b"], content["metric"]) == (str(a), str(b), "dice")
    assert content["blocks"][0]["rows"][0]["difference"] == pytest.approx(0.04)


@pytest.mark.parametrize("wrong", ["nothing to compare", "metric", "missing", "broken"])
def test_what_cannot_be_compared_is_one_line_and_code_2(command, evaluated, tmp_path, wrong):
    a, b, options = evaluated("a"), evaluated("b", first=20), []
    if wrong == "metric":
        options = ["--metric", "beauty"]
    elif wrong == "missing":
        b = tmp_path / "nowhere"
    elif wrong == "broken":
        (b / "scores.csv").write_text("case,value\n")

    result = command("compare", a, b, *options)

    assert (result.code, len(result.error_lines), result.out) == (2, 1, "")
    words = {"metric": "'beauty'", "missing": "nowhere", "broken": "no column"}
    assert words.get(wrong, wrong) in result.err


def test_what_evaluate_wrote_can_be_compared(command, make_case, model, tmp_path):
    make_case("BraTS2021_00001", within=tmp_path / "data")
    out = tmp_path / "out"
    options = ["--model", model, "--metrics", "dice"]
    done = command("evaluate", tmp_path / "data", "-o", out, *options)
    assert done.code == 0, done.err

    result = command("compare", out, out / "scores.csv")

    assert result.code == 0, result.err
    assert {row[4] for row in rows_of(result.out)} == {"+0.00"}
    assert "seen in training" in result.err


def test_seeds_are_put_together_with_their_spread(command, evaluated, tmp_path):
    runs = [evaluated(str(i), gain=gain) for i, gain in enumerate((0.0, 0.01, 0.02))]

    result = command("compare", *runs, "--seeds", "--json", tmp_path / "seeds.json")

    assert result.code == 0, result.err
    assert {row[2] for row in rows_of(result.out)} == {"60.00 ± 4.00"}
    assert f"run 3 {runs[2]}:" in " ".join(result.out.split())
    assert "note" not in result.err
    content = json.loads((tmp_path / "seeds.json").read_text())
    assert content["runs"] == [str(run) for run in runs]
    row = content["blocks"][0]["rows"][0]
    assert row["sd_between_runs"] == pytest.approx(0.04)
    assert row["by_run"] == pytest.approx([0.56, 0.60, 0.64])


@pytest.mark.parametrize("count", [1, 3])
def test_a_comparison_is_of_two(command, evaluated, count):
    result = command("compare", *(evaluated(str(i)) for i in range(count)))
    assert (result.code, len(result.error_lines), result.out) == (2, 1, "")
    assert "--seeds" in result.err


def test_one_evaluation_has_no_spread(command, evaluated):
    result = command("compare", evaluated("a"), "--seeds")
    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "give two or more" in result.err
