"""The training loop: it learns, it stops and goes on, and it never loses a run."""

import csv
import re
import shutil
from pathlib import Path

import pytest
import torch
from lightning_fabric import Fabric
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ccsd_core.data.synthetic import write_cases
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import (
    BadInputError,
    CaseError,
    CheckpointError,
    ConfigError,
    ResourceError,
    TrainingError,
)
from ccsd_core.inference.load import load_model
from ccsd_core.progress import Progress, drain
from ccsd_core.storage.case_folder import load_case
from ccsd_core.storage.checkpoint import load_model_file, load_tensors
from ccsd_core.storage.origin import write_origin
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.loop import train
from ccsd_core.training.snapshot import load_snapshot, save_snapshot, snapshots
from ccsd_core.training.state import fresh_state
from ccsd_core.training.validation import Validation

CONFIG = TrainingConfig.model_validate(
    {
        "name": "tiny",
        "steps": 6,
        "model": {"base_channels": 2, "levels": 2, "spacing_mm": 4.0},
        "data": {"patch": [16, 16, 16], "hold_out": ["Synthetic_00022"]},
        "optim": {"ema": 0.5},
        "engine": {
            "precision": "32-true",
            "checkpoint_every": 2,
            "log_every": 1,
            "tensorboard": False,
        },
    }
)


def changed(**tables) -> TrainingConfig:
    """CONFIG with some settings changed: `changed(optim={"ema": 0.9}, steps=3)`."""
    values = CONFIG.model_dump()
    for name, change in tables.items():
        values[name] = values[name] | change if isinstance(change, dict) else change
    return TrainingConfig.model_validate(values)


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


class Stop:
    """Says so once somebody has asked."""

    asked = False

    def __call__(self) -> bool:
        return self.asked


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
    assert len(snapshots(tmp_path)) == CONFIG.engine.keep


def test_the_loss_falls(data, tmp_path):
    longer = changed(steps=40, data={"augment": False}, optim={"learning_rate": 0.02})
    drain(train(longer, data=data, run=tmp_path, device="cpu"))

    values = [float(loss) for _, loss in losses(tmp_path)]
    assert sum(values[-5:]) < 0.9 * sum(values[:5])


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


def test_epochs_make_the_steps_from_the_cases(data, tmp_path):
    """Two cases are trained on, one at a time."""
    done = drain(train(changed(epochs=2), data=data, run=tmp_path, device="cpu"))

    assert done.steps == 4
    assert [step for step, _ in losses(tmp_path)] == ["1", "2", "3", "4"]


def test_the_metrics_of_an_earlier_version_keep_their_columns(data, tmp_path):
    stop_after(3, train(CONFIG, data=data, run=tmp_path, device="cpu"))
    table = tmp_path / "metrics.csv"
    with table.open() as file:
        rows = list(csv.DictReader(file))
    with table.open("w", newline="") as file:
        fewer = csv.DictWriter(
            file, [c for c in rows[0] if c != "seg_distilled"], extrasaction="ignore"
        )
        fewer.writeheader()
        fewer.writerows(rows)

    drain(train(CONFIG, data=data, run=tmp_path, resume=True, device="cpu"))

    with table.open() as file:
        after = list(csv.DictReader(file))
    assert len(after) == CONFIG.steps
    assert [row["lr"] for row in after[:2]] == [row["lr"] for row in rows[:2]]
    assert after[0]["seg_distilled"] == ""
    assert after[-1]["seg_distilled"] == "0"


def test_a_run_is_not_overwritten(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))

    with pytest.raises(BadInputError, match="--resume"):
        next(train(CONFIG, data=data, run=tmp_path, device="cpu"))


def test_resuming_with_another_configuration_names_the_difference(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))
    other = changed(seed=99, optim={"ema": 0.1})

    with pytest.raises(CheckpointError, match=r"optim\.ema, seed differ"):
        drain(train(other, data=data, run=tmp_path, resume=True, device="cpu"))


def test_a_run_that_ran_away_may_go_on_more_carefully(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))
    shutil.rmtree(snapshots(tmp_path)[-1])
    careful = changed(optim={"learning_rate": 1e-4, "clip_norm": 1.0})

    drain(train(careful, data=data, run=tmp_path, resume=True, device="cpu"))

    log = (tmp_path / "train.log").read_text()
    assert "changed on resuming: optim.clip_norm" in log
    assert "changed on resuming: optim.learning_rate" in log


def test_a_file_in_the_place_of_the_run_is_bad_input(data, tmp_path):
    (tmp_path / "taken").write_text("")

    with pytest.raises(BadInputError, match="is a file: name another folder"):
        next(train(CONFIG, data=data, run=tmp_path / "taken", device="cpu"))


def test_nothing_to_resume_is_said(data, tmp_path):
    with pytest.raises(BadInputError, match="no checkpoint"):
        next(train(CONFIG, data=data, run=tmp_path, resume=True, device="cpu"))


def test_a_run_can_begin_from_a_model(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path / "first", device="cpu"))
    still = changed(steps=1, optim={"learning_rate": 1e-12})

    init = tmp_path / "first" / "model"
    drain(train(still, data=data, run=tmp_path / "second", init=init, device="cpu"))

    one = load_tensors(init / "model.safetensors")
    other = load_tensors(tmp_path / "second" / "model" / "model.safetensors")
    assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)


def test_a_loss_that_is_no_number_stops_the_run_with_a_way_out(data, tmp_path):
    wild = changed(optim={"learning_rate": 1e30})

    with pytest.raises(TrainingError, match=r"weights have grown.*learning_rate.*resume"):
        drain(train(wild, data=data, run=tmp_path, device="cpu"))


def test_a_model_remembers_the_cases_of_the_model_it_began_from(data, tmp_path):
    first = tmp_path / "first"
    drain(train(CONFIG, data=data, run=first, device="cpu"))
    other = tmp_path / "other"
    drain(write_cases(other, count=1, seed=40, spacing_mm=4.0))
    onwards = changed(data={"hold_out": ()})

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
    misspelt = changed(data={"hold_out": ("Synthetic_0022",)})

    with pytest.raises(CaseError, match="Synthetic_0022"):
        drain(train(misspelt, data=data, run=tmp_path, device="cpu"))


def test_weights_of_another_network_are_refused_before_a_case_is_opened(
    data, tmp_path, monkeypatch
):
    drain(train(CONFIG, data=data, run=tmp_path / "first", device="cpu"))
    wider = changed(model={"base_channels": 4})
    monkeypatch.setattr(
        "ccsd_core.training.loop.open_cases", lambda *_, **__: pytest.fail("opened")
    )

    init = tmp_path / "first"
    with pytest.raises(CheckpointError, match=r"model\.base_channels.*-s model\.base_channels=2"):
        drain(train(wider, data=data, run=tmp_path / "second", init=init, device="cpu"))


@pytest.mark.parametrize(
    ("what", "config"),
    [
        ("disk", changed(engine={"cache": "disk"})),
        ("memory", changed(engine={"cache": "memory"})),
        ("configuration", changed(optim={"ema": 0.1})),
    ],
)
def test_what_cannot_work_is_said_before_a_case_is_opened(
    data, tmp_path, monkeypatch, what, config
):
    """Reading hundreds of cases takes half an hour."""
    stop_after(3, train(CONFIG, data=data, run=tmp_path, device="cpu"))
    monkeypatch.setattr(
        "ccsd_core.training.loop.open_cases", lambda *_, **__: pytest.fail("opened")
    )
    usage = shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000)
    if what == "disk":
        monkeypatch.setattr("ccsd_core.training.room.shutil.disk_usage", lambda _: usage)
    if what == "memory":
        monkeypatch.setattr("ccsd_core.training.room.free_bytes", lambda _: 1000)

    resumed = what == "configuration"
    run = tmp_path if resumed else tmp_path / "new"
    said = {
        "disk": r"0\.0 GB free.*engine\.cache_dir",
        "memory": r"engine\.cache = 'disk'",
        "configuration": r"optim\.ema differ",
    }
    with pytest.raises((ResourceError, CheckpointError), match=said[what]):
        drain(train(config, data=data, run=run, resume=resumed, device="cpu"))
    assert resumed or not run.exists()


def test_weights_go_on_with_another_grid_fill_and_averaging_and_it_is_said(data, tmp_path):
    """None of them is a tensor: the bundled weights begin any run of their network."""
    old = changed(steps=1, model={"missing_fill": "zero_shared", "looks": [{"spacing_mm": 4.0}]})
    drain(train(old, data=data, run=tmp_path / "first", device="cpu"))
    new = changed(steps=1, model={"missing_fill": "token", "spacing_mm": 3.0})

    init = tmp_path / "first"
    done = drain(train(new, data=data, run=tmp_path / "second", init=init, device="cpu"))

    (note,) = [note for note in done.notes if "tiny" in note]
    for told in ("missing_fill was zero_shared, is token", "spacing_mm was 4.0, is 3.0", "looks"):
        assert told in note
    assert "whose settings differ" in (tmp_path / "second" / "train.log").read_text()


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


def test_a_run_asked_to_stop_is_saved_and_goes_on_exactly(data, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    drain(train(CONFIG, data=data, run=whole, device="cpu"))

    stop = Stop()
    steps = train(CONFIG, data=data, run=parts, device="cpu", stop=stop)
    for_two = lambda p: p.what.startswith("loss") and p.done == 2  # noqa: E731
    stopped = drain(steps, lambda p: setattr(stop, "asked", for_two(p)))

    assert (stopped.finished, stopped.steps) == (False, 3)
    assert snapshots(parts)[-1].name == "step-00000003"
    done = drain(train(CONFIG, data=data, run=parts, resume=True, device="cpu"))
    assert done.finished
    assert losses(parts) == losses(whole)


def test_a_run_may_go_on_with_another_engine(data, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    drain(train(CONFIG, data=data, run=whole, device="cpu"))

    stop_after(4, train(CONFIG, data=data, run=parts, device="cpu"))
    other = changed(engine={"workers": 1, "keep": 1, "cache": "disk", "checkpoint_every": 1})
    drain(train(other, data=data, run=parts, resume=True, device="cpu"))

    assert losses(parts) == losses(whole)


VALIDATED = {"every": 2, "cases": ["Synthetic_00021"]}


def validations(run: Path) -> list[dict[str, str]]:
    with (run / "validation.csv").open() as file:
        return list(csv.DictReader(file))


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


def test_validation_cases_are_not_trained_on(data, tmp_path):
    drain(train(changed(validation=VALIDATED), data=data, run=tmp_path, device="cpu"))

    assert load_model(tmp_path, device="cpu").manifest.training_cases == ("Synthetic_00020",)


def test_validation_changes_nothing_about_the_training(data, tmp_path):
    exclude = changed(data={"hold_out": ["Synthetic_00021", "Synthetic_00022"]})
    drain(train(exclude, data=data, run=tmp_path / "without", device="cpu"))

    drain(train(changed(validation=VALIDATED), data=data, run=tmp_path / "with", device="cpu"))

    assert losses(tmp_path / "with") == losses(tmp_path / "without")


def test_validation_cases_that_earlier_weights_have_seen_are_told(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path / "first", device="cpu"))

    config = changed(validation=VALIDATED)
    second, init = tmp_path / "second", tmp_path / "first"
    done = drain(train(config, data=data, run=second, init=init, device="cpu"))
    fresh = drain(train(config, data=data, run=tmp_path / "fresh", device="cpu"))

    assert any("have seen Synthetic_00021" in note for note in done.notes)
    assert fresh.notes == ()
    told = "but the weights it began from were, on Synthetic_00021"
    assert told in (second / "model" / "CARD.md").read_text()
    assert told not in (tmp_path / "fresh" / "model" / "CARD.md").read_text()
    assert load_model(second, device="cpu").manifest.scores == {}
    assert "validation mean Dice" in load_model(tmp_path / "fresh", device="cpu").manifest.scores


def test_a_validation_case_seen_under_another_name_is_told(data, tmp_path):
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

    assert any("have seen BraTS20_Training_007" in note for note in done.notes)
    assert "were, on BraTS20_Training_007" in (run / "model" / "CARD.md").read_text()
    manifest = load_model(run, device="cpu").manifest
    assert manifest.scores == {}
    assert manifest.training_cases == ("Brats18_CBICA_ABM_1", "y")


def test_the_best_score_survives_a_resume(data, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    config = changed(validation=VALIDATED, optim={"learning_rate": 0.05})
    drain(train(config, data=data, run=whole, device="cpu"))

    stop_after(3, train(config, data=data, run=parts, device="cpu"))
    drain(train(config, data=data, run=parts, resume=True, device="cpu"))

    assert validations(parts) == validations(whole)
    one, other = (load_tensors(r / "model" / "model.safetensors") for r in (whole, parts))
    assert all(torch.equal(one[name], other[name]) for name in one)


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


def test_the_run_folder_tells_the_whole_story(data, tmp_path):
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


def test_fp16_without_cuda_is_refused_before_anything_is_read(tmp_path):
    half = changed(engine={"precision": "16-mixed"})

    with pytest.raises(ConfigError, match="needs a CUDA device, this is cpu: use 'bf16-mixed'"):
        next(train(half, data=tmp_path / "nowhere", run=tmp_path / "run", device="cpu"))


@pytest.mark.parametrize(
    "engine",
    [{"workers": 1}, {"workers": 1, "cache": "disk"}, {"cache": "disk"}],
    ids=["workers", "workers and disk", "disk"],
)
def test_how_the_work_is_done_does_not_change_a_run(data, tmp_path, engine):
    drain(train(CONFIG, data=data, run=tmp_path / "plain", device="cpu"))

    other = changed(engine=engine | {"cache_dir": str(tmp_path / "cache")})
    drain(train(other, data=data, run=tmp_path / "cold", device="cpu"))
    drain(train(other, data=data, run=tmp_path / "warm", device="cpu"))

    assert losses(tmp_path / "cold") == losses(tmp_path / "plain")
    assert losses(tmp_path / "warm") == losses(tmp_path / "plain")


def test_a_run_stopped_in_a_validation_makes_it_when_it_goes_on(data, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    config = changed(validation=VALIDATED, optim={"learning_rate": 0.05})
    drain(train(config, data=data, run=whole, device="cpu"))

    stop = Stop()
    for progress in train(config, data=data, run=parts, device="cpu", stop=stop):
        if progress.what.startswith("validating") and progress.done == 4:
            stop.asked = True
    assert [row["step"] for row in validations(parts)] == ["2", "4"], "one case: it was finished"

    shutil.rmtree(parts)
    stop = Stop()
    for progress in train(config, data=data, run=parts, device="cpu", stop=stop):
        if progress.what.startswith("loss") and progress.done == 3:
            stop.asked = True  # seen after step 4, before its validation
    assert [row["step"] for row in validations(parts)] == ["2"]

    drain(train(config, data=data, run=parts, resume=True, device="cpu"))
    assert validations(parts) == validations(whole)
    assert losses(parts) == losses(whole)


def test_a_run_stopped_while_cases_are_read_leaves_nothing(data, tmp_path):
    stopped = drain(train(CONFIG, data=data, run=tmp_path / "run", device="cpu", stop=lambda: True))

    assert (stopped.finished, stopped.steps) == (False, 0)
    assert not (tmp_path / "run").exists()


def test_what_a_killed_process_had_half_written_is_removed(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))
    half = [tmp_path / ".new-model-x", tmp_path / "checkpoints" / ".new-step-00000009-y"]
    for folder in half:
        folder.mkdir()

    drain(train(CONFIG, data=data, run=tmp_path, resume=True, device="cpu"))

    assert not any(folder.exists() for folder in half)


def test_the_loss_scale_of_fp16_is_kept_in_a_checkpoint(data, tmp_path):
    drain(train(CONFIG, data=data, run=tmp_path, device="cpu"))
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    state = fresh_state(CONFIG, fabric, ("Synthetic_00020", "Synthetic_00021"), None)

    folder = save_snapshot(tmp_path, state, CONFIG, step=9, scaler={"scale": 1024.0})

    assert load_snapshot(folder, state, CONFIG) == (9, {"scale": 1024.0})


def test_the_patients_in_mixed_cases_count_as_seen(data, tmp_path):
    mixed = tmp_path / "data"
    shutil.copytree(data, mixed)
    write_origin(mixed / "Synthetic_00020", recipe="lesion", sources=["BraTS2021_99999"])

    drain(train(CONFIG, data=mixed, run=tmp_path / "run", device="cpu"))

    manifest = load_model_file(tmp_path / "run" / "model")[1]
    assert "BraTS2021_99999" in manifest.training_cases
