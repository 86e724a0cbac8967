"""`ccsd-app evaluate --criticality`: what it prints and leaves, and what it does not stop at."""

import csv
import json

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.domain.modality import Modality
from ccsd_core.inference import case_criticality


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def run(command, data, out, model, *more):
    return command("evaluate", data, "-o", out, "--model", model, "--metrics", "dice", *more)


def test_criticality_is_printed_and_written_only_where_asked_for(
    command, make_case, model, tmp_path, data
):
    make_case("BraTS2021_00001", within=data)
    make_case("BraTS2021_00002", within=data, sequences=(Modality.T1C,))
    out = tmp_path / "out"

    result = run(command, data, out, model, "--criticality")

    assert result.code == 0, result.err
    text = " ".join(result.out.split())
    assert "agreement, mean of cases" in result.out
    assert "Cosine: 1 case is too few to decide whether it agrees with the drop" in text
    assert "BraTS2021_00002: it has only one sequence, which cannot be withheld" in text
    assert f"wrote {out / 'criticality.csv'}" in result.error_lines
    rows = list(csv.DictReader((out / "criticality.csv").open()))
    assert [row["case"] for row in rows] == [f"BraTS2021_0000{i}" for i in (1, 2)]
    content = json.loads((out / "summary.json").read_text())["criticality"]
    for kind, message in content["cases"]["BraTS2021_00001"]["agreement"].items():
        assert message == float(rows[0][f"agreement_{kind}"])
    assert list(content["left_out"]) == ["BraTS2021_00002"]
    assert "agreement, mean of cases" in (out / "table.md").read_text()

    result = run(command, data, out, model)

    assert result.code == 0
    assert "agreement, mean of cases" not in result.out
    assert "criticality" not in json.loads((out / "summary.json").read_text())
    assert not (out / "criticality.csv").exists()


def test_without_memory_for_gradients_all_is_scored_and_the_reason_reported(
    command, make_case, model, tmp_path, data, monkeypatch
):
    make_case("BraTS2021_00001", within=data)
    monkeypatch.setattr(case_criticality, "free_bytes", lambda device: 1000)

    result = run(command, data, tmp_path / "out", model, "--criticality")

    assert result.code == 0, result.err
    text = " ".join(result.out.split())
    assert "every case (BraTS2021_00001: gradients need about" in text
    assert "agreement, mean of cases" not in text
    assert (tmp_path / "out" / "scores.csv").exists()


def test_criticality_of_label_maps_is_refused_before_a_case_is_read(
    command, make_case, tmp_path, data, monkeypatch
):
    make_case(within=data)
    (tmp_path / "maps").mkdir()
    monkeypatch.setattr(
        evaluation, "evaluate_predictions", lambda *_, **__: pytest.fail("too late")
    )

    result = command(
        "evaluate",
        data,
        "-o",
        tmp_path / "out",
        "--predictions",
        tmp_path / "maps",
        "--criticality",
    )

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "do not use it with --predictions" in result.err
