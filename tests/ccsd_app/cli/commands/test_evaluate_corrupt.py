"""`ccsd-app evaluate --corrupt`: what it prints, writes and refuses."""

import csv
import json

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.data.corruption import KINDS
from ccsd_core.domain.modality import Modality


def test_a_bad_sequence_is_scored_beside_none_and_clean(command, make_case, model, tmp_path):
    make_case("BraTS2021_00001", within=tmp_path / "data")
    make_case("BraTS2021_00002", within=tmp_path / "data", sequences=(Modality.T1, Modality.T2))
    out = tmp_path / "out"
    options = ["--model", model, "--metrics", "dice"]

    result = command(
        *("evaluate", tmp_path / "data", "-o", out, *options),
        *("--corrupt", "noise:3@T1c", "--corrupt", "misregistration@t2"),
    )

    assert result.code == 0, result.err
    assert f"wrote {out / 'corruption.csv'}" in result.err
    rows = list(csv.DictReader((out / "corruption.csv").open()))
    found = {(r["case"], r["kind"], r["severity"], r["sequence"]) for r in rows}
    whole, pair = "BraTS2021_00001", "BraTS2021_00002"
    assert found == {
        (whole, "noise", "3", "T1c"),
        *((case, "misregistration", str(s), "T2") for case in (whole, pair) for s in range(1, 6)),
    }
    scores = {
        (r["case"], r["subset"], r["region"]): r["value"]
        for r in csv.DictReader((out / "scores.csv").open())
        if r["metric"] == "dice"
    }
    for row in rows:
        full = "FLAIR+T1+T1c+T2" if row["case"] == whole else "T1+T2"
        without = full.replace(f"+{row['sequence']}", "")
        assert row["dice_clean"] == scores[row["case"], full, row["region"]]
        assert row["dice_withheld"] == scores[row["case"], without, row["region"]]
    assert any(row["dice_corrupted"] != row["dice_clean"] for row in rows)
    series = json.loads((out / "summary.json").read_text())["corruption"]["series"]
    assert [(s["kind"], s["cases"]) for s in series] == [("noise", 1), ("misregistration", 2)]
    for text in (result.out, (out / "table.md").read_text()):
        assert "T1c with noise (severity 3) is worse than withholding it:" in " ".join(text.split())
        assert "4: 6 mm and 5°" in text
        assert "without T2" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--corrupt", "fog:1@T1c"], ["'fog:1@T1c'", *KINDS]),
        (["--corrupt", "noise:9@T1c"], ["'noise:9@T1c'", "1, 2, 3, 4, 5"]),
        (["--corrupt", "noise:1@CT"], ["'CT'", "FLAIR, T1, T1c, T2"]),
        (["--corrupt", "noise:1@T2", "--predictions", "."], ["do not use it with --predictions"]),
    ],
    ids=["kind", "severity", "sequence", "predictions"],
)
def test_what_cannot_be_corrupted_is_reported_before_the_model_is_loaded(
    command, make_case, tmp_path, monkeypatch, arguments, words
):
    make_case(within=tmp_path / "data")
    monkeypatch.setattr(evaluation, "load_model", lambda *_, **__: pytest.fail("too late"))

    result = command("evaluate", tmp_path / "data", "-o", tmp_path / "out", *arguments)

    assert (result.code, len(result.error_lines), result.out) == (2, 1, "")
    assert all(word in result.err for word in words)
    assert not (tmp_path / "out").exists()


def test_the_help_names_every_kind_with_its_unit(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1600")  # no line is broken
    result = command("evaluate", "--help")
    for kind in KINDS.values():
        assert f"{kind.name} ({kind.amounts_text})" in result.out
