"""The speed-up by sharing encodings in training: a step compared with a forward per subset."""

from collections.abc import Callable
from statistics import median

import torch

from ccsd_app.benchmark.clock import seconds
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.benchmark.naive_objective import naive_loss
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.inference.hardware.devices import fast_bf16
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.training.build_objective import build_objective
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.objective.objective import StepPlan
from ccsd_core.training.schedule import StepDraw

PATCH = (32, 48, 32)
ROUNDS = 3
LEVELS = tuple(range(1, len(Modality)))


def training_step(
    model: ModelConfig, device: torch.device, *, patch: tuple[int, int, int] = PATCH
) -> Measurements:
    """Time forward and backward of one small patch both ways; the smallest ratio is returned."""
    ratios: dict[int, float] = {}
    for level in LEVELS:
        ours, naive = step_functions(model, device, patch, level)
        ours()
        naive()
        times = [(seconds(ours, device), seconds(naive, device)) for _ in range(ROUNDS)]
        ratios[level] = median(n for _, n in times) / median(o for o, _ in times)
    details = ", ".join(f"{ratio:.2f} with k = {level}" for level, ratio in ratios.items())
    return {
        "train_step_ratio_vs_naive": Measurement(min(ratios.values()), f"smallest of {details}")
    }


def step_functions(
    model: ModelConfig, device: torch.device, patch: tuple[int, int, int], level: int
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Functions that run a step: with shared encodings, and with one forward for each subset."""
    config = TrainingConfig(model=model)
    network = build_network(model).to(device)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    objective = build_objective(network, distillation=config.distillation, losses=config.losses)
    sides = [-(-n // d) * d for n, d in zip(patch, model.divisors, strict=True)]
    images = torch.randn(1, len(Modality), *sides, device=device)
    present = torch.ones(1, len(Modality), dtype=torch.bool)
    target = torch.rand(1, len(Region), *sides, device=device) > 0.7
    reduced = fast_bf16(device)
    plan = StepPlan(present, StepDraw(level, 1.0))
    with torch.no_grad():
        path = objective(images, present, target, plan)[1].path

    def ours() -> None:
        network.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=reduced):
            loss, _ = objective(images, present, target, plan)
        loss.backward()

    def naive() -> None:
        network.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=reduced):
            loss = naive_loss(objective, images, present, target, level=level, path=path)
        loss.backward()

    return ours, naive
