"""`ccsd-app evaluate`: the files it leaves and the table it prints."""

import csv
import json

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.domain.modality import Modality, ModalitySubset


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_scores_summary_and_curve_are_written_and_the_table_is_printed(
    command, make_case, model, tmp_path, data
):
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    out = tmp_path / "out"

    said = command("evaluate", data, "-o", out, "--model", model)

    assert said.code == 0, said.err
    assert sorted(p.name for p in out.iterdir()) == ["curve.png", "scores.csv", "summary.json"]
    rows = list(csv.DictReader((out / "scores.csv").open()))
    assert {row["subset"] for row in rows} == {str(s) for s in ModalitySubset.every()}
    summary = json.loads((out / "summary.json").read_text())
    assert summary["cases"] == ["BraTS2021_00001", "BraTS2021_00002"]
    assert summary["seen_in_training"] == ["BraTS2021_00001"]
    assert summary["model"]["name"] == "tiny"
    assert said.out.count("●") >= sum(len(s) for s in ModalitySubset.every())


def test_a_case_without_labels_is_skipped_with_a_note(command, make_case, model, tmp_path, data):
    make_case("BraTS2021_00001", within=data, labels=False)
    make_case("BraTS2021_00002", within=data)

    said = command("evaluate", data, "-o", tmp_path / "out", "--model", model)

    assert said.code == 0
    assert [line for line in said.error_lines if line.startswith("skipped: BraTS2021_00001")]


def test_a_case_that_cannot_be_read_is_reported_and_the_others_are_scored(
    command, make_case, model, tmp_path, data
):
    broken = make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data)
    (broken / f"{broken.name}_t1.nii.gz").write_bytes(b"")
    out = tmp_path / "out"

    said = command("evaluate", data, "-o", out, "--model", model)

    assert said.code == 1
    assert [line for line in said.error_lines if line.startswith("failed: BraTS2021_00001")]
    assert json.loads((out / "summary.json").read_text())["cases"] == ["BraTS2021_00002"]


def test_a_case_with_two_sequences_is_scored_on_its_three_subsets(
    command, make_case, model, tmp_path, data
):
    make_case(within=data, sequences=(Modality.FLAIR, Modality.T1C))
    out = tmp_path / "out"

    said = command("evaluate", data, "-o", out, "--model", model)

    assert said.code == 0, said.err
    summary = json.loads((out / "summary.json").read_text())
    assert list(summary["subsets"]) == ["FLAIR", "T1C", "FLAIR+T1C"]
    assert summary["aurc"]["WT"] is None


@pytest.mark.parametrize("there", [True, False], ids=["empty folder", "no folder"])
def test_nothing_to_score_is_one_line_and_code_2(command, tmp_path, there):
    if there:
        (tmp_path / "data").mkdir()

    said = command("evaluate", tmp_path / "data", "-o", tmp_path / "out")

    assert (said.code, len(said.error_lines)) == (2, 1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("inside", ["", "deep/er"], ids=["itself", "in a folder above"])
def test_a_file_in_the_way_of_the_report_is_told_before_anything_is_scored(
    command, make_case, model, tmp_path, data, monkeypatch, inside
):
    make_case(within=data)
    (tmp_path / "out").write_text("mine")
    monkeypatch.setattr(evaluation, "evaluate", lambda *_, **__: pytest.fail("it was scored"))

    said = command("evaluate", data, "-o", tmp_path / "out" / inside, "--model", model)

    assert (said.code, len(said.error_lines)) == (2, 1)
    assert "out" in said.err
    assert "-o" in said.err
    assert (tmp_path / "out").read_text() == "mine"
