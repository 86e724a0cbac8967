"""The training loop: it learns, it stops and goes on, and it never loses a run."""

import csv
import shutil
from pathlib import Path

import pytest
import torch

from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, CaseError, CheckpointError, TrainingError
from ccsd_core.inference.load import load_model
from ccsd_core.progress import drain
from ccsd_core.storage.case_folder import load_case
from ccsd_core.storage.checkpoint import load_tensors
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.loop import train
from ccsd_core.training.snapshot import snapshots

CONFIG = TrainingConfig.model_validate(
    {
        "name": "tiny",
        "steps": 6,
        "precision": "32-true",
        "checkpoint_every": 2,
        "log_every": 1,
        "model": {"base_channels": 2, "levels": 2, "spacing_mm": 4.0},
        "data": {"patch": [16, 16, 16], "hold_out": ["Synthetic_00022"]},
        "optim": {"ema": 0.5},
    }
)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    drain(write_cases(folder, count=3, seed=20, spacing_mm=4.0))
    return folder


def losses(run: Path) -> list[tuple[str, str]]:
    with (run / "metrics.csv").open() as file:
        return [(row["step"], row["loss"]) for row in csv.DictReader(file)]


def stop_after(steps: int, generator) -> None:
    """Stop asking once `steps` steps are done, as a killed process would."""
    for progress in generator:
        if progress.what.startswith("loss") and progress.done == steps:
            return


def test_a_resumed_run_repeats_the_uninterrupted_one_exactly(data, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    drain(train(CONFIG, data=data, run=whole, device="cpu"))

    stop_after(5, train(CONFIG, data=data, run=parts, device="cpu"))
    shutil.copytree(snapshots(parts)[-1], parts / "checkpoints" / ".new-half-written")
    drain(train(CONFIG, data=data, run=parts, resume=True, device="cpu"))

    assert losses(parts) == losses(whole)
    one, other = (load_tensors(r / "model" / "model.safetensors") for r in (whole, parts))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_result_is_a_model_that_knows_what_it_was_trained_on(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))

    predictor = load_model(tmp_path, device="cpu")
    case = load_case(data / "Synthetic_00022")
    result = predictor.predict(drain(predictor.encode(case)), ModalitySubset.parse("T1"))

    assert predictor.manifest.training_cases == ("Synthetic_00020", "Synthetic_00021")
    assert not result.provenance.seen_in_training
    assert len(snapshots(tmp_path)) == CONFIG.keep


def test_the_loss_falls(data, tmp_path):
    longer = CONFIG.model_copy(
        update={
            "steps": 40,
            "data": CONFIG.data.model_copy(update={"augment": False}),
            "optim": CONFIG.optim.model_copy(update={"learning_rate": 0.02}),
        }
    )
    drain(train(longer, data=data, run=tmp_path, device="cpu"))

    values = [float(loss) for _, loss in losses(tmp_path)]
    assert sum(values[-5:]) < 0.9 * sum(values[:5])


def test_a_run_is_not_overwritten(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))

    with pytest.raises(BadInputError, match="--resume"):
        next(train(CONFIG, data=data, run=tmp_path, device="cpu"))


def test_resuming_with_another_configuration_names_the_difference(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))
    other = CONFIG.model_copy(update={"seed": 99})

    with pytest.raises(CheckpointError, match="seed"):
        drain(train(other, data=data, run=tmp_path, resume=True, device="cpu"))


def test_nothing_to_resume_is_said(data, tmp_path):
    with pytest.raises(BadInputError, match="no checkpoint"):
        next(train(CONFIG, data=data, run=tmp_path, resume=True, device="cpu"))


def test_a_run_can_begin_from_a_model(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path / "first", device="cpu"))
    still = CONFIG.model_copy(
        update={"steps": 1, "optim": CONFIG.optim.model_copy(update={"learning_rate": 1e-12})}
    )

    init = tmp_path / "first" / "model"
    drain(train(still, data=data, run=tmp_path / "second", init=init, device="cpu"))

    one = load_tensors(init / "model.safetensors")
    other = load_tensors(tmp_path / "second" / "model" / "model.safetensors")
    assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)


def test_a_loss_that_is_no_number_stops_the_run_with_a_way_out(data, tmp_path):
    wild = CONFIG.model_copy(
        update={"optim": CONFIG.optim.model_copy(update={"learning_rate": 1e30})}
    )

    with pytest.raises(TrainingError, match=r"learning_rate"):
        drain(train(wild, data=data, run=tmp_path, device="cpu"))


def test_a_model_remembers_the_cases_of_the_model_it_began_from(data, tmp_path):
    first = tmp_path / "first"
    drain(train(CONFIG, data=data, run=first, device="cpu"))
    other = tmp_path / "other"
    drain(write_cases(other, count=1, seed=40, spacing_mm=4.0))
    onwards = CONFIG.model_copy(update={"data": CONFIG.data.model_copy(update={"hold_out": ()})})

    second = tmp_path / "second"
    stop_after(5, train(onwards, data=other, run=second, init=first, device="cpu"))
    drain(train(onwards, data=other, run=second, resume=True, device="cpu"))

    seen = load_model(second, device="cpu").manifest.training_cases
    assert seen == ("Synthetic_00020", "Synthetic_00021", "Synthetic_00040")


def test_resuming_with_other_data_is_refused_and_named(data, tmp_path):
    stop_after(3, train(CONFIG, data=data, run=tmp_path / "run", device="cpu"))
    fewer = tmp_path / "fewer"
    shutil.copytree(data, fewer, ignore=shutil.ignore_patterns("Synthetic_00021"))

    with pytest.raises(CheckpointError, match=r"other cases.*Synthetic_00021"):
        drain(train(CONFIG, data=fewer, run=tmp_path / "run", resume=True, device="cpu"))


def test_a_held_out_case_that_is_not_there_is_named(data, tmp_path):
    misspelt = CONFIG.model_copy(
        update={"data": CONFIG.data.model_copy(update={"hold_out": ("Synthetic_0022",)})}
    )

    with pytest.raises(CaseError, match="Synthetic_0022"):
        drain(train(misspelt, data=data, run=tmp_path, device="cpu"))


def test_weights_of_another_network_are_refused_by_what_differs(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path / "first", device="cpu"))
    coarse = CONFIG.model.model_copy(update={"spacing_mm": 8.0})
    coarser = CONFIG.model_copy(update={"model": coarse})
    init = tmp_path / "first"

    with pytest.raises(CheckpointError, match=r"model\.spacing_mm"):
        drain(train(coarser, data=data, run=tmp_path / "second", init=init, device="cpu"))


def test_the_model_is_the_running_average_of_the_weights(data, tmp_path):
    def weights(ema: float) -> tuple[dict, dict]:
        run = tmp_path / str(ema)
        config = CONFIG.model_copy(update={"optim": CONFIG.optim.model_copy(update={"ema": ema})})
        drain(train(config, data=data, run=run, device="cpu"))
        last = load_tensors(snapshots(run)[-1] / "network.safetensors")
        return load_tensors(run / "model" / "model.safetensors"), last

    model, last = weights(0.0)
    assert all(torch.equal(model[name], last[name]) for name in last), "no memory: the last weights"
    model, last = weights(0.9)
    assert not all(torch.equal(model[name], last[name]) for name in last)
