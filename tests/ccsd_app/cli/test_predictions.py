"""`segment --all-subsets` writes a folder that `evaluate --predictions` scores like the model."""

import csv
import json

import pytest

from ccsd_app.cli import evaluation
from ccsd_core.domain.modality import Modality, ModalitySubset


@pytest.fixture
def data(tmp_path, make_case):
    """A case seen in training with four sequences, and a fresh one with two."""
    make_case("BraTS2021_00001", within=tmp_path / "data")
    make_case("BraTS2021_00002", within=tmp_path / "data", sequences=(Modality.FLAIR, Modality.T1C))
    return tmp_path / "data"


def test_our_own_label_maps_score_exactly_as_the_model_that_made_them(
    command, data, model, tmp_path
):
    # Among the cases, where folders of predictions look like cases themselves.
    preds = data / "preds"
    numbers = tmp_path / "numbers.json"
    options = ["--model", model, "--json", numbers]
    result = command("segment", data, "-o", preds, "--all-subsets", *options)
    assert result.code == 0, result.err
    made = [(row["case"], row["subset"]) for row in json.loads(numbers.read_text())["cases"]]
    assert len(set(made)) == len(made) == 15 + 3 == len(result.out.splitlines())
    assert (preds / "BraTS2021_00002" / "FLAIR+T1c.nii.gz").is_file()

    result = command("evaluate", data, "-o", tmp_path / "ours", "--predictions", preds)
    assert result.code == 0, result.err
    assert "preds/" not in result.err
    preds.rename(tmp_path / "preds")
    result = command("evaluate", data, "-o", tmp_path / "models", "--model", model)
    assert result.code == 0, result.err

    # Only a model tells its rules, and its output before them.
    rows, models = (
        list(csv.DictReader((tmp_path / name / "scores.csv").open())) for name in ("ours", "models")
    )
    assert {row.pop("policy").partition("post-processing: ")[2] for row in rows} == {"not known"}
    processed = [row for row in models if row["metric"] != "dice_raw"]
    rules = {row.pop("policy").partition("post-processing: ")[2] for row in processed}
    assert rules == {"within_images, nested"}
    assert rows == processed
    assert {row["seen_in_training"] for row in rows} == {"true", "false"}
    summary, models = (
        json.loads((tmp_path / name / "summary.json").read_text()) for name in ("ours", "models")
    )
    about = summary.pop("predictions")
    assert (about["folder"], about["files"]) == (str(preds), 18)
    assert summary.pop("model")["name"] == "predictions in preds"
    assert {"mean", "subsets", "ci95", "falling_steps", "metrics"} <= summary.keys()
    for key, value in summary.items():
        if key == "metrics":
            assert value.items() <= models[key].items()
        else:
            assert value == models[key], key


def test_predictions_among_the_cases_are_no_cases_of_a_split(command, data, model, tmp_path):
    preds = data / "preds"
    assert command("segment", data, "-o", preds, "--all-subsets", "--model", model).code == 0
    asked = ["--split", "brats2021:train", "--predictions", preds, "--metrics", "dice"]

    result = command("evaluate", data, "-o", tmp_path / "out", *asked)

    assert result.code == 0, result.err
    assert "found 1 of the" in result.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["cases"] == ["BraTS2021_00002"]


def test_what_is_missing_is_reported_and_the_rest_is_scored(command, data, model, tmp_path):
    preds = tmp_path / "preds"
    assert command("segment", data, "-o", preds, "--all-subsets", "--model", model).code == 0
    (preds / "BraTS2021_00002" / "FLAIR.nii.gz").unlink()

    result = command("evaluate", data, "-o", tmp_path / "out", "--predictions", preds)

    assert result.code == 0, result.err
    message = " ".join(result.out.split())
    assert "1 prediction of 1 case missing (BraTS2021_00002 FLAIR)" in message
    rows = csv.DictReader((tmp_path / "out" / "scores.csv").open())
    of_two = {row["subset"] for row in rows if row["case"] == "BraTS2021_00002"}
    assert of_two == {"T1c", "FLAIR+T1c"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--predictions", "{preds}", "--model", "x"], "give one of them"),
        (["--predictions", "{nowhere}"], "does not exist: check the path"),
        (["--predictions", "{data}"], "in a separate folder"),
        (["--predictions", "{empty}"], "DIR/CASE/FLAIR+T2.nii.gz"),
        (["--predictions", "{preds}", "--predictions-scheme", "mine"], "brats2021"),
        (["--predictions-scheme", "msd"], "give both"),
    ],
)
def test_what_cannot_be_scored_is_one_line_and_code_2(
    command, data, tmp_path, monkeypatch, arguments, words
):
    monkeypatch.setattr(evaluation, "load_model", lambda *_, **__: pytest.fail("too late"))
    places = {name: tmp_path / name for name in ("preds", "nowhere", "data", "empty")}
    for name in ("preds", "empty"):
        places[name].mkdir()

    given = [text.format(**places) for text in arguments]
    result = command("evaluate", data, "-o", tmp_path / "out", *given)

    assert (result.code, len(result.error_lines), result.out) == (2, 1, "")
    assert words in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "out", "words"),
    [
        (["--use", "T1"], "out", "--all-subsets and --use T1 cannot be combined"),
        ([], "out.nii.gz", "give -o a folder"),
    ],
)
def test_all_subsets_needs_a_folder_and_excludes_use(command, data, tmp_path, options, out, words):
    case = data / "BraTS2021_00001"
    result = command("segment", case, "-o", tmp_path / out, "--all-subsets", *options)
    assert (result.code, len(result.error_lines)) == (2, 1)
    assert words in result.err


def test_all_subsets_of_one_case_lie_in_its_folder(command, data, model, tmp_path):
    case = data / "BraTS2021_00002"
    (tmp_path / "out").mkdir()
    options = ["--all-subsets", "--model", model]

    result = command("segment", case, "-o", tmp_path / "out", *options)

    assert result.code == 0, result.err
    names = {path.name for path in (tmp_path / "out" / case.name).iterdir()}
    expected = ModalitySubset.parse("FLAIR,T1c").subsets()
    assert names == {"+".join(m.label for m in s) + ".nii.gz" for s in expected}
    result = command("segment", case, "-o", tmp_path / "out", *options)
    assert result.code == 0, result.err
    assert result.out.count("(replaced)") == 3


def test_label_maps_from_chosen_sequences_are_scored_as_what_they_are(
    command, data, model, tmp_path
):
    preds = tmp_path / "preds"
    result = command("segment", data, "-o", preds, "--use", "FLAIR,T1c", "--model", model)
    assert result.code == 0, result.err
    given = ("evaluate", data, "-o", tmp_path / "out", "--predictions", preds)

    unsaid = command(*given, "--metrics", "dice")
    result = command(*given, "--metrics", "dice", "--subset", "FLAIR,T1c")
    alone = command("evaluate", data, "-o", tmp_path / "out", "--subset", "FLAIR,T1c")

    assert (unsaid.code, alone.code) == (2, 2)
    assert "with --subset" in unsaid.err
    assert "give both" in alone.err
    assert result.code == 0, result.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert list(summary["subsets"]) == ["FLAIR+T1c"]
    assert summary["predictions"]["files"] == 2
