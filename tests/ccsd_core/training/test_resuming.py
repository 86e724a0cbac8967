"""A run that stopped goes on as if it had not, and is never lost."""

import csv
import shutil

import pytest
import torch
from lightning_fabric import Fabric

from ccsd_core.errors import (
    BadInputError,
    CheckpointError,
)
from ccsd_core.progress import drain
from ccsd_core.storage.models.checkpoint import load_tensors
from ccsd_core.training.loop import train
from ccsd_core.training.run.snapshot import load_snapshot, save_snapshot, snapshots
from ccsd_core.training.state import fresh_state
from tests.ccsd_core.training.tiny_run import CONFIG, Stop, changed, losses, stop_after


def test_a_resumed_run_repeats_the_uninterrupted_one_exactly(data, finished, tmp_path):
    parts = tmp_path / "parts"
    stop_after(5, train(CONFIG, data=data, run=parts, device="cpu"))
    shutil.copytree(snapshots(parts)[-1], parts / "checkpoints" / ".new-half-written")
    drain(train(CONFIG, data=data, run=parts, resume=True, device="cpu"))

    assert losses(parts) == losses(finished)
    one, other = (load_tensors(r / "model" / "model.safetensors") for r in (finished, parts))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_asked_to_stop_is_saved_and_goes_on_exactly(data, finished, tmp_path):
    parts = tmp_path / "parts"
    stop = Stop()
    steps = train(CONFIG, data=data, run=parts, device="cpu", stop=stop)
    for_two = lambda p: p.what.startswith("loss") and p.done == 2  # noqa: E731
    stopped = drain(steps, lambda p: setattr(stop, "asked", for_two(p)))

    assert (stopped.finished, stopped.steps) == (False, 3)
    assert snapshots(parts)[-1].name == "step-00000003"
    done = drain(train(CONFIG, data=data, run=parts, resume=True, device="cpu"))
    assert done.finished
    assert losses(parts) == losses(finished)


def test_a_run_with_shaspecs_optimiser_goes_on_as_if_it_had_not_stopped(data, tmp_path):
    """Momentum, polynomial decay, no clipping, no averaging."""
    sgd = changed(
        optim={"optimiser": "sgd", "schedule": "polynomial", "clip_norm": 0, "ema": 0},
        distillation={"hmsd": False, "dmcd": False},
        losses={"supervise": "random", "zeroed": True, "alignment_pairs": "cyclic"},
    )
    drain(train(sgd, data=data, run=tmp_path / "whole", device="cpu"))
    stop_after(3, train(sgd, data=data, run=tmp_path / "cut", device="cpu"))
    drain(train(sgd, data=data, run=tmp_path / "cut", resume=True, device="cpu"))

    whole, cut = (
        load_tensors(tmp_path / n / "model" / "model.safetensors") for n in ("whole", "cut")
    )
    assert all(torch.equal(whole[name], cut[name]) for name in whole)
    with (tmp_path / "whole" / "metrics.csv").open() as file:
        rates = [float(row["lr"]) for row in csv.DictReader(file)]
    assert rates == pytest.approx([2e-3 * (1 - s / 6) ** 0.9 for s in range(6)], rel=1e-4)
    last = load_tensors(snapshots(tmp_path / "whole")[-1] / "network.safetensors")
    assert all(torch.equal(whole[name], last[name]) for name in whole), "the weights themselves"


def test_a_run_may_go_on_with_another_engine(data, finished, tmp_path):
    parts = tmp_path / "parts"
    stop_after(4, train(CONFIG, data=data, run=parts, device="cpu"))
    other = changed(engine={"workers": 1, "keep": 1, "cache": "disk", "checkpoint_every": 1})
    drain(train(other, data=data, run=parts, resume=True, device="cpu"))

    assert losses(parts) == losses(finished)


def test_a_run_that_ran_away_may_go_on_more_carefully(data, own_finished):
    shutil.rmtree(snapshots(own_finished)[-1])
    careful = changed(optim={"learning_rate": 1e-4, "clip_norm": 1.0})

    drain(train(careful, data=data, run=own_finished, resume=True, device="cpu"))

    log = (own_finished / "train.log").read_text()
    assert "changed on resuming: optim.clip_norm" in log
    assert "changed on resuming: optim.learning_rate" in log


def test_a_run_is_not_overwritten(data, finished):
    with pytest.raises(BadInputError, match="--resume"):
        next(train(CONFIG, data=data, run=finished, device="cpu"))


def test_a_run_to_resume_without_a_checkpoint_begins_anew_and_says_so(data, finished, tmp_path):
    """As a job does that its scheduler starts again before the first checkpoint."""
    done = drain(train(CONFIG, data=data, run=tmp_path / "again", resume=True, device="cpu"))

    assert any("has no checkpoint yet: begun at the first step" in note for note in done.notes)
    assert losses(tmp_path / "again") == losses(finished)


def test_resuming_with_another_configuration_names_the_difference(data, finished):
    other = changed(seed=99, optim={"ema": 0.1})

    with pytest.raises(CheckpointError, match=r"optim\.ema was 0\.5, is 0\.1; seed was 0, is 99"):
        drain(train(other, data=data, run=finished, resume=True, device="cpu"))


def test_a_run_is_not_lengthened_and_the_way_to_go_further_is_reported(data, cut_at_3):
    with pytest.raises(
        CheckpointError, match=rf"steps was 6, is 9.*keeps its length.*--init {cut_at_3}/model"
    ):
        drain(train(changed(steps=9), data=data, run=cut_at_3, resume=True, device="cpu"))


def test_resuming_with_other_data_is_refused_and_named(data, cut_at_3, tmp_path):
    fewer = tmp_path / "fewer"
    shutil.copytree(data, fewer, ignore=shutil.ignore_patterns("Synthetic_00021"))

    with pytest.raises(CheckpointError, match=r"other cases.*Synthetic_00021"):
        drain(train(CONFIG, data=fewer, run=cut_at_3, resume=True, device="cpu"))


def test_a_run_stopped_while_cases_are_read_leaves_nothing(data, tmp_path):
    stopped = drain(train(CONFIG, data=data, run=tmp_path / "run", device="cpu", stop=lambda: True))

    assert (stopped.finished, stopped.steps) == (False, 0)
    assert not (tmp_path / "run").exists()


def test_what_a_killed_process_had_half_written_is_removed(data, own_finished):
    half = [own_finished / ".new-model-x", own_finished / "checkpoints" / ".new-step-00000009-y"]
    for folder in half:
        folder.mkdir()

    drain(train(CONFIG, data=data, run=own_finished, resume=True, device="cpu"))

    assert not any(folder.exists() for folder in half)


def test_the_loss_scale_of_fp16_is_kept_in_a_checkpoint(own_finished):
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = fresh_state(CONFIG, fabric, ("Synthetic_00020", "Synthetic_00021"), None)

    folder = save_snapshot(own_finished, state, CONFIG, step=9, scaler={"scale": 1024.0})

    assert load_snapshot(folder, state, CONFIG) == (9, {"scale": 1024.0})


def test_the_metrics_of_an_earlier_version_keep_their_columns(data, own_cut_at_3):
    table = own_cut_at_3 / "metrics.csv"
    with table.open() as file:
        rows = list(csv.DictReader(file))
    with table.open("w", newline="") as file:
        fewer = csv.DictWriter(
            file, [c for c in rows[0] if c != "seg_distilled"], extrasaction="ignore"
        )
        fewer.writeheader()
        fewer.writerows(rows)

    drain(train(CONFIG, data=data, run=own_cut_at_3, resume=True, device="cpu"))

    with table.open() as file:
        after = list(csv.DictReader(file))
    assert len(after) == CONFIG.steps
    assert [row["lr"] for row in after[:2]] == [row["lr"] for row in rows[:2]]
    assert after[0]["seg_distilled"] == ""
    assert after[-1]["seg_distilled"] == "0"
