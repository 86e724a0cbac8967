"""How a run begins: from which weights, and what is refused before a case is opened."""

import shutil

import pytest
import torch

from ccsd_core.data.synthetic import write_cases
from ccsd_core.errors import (
    BadInputError,
    CaseError,
    CheckpointError,
    ConfigError,
    ResourceError,
)
from ccsd_core.inference.load import load_model
from ccsd_core.progress import drain
from ccsd_core.storage.models.checkpoint import load_tensors
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.loop import train
from tests.ccsd_core.training.tiny_run import CONFIG, changed, stop_after


def test_a_run_can_begin_from_a_model(data, finished, tmp_path):
    still = changed(steps=1, optim={"learning_rate": 1e-12})

    init = finished / "model"
    drain(train(still, data=data, run=tmp_path / "second", init=init, device="cpu"))

    one = load_tensors(init / "model.safetensors")
    other = load_tensors(tmp_path / "second" / "model" / "model.safetensors")
    assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)


def test_a_model_remembers_the_cases_of_the_model_it_began_from(data, finished, tmp_path):
    other = tmp_path / "other"
    drain(write_cases(other, count=1, seed=40, spacing_mm=8.0))
    onwards = changed(data={"hold_out": ()})

    second = tmp_path / "second"
    stop_after(5, train(onwards, data=other, run=second, init=finished, device="cpu"))
    drain(train(onwards, data=other, run=second, resume=True, device="cpu"))

    seen = load_model(second, device="cpu").manifest.training_cases
    assert seen == ("Synthetic_00020", "Synthetic_00021", "Synthetic_00040")


def test_whose_weights_a_run_began_with_stands_in_card_manifest_and_configuration(
    data, finished, tmp_path
):
    second, third = tmp_path / "second", tmp_path / "third"
    begun = load_model(finished, device="cpu").manifest.sha256

    stop_after(5, train(CONFIG, data=data, run=second, init=finished, device="cpu"))
    drain(train(CONFIG, data=data, run=second, resume=True, device="cpu"))

    messages = {"name": "tiny", "sha256": begun}
    assert load_model(second, device="cpu").manifest.training["begun_from"] == messages
    assert f"**Begun from:** tiny (sha256 {begun})" in (second / "model" / "CARD.md").read_text()
    assert "**Begun from:** random weights" in (finished / "model" / "CARD.md").read_text()
    again = read_config(second)
    assert again.begun_from is not None
    assert again.begun_from.model_dump() == messages

    done = drain(train(again, data=data, run=third, device="cpu"))
    assert any("began from tiny" in note and "--init" in note for note in done.notes)
    assert load_model(third, device="cpu").manifest.training["begun_from"] is None


def test_weights_go_on_with_another_grid_fill_and_averaging_and_that_is_reported(data, tmp_path):
    """None of them is a tensor: the bundled weights begin any run of their network."""
    old = changed(steps=1, model={"missing_fill": "zero_shared", "tta": [{"spacing_mm": 8.0}]})
    drain(train(old, data=data, run=tmp_path / "first", device="cpu"))
    new = changed(steps=1, model={"missing_fill": "token", "spacing_mm": 6.0})

    init = tmp_path / "first"
    done = drain(train(new, data=data, run=tmp_path / "second", init=init, device="cpu"))

    (note,) = [note for note in done.notes if "tiny" in note]
    for message in ("missing_fill was zero_shared, is token", "spacing_mm was 8.0, is 6.0", "tta"):
        assert message in note
    assert "with different settings" in (tmp_path / "second" / "train.log").read_text()


def test_weights_of_another_network_are_refused_before_a_case_is_opened(
    data, finished, tmp_path, monkeypatch
):
    wider = changed(model={"base_channels": 4})
    monkeypatch.setattr(
        "ccsd_core.training.loop.open_cases", lambda *_, **__: pytest.fail("opened")
    )

    with pytest.raises(CheckpointError, match=r"model\.base_channels.*-s model\.base_channels=2"):
        drain(train(wider, data=data, run=tmp_path / "second", init=finished, device="cpu"))


@pytest.mark.parametrize(
    ("what", "config"),
    [
        ("disk", changed(engine={"cache": "disk"})),
        ("memory", changed(engine={"cache": "memory"})),
        ("configuration", changed(optim={"ema": 0.1})),
    ],
)
def test_what_cannot_work_is_reported_before_a_case_is_opened(
    data, cut_at_3, tmp_path, monkeypatch, what, config
):
    """Reading hundreds of cases takes half an hour."""
    monkeypatch.setattr(
        "ccsd_core.training.loop.open_cases", lambda *_, **__: pytest.fail("opened")
    )
    usage = shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000)
    if what == "disk":
        monkeypatch.setattr("ccsd_core.training.run.free_space.shutil.disk_usage", lambda _: usage)
    if what == "memory":
        monkeypatch.setattr("ccsd_core.training.run.free_space.free_bytes", lambda _: 1000)

    resumed = what == "configuration"
    run = cut_at_3 if resumed else tmp_path / "new"
    messages = {
        "disk": r"0\.0 GB free.*engine\.cache_dir",
        "memory": r"engine\.cache = 'disk'",
        "configuration": r"optim\.ema was 0\.5, is 0\.1",
    }
    with pytest.raises((ResourceError, CheckpointError), match=messages[what]):
        drain(train(config, data=data, run=run, resume=resumed, device="cpu"))
    assert resumed or not run.exists()


def test_a_held_out_case_that_is_not_there_is_named(data, tmp_path):
    misspelt = changed(data={"hold_out": ("Synthetic_0022",)})

    with pytest.raises(CaseError, match="Synthetic_0022"):
        drain(train(misspelt, data=data, run=tmp_path, device="cpu"))


def test_a_file_in_the_place_of_the_run_is_bad_input(data, tmp_path):
    (tmp_path / "taken").write_text("")

    with pytest.raises(BadInputError, match="is a file: choose another folder"):
        next(train(CONFIG, data=data, run=tmp_path / "taken", device="cpu"))


def test_fp16_without_cuda_is_refused_before_anything_is_read(tmp_path):
    half = changed(engine={"precision": "16-mixed"})

    with pytest.raises(ConfigError, match="needs a CUDA device, this is cpu: use 'bf16-mixed'"):
        next(train(half, data=tmp_path / "nowhere", run=tmp_path / "run", device="cpu"))
