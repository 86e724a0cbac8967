"""Many processes and cut batches: the gradients of one process with the joint batch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from ccsd_core.data.synthetic import write_cases
from ccsd_core.progress import drain

SCRIPT = Path(__file__).with_name("gradients_of_a_step.py")
SMALL = [
    "steps=10",
    "engine.precision=32-true",
    "model.base_channels=2",
    "model.levels=2",
    "model.spacing_mm=6.0",
    "data.patch=[16, 16, 16]",
    "data.batch=4",
    "optim.clip_norm=1e9",
    "distillation.ramp=0",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Two whole patients, one without T1c and FLAIR, one with T2 alone."""
    folder = tmp_path_factory.mktemp("data")
    paths = drain(write_cases(folder, count=4, seed=60, spacing_mm=6.0))
    for path, lost in ((paths[1], ("t1ce", "flair")), (paths[2], ("t1ce", "flair", "t1"))):
        for name in lost:
            next(path.glob(f"*_{name}.nii.gz")).unlink()
    return folder


BY_GRADIENT = ["distillation.criticality=gradient"]
LEAN = ["engine.micro_batch=1", "engine.activation_checkpointing=true"]
STANDARDISED = ["model.composition=bare"]


def gradients(data: Path, out: Path, jobs: dict[str, list[str]], *, processes: int = 1) -> dict:
    """Gradients by name, and what the step reported, of every job."""
    start = [sys.executable]
    if processes > 1:
        start += ["-m", "torch.distributed.run", "--standalone"]
        start += ["--nproc-per-node", str(processes)]
    whole = {name: [*SMALL, *changes] for name, changes in jobs.items()}
    command = [*start, SCRIPT, data, out, json.dumps(whole)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    found = {}
    for name in jobs:
        with safe_open(out / f"{name}.safetensors", framework="pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            found[name] = tensors, file.metadata()
    return found


def assert_same_step(one, other):
    (ours, message), (theirs, also_said) = one, other
    assert message["path"] == also_said["path"]
    assert float(message["loss"]) == pytest.approx(float(also_said["loss"]), rel=1e-5)
    scores = json.loads(message["criticality"])
    assert scores == pytest.approx(json.loads(also_said["criticality"]), rel=1e-4)
    assert ours.keys() == theirs.keys()
    for name, gradient in theirs.items():
        torch.testing.assert_close(ours[name], gradient, rtol=1e-3, atol=5e-6, msg=name)


@pytest.fixture(scope="module")
def alone(data, tmp_path_factory):
    """Of one process with the whole batch."""
    jobs = {"plain": [], "by gradient": BY_GRADIENT, "standardised": STANDARDISED}
    return gradients(data, tmp_path_factory.mktemp("alone"), jobs)


@pytest.fixture(scope="module")
def together(data, tmp_path_factory):
    """Of two processes with half of it each."""
    jobs = {"plain": [], "by gradient": BY_GRADIENT, "lean": LEAN}
    jobs["standardised, lean"] = STANDARDISED + LEAN
    return gradients(data, tmp_path_factory.mktemp("together"), jobs, processes=2)


@pytest.mark.slow
def test_two_processes_give_the_gradients_of_one(together, alone):
    assert_same_step(together["plain"], alone["plain"])


@pytest.mark.slow
def test_two_processes_weigh_sequences_by_gradients_as_one_does(together, alone):
    assert_same_step(together["by gradient"], alone["by gradient"])


@pytest.mark.slow
def test_a_batch_cut_small_and_computed_twice_in_two_processes_gives_its_gradients(together, alone):
    assert_same_step(together["lean"], alone["plain"])


@pytest.mark.slow
def test_kernels_standardised_once_for_several_parts_get_their_gradients_from_two_processes(
    together, alone
):
    assert_same_step(together["standardised, lean"], alone["standardised"])


def test_a_batch_that_two_processes_cannot_share_is_refused(monkeypatch):
    from ccsd_core.errors import ConfigError
    from ccsd_core.training.config.config import TrainingConfig
    from ccsd_core.training.launch import launch, resolved_precision

    monkeypatch.setenv("WORLD_SIZE", "2")

    with pytest.raises(ConfigError, match=r"data\.batch = 1 .* multiple of 2"):
        launch(resolved_precision(TrainingConfig(), "cpu"), "cpu")
