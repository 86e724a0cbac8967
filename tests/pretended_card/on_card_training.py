"""A training step on the card against the CPU, in every arithmetic and with every option."""

import pytest
import torch
from lightning_fabric import Fabric

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.patches import Batch
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.state import RunState, fresh_state
from ccsd_core.training.step import StepReport, optimiser_step

PATCH = (16, 16, 8)
BASE = {
    "steps": 6,
    "model": {"base_channels": 4, "levels": 2, "spacing_mm": 4.0},
    "data": {"patch": PATCH, "batch": 2},
    "distillation": {"ramp": 0},
    "engine": {"precision": "32-true"},
}
OPTIONS = {
    "gradients, ranking, micro-batches": {
        "distillation": {"criticality": "gradient"},
        "losses": {"ranking_weight": 1.0},
        "engine": {"micro_batch": 1},
    },
    "own decodes, checkpointing, softmax": {
        "distillation": {"features": "shared"},
        "engine": {"activation_checkpointing": True},
        "model": {"head": "softmax"},
    },
    "tokens, empty regions, SGD": {
        "model": {"missing_fill": "token"},
        "losses": {"empty_voxels": 50.0},
        "optim": {"optimiser": "sgd"},
    },
    "mean of shared": {"model": {"missing_fill": "mean_shared"}},
    "one random subset, zeroed": {
        "model": {"missing_fill": "literal"},
        "losses": {"supervise": "random", "zeroed": True},
        "distillation": {"hmsd": False, "dmcd": False},
    },
}
"""Every option is in one of these."""


def config(**tables) -> TrainingConfig:
    values = dict(BASE)
    for name, change in tables.items():
        values[name] = values.get(name, {}) | change
    return TrainingConfig.model_validate(values)


def batch(of: TrainingConfig) -> StepBatch:
    """Two patients of whom the second has no T1; where cut, one a part."""
    generator = torch.Generator().manual_seed(0)
    present = torch.tensor([[True] * 4, [True, False, True, True]])
    images = torch.randn(2, 4, *PATCH, generator=generator)
    regions = torch.rand(2, 3, *PATCH, generator=generator) > 0.6
    regions[1, 2] = False
    size = of.engine.micro_batch or 2
    parts = tuple(
        Batch(
            images[i : i + size],
            present[i : i + size],
            regions[i : i + size],
            ("a", "b")[i : i + size],
        )
        for i in range(0, 2, size)
    )
    return StepBatch(parts, present)


def state_of(device: str, of: TrainingConfig) -> tuple[RunState, Fabric]:
    fabric = Fabric(accelerator=device, devices=1, precision=of.engine.precision)
    return fresh_state(of, fabric, [], None), fabric


def one_step(device: str, of: TrainingConfig) -> tuple[StepReport, RunState]:
    state, fabric = state_of(device, of)
    return optimiser_step(of, state, fabric, batch(of), step=1), state


def assert_alike(there, here, *, tolerance: float) -> None:
    assert there.loss == pytest.approx(here.loss, rel=tolerance)
    for name, value in here.parts.items():
        assert there.parts[name] == pytest.approx(value, rel=10 * tolerance, abs=tolerance), name
    assert there.gradient_norm == pytest.approx(here.gradient_norm, rel=30 * tolerance)
    assert there.path == here.path


@pytest.mark.parametrize(
    ("precision", "tolerance"), [("32-true", 1e-5), ("bf16-mixed", 2e-3), ("16-mixed", 1e-3)]
)
def test_a_step_costs_what_it_costs_on_the_cpu(precision, tolerance):
    here, _ = one_step("cpu", config())

    there, state = one_step("cuda", config(engine={"precision": precision}))

    assert_alike(there, here, tolerance=tolerance)
    assert {p.device.type for p in state.average.parameters()} == {"cuda"}


@pytest.mark.parametrize("tables", OPTIONS.values(), ids=OPTIONS)
def test_every_option_costs_what_it_costs_on_the_cpu(tables):
    here, _ = one_step("cpu", config(**tables))

    there, _ = one_step("cuda", config(**tables))

    assert_alike(there, here, tolerance=1e-5)
