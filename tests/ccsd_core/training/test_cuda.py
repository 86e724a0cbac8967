"""Training on a CUDA device: the same method, other arithmetic. Skipped without one.

`tests/pretended_card` runs these tests on machines without one.
"""

import pytest
import torch
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.patches import Batch
from ccsd_core.data.synthetic import write_cases
from ccsd_core.progress import drain
from ccsd_core.storage.models.checkpoint import load_tensors
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.dry_run import dry_run
from ccsd_core.training.loop import train
from ccsd_core.training.run.snapshot import snapshots
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
PATCH = (16, 16, 8)


def config(**engine) -> TrainingConfig:
    values = {
        "steps": 4,
        "model": {"base_channels": 4, "levels": 2, "spacing_mm": 4.0},
        "data": {"patch": PATCH, "batch": 2},
        "distillation": {"ramp": 0},
        "engine": {"precision": "32-true", "checkpoint_every": 2, "log_every": 1} | engine,
    }
    return TrainingConfig.model_validate(values)


def batch() -> StepBatch:
    generator = torch.Generator().manual_seed(0)
    present = torch.tensor([[True] * 4, [True, False, True, True]])
    images = torch.randn(2, 4, *PATCH, generator=generator)
    regions = torch.rand(2, 3, *PATCH, generator=generator) > 0.6
    return StepBatch((Batch(images, present, regions, ("a", "b")),), present)


def one_step(device: str, precision: str):
    torch.manual_seed(0)
    fabric = Fabric(accelerator=device, devices=1, precision=precision)
    state = fresh_state(config(precision=precision), fabric, [], None)
    return optimiser_step(config(precision=precision), state, fabric, batch(), step=1)


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("32-true", 1e-3), ("bf16-mixed", 0.03), ("16-mixed", 0.01)]
)
def test_a_step_costs_what_it_costs_on_the_cpu(precision, tolerance):
    on_cpu = one_step("cpu", "32-true")

    on_cuda = one_step("cuda", precision)

    assert on_cuda.loss == pytest.approx(on_cpu.loss, rel=tolerance)
    for name, value in on_cpu.parts.items():
        assert on_cuda.parts[name] == pytest.approx(value, rel=3 * tolerance, abs=1e-3)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed", "16-mixed"])
def test_a_run_stops_and_goes_on(tmp_path, precision):
    data, run = tmp_path / "data", tmp_path / "run"
    drain(write_cases(data, count=2, seed=5, spacing_mm=4.0))
    half, done = config(precision=precision), []
    steps = train(half, data=data, run=run, device="cuda", stop=lambda: len(done) > 1)
    stopped = drain(steps, lambda p: done.append(p) if p.what.startswith("loss") else None)
    assert not stopped.finished

    done = drain(train(half, data=data, run=run, device="cuda", resume=True))

    assert done.finished
    weights = load_tensors(snapshots(run)[-1] / "network.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in weights.values())


def test_computing_twice_takes_less_memory():
    plain = drain(dry_run(config(precision="bf16-mixed"), device="cuda"))

    lean = drain(
        dry_run(config(precision="bf16-mixed", activation_checkpointing=True), device="cuda")
    )

    assert lean.peak_mb < plain.peak_mb
