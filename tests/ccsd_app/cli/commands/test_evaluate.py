"""`ccsd-app evaluate`: the files it leaves and the table it prints."""

import csv
import json

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.data.division import NamedPart
from ccsd_core.domain.modality import Modality, ModalitySubset


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.mark.usefixtures("real_figures")
def test_scores_summary_and_curve_are_written_and_the_table_is_printed(
    command, make_case, model, tmp_path, data
):
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model)

    assert result.code == 0, result.err
    assert sorted(p.name for p in out.iterdir()) == [
        "curve.png",
        "scores.csv",
        "summary.json",
        "table.csv",
        "table.md",
        "table.png",
    ]
    messages = {line.removeprefix("wrote ") for line in result.err.splitlines() if "wrote" in line}
    assert messages == {str(path) for path in out.iterdir()}
    rows = list(csv.DictReader((out / "scores.csv").open()))
    assert {row["subset"] for row in rows} == {str(s) for s in ModalitySubset.every()}
    summary = json.loads((out / "summary.json").read_text())
    assert summary["cases"] == ["BraTS2021_00001", "BraTS2021_00002"]
    assert summary["seen_in_training"] == ["BraTS2021_00001"]
    assert summary["model"]["name"] == "tiny"
    assert result.out.count("●") >= sum(len(s) for s in ModalitySubset.every())


def test_an_evaluation_that_is_replaced_is_reported(command, make_case, model, tmp_path, data):
    make_case("BraTS2021_00001", within=data)
    result = [
        command("evaluate", data, "-o", tmp_path / "out", "--model", model, "--metrics", "dice").err
        for _ in range(2)
    ]
    assert ["will be replaced" in err for err in result] == [False, True]


def test_a_case_without_labels_is_skipped_with_a_note(command, make_case, model, tmp_path, data):
    make_case("BraTS2021_00001", within=data, labels=False)
    make_case("BraTS2021_00002", within=data)

    result = command("evaluate", data, "-o", tmp_path / "out", "--model", model)

    assert result.code == 0
    assert [line for line in result.error_lines if line.startswith("skipped: BraTS2021_00001")]


def test_a_case_that_cannot_be_read_is_reported_and_the_others_are_scored(
    command, make_case, model, tmp_path, data
):
    broken = make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    (broken / f"{broken.name}_t1.nii.gz").write_bytes(b"")
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model)

    assert result.code == 1
    assert [line for line in result.error_lines if line.startswith("failed: BraTS2021_00001")]
    assert json.loads((out / "summary.json").read_text())["cases"] == ["BraTS2021_00002"]


def test_a_case_with_two_sequences_is_scored_on_its_three_subsets(
    command, make_case, model, tmp_path, data
):
    make_case(within=data, sequences=(Modality.FLAIR, Modality.T1C))
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model)

    assert result.code == 0, result.err
    summary = json.loads((out / "summary.json").read_text())
    assert list(summary["subsets"]) == ["FLAIR", "T1c", "FLAIR+T1c"]
    assert summary["aurc"]["WT"] is None


@pytest.mark.parametrize("there", [True, False], ids=["empty folder", "no folder"])
def test_nothing_to_score_is_one_line_and_code_2(command, tmp_path, there):
    if there:
        (tmp_path / "data").mkdir()

    result = command("evaluate", tmp_path / "data", "-o", tmp_path / "out")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("inside", ["", "deep/er"], ids=["itself", "in a folder above"])
def test_a_file_in_the_way_of_the_report_is_reported_before_anything_is_scored(
    command, make_case, model, tmp_path, data, monkeypatch, inside
):
    make_case(within=data)
    (tmp_path / "out").write_text("mine")
    monkeypatch.setattr(evaluation, "evaluate_model", lambda *_, **__: pytest.fail("it was scored"))

    result = command("evaluate", data, "-o", tmp_path / "out" / inside, "--model", model)

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "out" in result.err
    assert "-o" in result.err
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--metrics", "some"], "dice or all"),
        (["--hd95-empty", "zero"], "brats or nan"),
        (["--against", "table9"], "paper, table1, table2"),
        (["--missing-rates", "FLAIR=2"], "give 0 to 1"),
        (["--split", "brats1999:test"], "brats2018-3:test"),
        (["--split", "brats2018-3:exam"], "brats2018-3:test"),
    ],
    ids=["metrics", "policy", "table", "rates", "split", "part"],
)
def test_a_wrong_value_is_one_line_with_what_there_is_and_code_2(
    command, make_case, tmp_path, data, monkeypatch, arguments, words
):
    make_case(within=data)
    monkeypatch.setattr(evaluation, "load_model", lambda *_, **__: pytest.fail("too late"))

    result = command("evaluate", data, "-o", tmp_path / "out", *arguments)

    assert (result.code, len(result.error_lines), result.out) == (2, 1, "")
    assert words in result.err
    assert not (tmp_path / "out").exists()


def test_the_paper_stands_beside_ours_in_print_in_the_page_and_in_a_file(
    command, make_case, model, tmp_path, data
):
    make_case(within=data)
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model, "--against", "paper")

    assert result.code == 0, result.err
    note = "the 57 cases of the BraTS 2018 test split (number 3)"
    assert note in " ".join(result.out.split())
    assert note in (out / "table.md").read_text()
    rows = list(csv.DictReader((out / "against.csv").open()))
    assert len(rows) == 3 * 16
    assert result.out.count("average") >= 3


def test_brats_2020_is_set_against_table_2(command, make_case, model, tmp_path, data):
    make_case("BraTS20_Training_001", within=data)
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model, "--against", "paper")

    assert result.code == 0, result.err
    assert "TMFormer" in result.out
    assert (out / "against.csv").read_text().startswith("table,block,row,SMU-Net")


def test_the_expected_score_stands_in_print_in_the_page_and_in_the_summary(
    command, make_case, model, tmp_path, data
):
    make_case(within=data)
    out = tmp_path / "out"
    options = ["--model", model, "--metrics", "dice", "--missing-rates", "t1ce=.3"]

    result = command("evaluate", data, "-o", out, *options)

    assert result.code == 0, result.err
    words = "Expected Dice if each sequence is missing independently"
    assert words in " ".join(result.out.split())
    assert words in (out / "table.md").read_text()
    content = json.loads((out / "summary.json").read_text())["expected"]
    assert content["probabilities"]["FLAIR+T1+T2"] == pytest.approx(0.3)


@pytest.mark.parametrize(("choice", "there"), [("all", True), ("dice", False)])
def test_the_short_choice_of_metrics_leaves_out_surfaces(
    command, make_case, model, tmp_path, data, choice, there
):
    make_case(within=data)
    out = tmp_path / "out"

    result = command("evaluate", data, "-o", out, "--model", model, "--metrics", choice)

    assert result.code == 0, result.err
    found = {row["metric"] for row in csv.DictReader((out / "scores.csv").open())}
    assert ({"hd95_mm", "lesion_dice", "lesion_hd95_mm"} <= found) == there
    assert ("HD95" in result.out) == there


def test_the_policy_for_an_empty_side_stands_in_the_scores(
    command, make_case, model, tmp_path, data
):
    make_case(within=data)
    for policy in ("brats", "nan"):
        out = tmp_path / policy
        result = command("evaluate", data, "-o", out, "--model", model, "--hd95-empty", policy)
        assert result.code == 0, result.err
        rows = csv.DictReader((out / "scores.csv").open())
        messages = {row["policy"] for row in rows if row["metric"] == "hd95_mm"}
        assert [policy_text.split(":")[0] for policy_text in messages] == [policy]
        assert f"HD95, {policy}:" in result.out


def test_only_the_cases_of_a_split_are_scored(
    command, make_case, model, tmp_path, data, monkeypatch
):
    for name in ("BraTS2021_00001", "BraTS2021_00002", "BraTS2021_00003"):
        make_case(name, within=data)
    asked = []

    def divide_part(text, cases):
        asked.append((text, tuple(cases)))
        cases = ("BraTS2021_00001", "BraTS2021_00003")
        return NamedPart("brats2021:test", cases, 100, ("somebody is missing",))

    monkeypatch.setattr("ccsd_app.cli.evaluate_options.divide_part", divide_part)
    out = tmp_path / "out"
    options = ["--model", model, "--split", "brats2021:test", "--metrics", "dice"]

    result = command("evaluate", data, "-o", out, *options)

    assert result.code == 0, result.err
    names = ("BraTS2021_00001", "BraTS2021_00002", "BraTS2021_00003")
    assert asked == [("brats2021:test", names)]
    assert "note: somebody is missing" in result.error_lines
    summary = json.loads((out / "summary.json").read_text())
    assert summary["cases"] == ["BraTS2021_00001", "BraTS2021_00003"]
    assert summary["split"] == {
        "name": "brats2021:test",
        "patients_scored": 2,
        "patients_listed": 100,
    }
    message = "(brats2021:test, 2 of 100 patients)"
    assert message in (out / "table.md").read_text().partition("\n")[0]
    assert message in " ".join(result.out.split())


def test_a_split_of_which_nothing_is_there_is_refused(command, make_case, tmp_path, data):
    make_case(within=data)

    result = command("evaluate", data, "-o", tmp_path / "out", "--split", "brats2018-3:test")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "none of the 57 patients of the test part of brats2018-3 (Brats18_" in result.err


def test_part_of_a_split_is_scored_and_reported(command, make_case, model, tmp_path, data):
    make_case("BraTS2021_00000", within=data)
    options = ["--model", model, "--split", "brats2021:test", "--metrics", "dice"]

    result = command("evaluate", data, "-o", tmp_path / "out", *options)

    assert result.code == 0, result.err
    message = "found 1 of the 250 patients of the test part of brats2021; missing: 249 (BraTS2021_"
    assert message in result.err


@pytest.mark.parametrize("split", ["brats2018-3:train", "sites:1:test"])
def test_a_split_is_asked_of_any_years_folder(command, make_case, model, tmp_path, data, split):
    for name in ("BraTS2021_01207", "BraTS2021_00000"):
        make_case(name, within=data)
    options = ["--model", model, "--split", split, "--metrics", "dice"]

    result = command("evaluate", data, "-o", tmp_path / "out", *options)

    assert result.code == 0, result.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["cases"] == ["BraTS2021_01207"]
