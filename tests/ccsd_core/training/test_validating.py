"""Validation while training: it chooses the model, and teaches nothing."""

import re
import shutil
from pathlib import Path

import pytest
import torch

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.inference.load import load_model
from ccsd_core.progress import Progress, drain
from ccsd_core.storage.models.checkpoint import load_tensors
from ccsd_core.training.loop import train
from ccsd_core.training.run.snapshot import snapshots
from ccsd_core.training.validation import Validation
from tests.ccsd_core.training.tiny_run import (
    CONFIG,
    VALIDATED,
    Stop,
    changed,
    losses,
    stop_after,
    validations,
)


def test_the_best_validated_weights_become_the_model_and_the_newest_stay_beside_them(
    data, tmp_path
):
    config = changed(validation=VALIDATED, steps=8, optim={"learning_rate": 0.05})
    drain(train(config, data=data, run=tmp_path, device="cpu"))

    rows = validations(tmp_path)
    assert [int(row["step"]) for row in rows] == [2, 4, 6, 8]
    best = max(rows, key=lambda row: float(row["mean"]))
    manifest = load_model(tmp_path, device="cpu").manifest
    assert manifest.scores["validation mean Dice"] == pytest.approx(float(best["mean"]), abs=1e-4)
    card = (tmp_path / "model" / "CARD.md").read_text()
    assert f"**Trained:** {best['step']} of 8 steps" in card
    last = load_tensors(tmp_path / "last" / "model.safetensors")
    newest = load_tensors(snapshots(tmp_path)[-1] / "average.safetensors")
    assert all(torch.equal(last[name], newest[name]) for name in newest)


def scripted(*means: float):
    """A validation that finds these scores, one after the other."""
    left = iter(means)

    def validate(network, cases, fabric, *, step, steps, **_):
        yield Progress(step, steps, "validating")
        mean = next(left)
        return Validation({ModalitySubset.full(): (mean, mean, mean)}, cases.ids)

    return validate


def chosen_step(run: Path) -> str:
    card = (run / "model" / "CARD.md").read_text()
    return re.search(r"\*\*Trained:\*\* (\d+) of", card)[1]


def test_worse_weights_do_not_replace_better_ones_also_after_a_resume(data, tmp_path, monkeypatch):
    config = changed(validation=VALIDATED, steps=8)
    monkeypatch.setattr("ccsd_core.training.loop.validate", scripted(0.2, 0.6, 0.4))
    stop_after(7, train(config, data=data, run=tmp_path, device="cpu"))
    assert chosen_step(tmp_path) == "4"
    better = load_tensors(tmp_path / "model" / "model.safetensors")

    monkeypatch.setattr("ccsd_core.training.loop.validate", scripted(0.5))
    drain(train(config, data=data, run=tmp_path, resume=True, device="cpu"))

    assert chosen_step(tmp_path) == "4"
    kept = load_tensors(tmp_path / "model" / "model.safetensors")
    assert all(torch.equal(kept[name], better[name]) for name in better)


FAST = changed(validation=VALIDATED, optim={"learning_rate": 0.05})


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory) -> Path:
    """An uninterrupted run of FAST."""
    run = tmp_path_factory.mktemp("validated") / "run"
    drain(train(FAST, data=data, run=run, device="cpu"))
    return run


def test_the_best_score_survives_a_resume(data, whole, tmp_path):
    parts = tmp_path / "parts"
    stop_after(3, train(FAST, data=data, run=parts, device="cpu"))
    drain(train(FAST, data=data, run=parts, resume=True, device="cpu"))

    assert validations(parts) == validations(whole)
    one, other = (load_tensors(r / "model" / "model.safetensors") for r in (whole, parts))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_stopped_in_a_validation_makes_it_when_it_goes_on(data, whole, tmp_path):
    parts = tmp_path / "parts"
    stop = Stop()
    for progress in train(FAST, data=data, run=parts, device="cpu", stop=stop):
        if progress.what.startswith("validating") and progress.done == 4:
            stop.asked = True
    assert [row["step"] for row in validations(parts)] == ["2", "4"], "one case: it was finished"

    shutil.rmtree(parts)
    stop = Stop()
    for progress in train(FAST, data=data, run=parts, device="cpu", stop=stop):
        if progress.what.startswith("loss") and progress.done == 3:
            stop.asked = True  # seen after step 4, before its validation
    assert [row["step"] for row in validations(parts)] == ["2"]

    drain(train(FAST, data=data, run=parts, resume=True, device="cpu"))
    assert validations(parts) == validations(whole)
    assert losses(parts) == losses(whole)


def test_validation_cases_are_not_trained_on(whole):
    assert load_model(whole, device="cpu").manifest.training_cases == ("Synthetic_00020",)


def test_validation_changes_nothing_about_the_training(data, whole, tmp_path):
    exclude = FAST.model_copy(
        update={
            "validation": CONFIG.validation,
            "data": changed(data={"hold_out": ["Synthetic_00021", "Synthetic_00022"]}).data,
        }
    )

    drain(train(exclude, data=data, run=tmp_path, device="cpu"))

    assert losses(whole) == losses(tmp_path)


def test_validation_cases_that_earlier_weights_have_seen_are_reported(data, finished, tmp_path):
    config = changed(validation=VALIDATED)
    second = tmp_path / "second"
    told_at_once: list[str] = []
    done = drain(
        train(config, data=data, run=second, init=finished, device="cpu"),
        lambda progress: told_at_once.extend(progress.notes),
    )
    fresh = drain(train(config, data=data, run=tmp_path / "fresh", device="cpu"))

    assert any("were trained on Synthetic_00021" in note for note in done.notes)
    assert tuple(told_at_once) == done.notes, "each once"
    assert not any("were trained on" in note for note in fresh.notes)
    message = "but its initial weights were, on Synthetic_00021"
    assert message in (second / "model" / "CARD.md").read_text()
    assert message not in (tmp_path / "fresh" / "model" / "CARD.md").read_text()
    assert load_model(second, device="cpu").manifest.scores == {}
    assert "validation mean Dice" in load_model(tmp_path / "fresh", device="cpu").manifest.scores


def test_a_validation_case_seen_under_another_name_is_reported(data, tmp_path):
    """Two years' folders of the same two patients."""
    years = {"2018": ("Brats18_CBICA_ABM_1", "x"), "2020": ("y", "BraTS20_Training_007")}
    for year, names in years.items():
        for number, name in enumerate(names, start=20):
            one = data / f"Synthetic_000{number}"
            for file in one.iterdir():
                to = tmp_path / year / name / file.name.replace(one.name, name)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, to)
    first = changed(steps=2, data={"hold_out": ["x"]})
    drain(train(first, data=tmp_path / "2018", run=tmp_path / "first", device="cpu"))

    config = changed(
        steps=2, data={"hold_out": []}, validation={"every": 2, "cases": ["BraTS2021_01207"]}
    )
    run, init = tmp_path / "run", tmp_path / "first"
    done = drain(train(config, data=tmp_path / "2020", run=run, init=init, device="cpu"))

    assert any("were trained on BraTS20_Training_007" in note for note in done.notes)
    assert "were, on BraTS20_Training_007" in (run / "model" / "CARD.md").read_text()
    manifest = load_model(run, device="cpu").manifest
    assert manifest.scores == {}
    assert manifest.training_cases == ("Brats18_CBICA_ABM_1", "y")
