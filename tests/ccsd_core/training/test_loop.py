"""The training loop: it learns, and what it leaves behind says what was done."""

import contextlib
import shutil
import sys

import pytest
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import (
    TrainingError,
)
from ccsd_core.inference.load import load_model
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.models.checkpoint import load_model_file, load_tensors
from ccsd_core.storage.names.origin import write_origin
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.loop import train
from ccsd_core.training.run.snapshot import snapshots
from tests.ccsd_core.training.tiny_run import (
    CONFIG,
    VALIDATED,
    changed,
    losses,
    stop_after,
    validations,
)


def test_the_loss_falls(data, tmp_path):
    longer = changed(steps=40, data={"augment": False}, optim={"learning_rate": 0.02})
    drain(train(longer, data=data, run=tmp_path, device="cpu"))

    values = [float(loss) for _, loss in losses(tmp_path)]
    assert sum(values[-5:]) < 0.9 * sum(values[:5])


def test_epochs_make_the_steps_from_the_cases(data, tmp_path):
    """Two cases are trained on, one at a time."""
    done = drain(train(changed(epochs=2), data=data, run=tmp_path, device="cpu"))

    assert done.steps == 4
    assert [step for step, _ in losses(tmp_path)] == ["1", "2", "3", "4"]


def test_a_loss_that_is_no_number_stops_the_run_with_a_way_out(data, tmp_path):
    wild = changed(optim={"learning_rate": 1e30})

    with pytest.raises(TrainingError, match=r"weights have grown.*learning_rate.*resume"):
        drain(train(wild, data=data, run=tmp_path, device="cpu"))


def test_the_model_is_the_running_average_of_the_weights(data, tmp_path):
    def weights(ema: float) -> tuple[dict, dict]:
        run = tmp_path / str(ema)
        config = changed(optim={"ema": ema})
        drain(train(config, data=data, run=run, device="cpu"))
        last = load_tensors(snapshots(run)[-1] / "network.safetensors")
        return load_tensors(run / "model" / "model.safetensors"), last

    model, last = weights(0.0)
    assert all(torch.equal(model[name], last[name]) for name in last), "no memory: the last weights"
    model, last = weights(0.9)
    assert not all(torch.equal(model[name], last[name]) for name in last)


@pytest.mark.parametrize(
    "engine",
    [{"workers": 1}, {"workers": 1, "cache": "disk"}, {"cache": "disk"}],
    ids=["workers", "workers and disk", "disk"],
)
def test_how_the_work_is_done_does_not_change_a_run(data, finished, tmp_path, engine):
    other = changed(engine=engine | {"cache_dir": str(tmp_path / "cache")})
    drain(train(other, data=data, run=tmp_path / "cold", device="cpu"))
    drain(train(other, data=data, run=tmp_path / "warm", device="cpu"))

    assert losses(tmp_path / "cold") == losses(finished)
    assert losses(tmp_path / "warm") == losses(finished)


def test_the_prepared_cases_of_a_run_are_removed_once_it_is_finished(data, tmp_path):
    on_disk = changed(engine={"cache": "disk"})
    stop_after(3, train(on_disk, data=data, run=tmp_path, device="cpu"))
    assert list((tmp_path / "cache").glob("*.pt")), "needed to resume"

    drain(train(on_disk, data=data, run=tmp_path, resume=True, device="cpu"))

    assert not (tmp_path / "cache").exists()


def test_cases_that_lack_sequences_train_without_nan(data, tmp_path):
    poor = tmp_path / "poor"
    shutil.copytree(data, poor)
    for case, lost in (("00020", ("t1ce",)), ("00021", ("flair", "t1", "t2"))):
        for name in lost:
            (poor / f"Synthetic_{case}" / f"Synthetic_{case}_{name}.nii.gz").unlink()

    run = tmp_path / "run"
    config = changed(data={"batch": 2}, validation={"every": 3, "cases": ["Synthetic_00021"]})
    drain(train(config, data=poor, run=run, device="cpu"))
    drain(train(changed(data={"batch": 2}), data=poor, run=tmp_path / "both", device="cpu"))

    for folder in (run, tmp_path / "both"):
        assert all(torch.isfinite(torch.tensor(float(loss))) for _, loss in losses(folder))
        weights = load_tensors(folder / "model" / "model.safetensors")
        assert all(torch.isfinite(tensor).all() for tensor in weights.values())
    log = (tmp_path / "both" / "train.log").read_text()
    assert "2 of 2 cases lack sequences" in log
    assert validations(run)[-1]["D1_WT"] != ""
    assert validations(run)[-1]["D2_WT"] == "", "the validated patient has one sequence"


def test_the_result_is_a_model_that_states_what_it_was_trained_on(data, finished):
    predictor = load_model(finished, device="cpu")
    case = load_case(data / "Synthetic_00022")
    result = predictor.predict(drain(predictor.encode(case)), ModalitySubset.parse("T1"))

    assert predictor.manifest.training_cases == ("Synthetic_00020", "Synthetic_00021")
    assert not result.provenance.seen_in_training
    assert len(snapshots(finished)) == CONFIG.engine.keep


def test_the_patients_in_mixed_cases_count_as_seen(data, tmp_path):
    mixed = tmp_path / "data"
    shutil.copytree(data, mixed)
    write_origin(mixed / "Synthetic_00020", recipe="lesion", sources=["BraTS2021_99999"])

    drain(train(CONFIG, data=mixed, run=tmp_path / "run", device="cpu"))

    manifest = load_model_file(tmp_path / "run" / "model")[1]
    assert "BraTS2021_99999" in manifest.training_cases


def test_the_run_folder_has_all_files_of_a_run(data, tmp_path):
    board = changed(engine={"tensorboard": True}, validation=VALIDATED)
    drain(train(board, data=data, run=tmp_path, device="cpu"))

    written = TrainingConfig.model_validate_json((tmp_path / "config.json").read_text())
    assert written == board
    assert "finished" in (tmp_path / "train.log").read_text().splitlines()[-1]
    events = EventAccumulator(str(tmp_path / "tensorboard"), size_guidance={"images": 0})
    events.Reload()
    scalars = set(events.Tags()["scalars"])
    assert {"loss/total", "loss/hmsd", "loss/dmcd", "validation/D1_ET"} <= scalars
    assert {f"criticality/{m.name}" for m in Modality} <= scalars
    assert [e.step for e in events.Scalars("loss/total")] == [1, 2, 3, 4, 5, 6]
    panels = "sample/FLAIR + T1 + T1c + T2 | FLAIR + T1 + T2 | FLAIR"
    assert events.Tags()["images"] == [panels]


def test_a_sample_slice_is_drawn_at_validations_without_tensorboard(data, tmp_path, monkeypatch):
    """Also if TensorBoard is asked for but not installed, which the log says."""
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    drawn = []
    config = changed(engine={"tensorboard": True}, validation={**VALIDATED, "every": 4})
    for _ in train(config, data=data, run=tmp_path, device="cpu"):
        with contextlib.suppress(FileNotFoundError), Image.open(tmp_path / "sample.png") as picture:
            drawn.append((picture.text["case"], picture.text["step"]))

    assert list(dict.fromkeys(drawn)) == [("Synthetic_00021", "4"), ("Synthetic_00021", "6")]
    assert "tensorboard is not installed" in (tmp_path / "train.log").read_text()


def test_without_validation_a_sample_slice_is_drawn_at_checkpoints(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))

    with Image.open(tmp_path / "sample.png") as picture:
        assert picture.text["step"] == "6"
