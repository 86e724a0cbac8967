"""What sharing the encodings is worth: one step against the same losses, one forward a subset.

    pytest tests/benchmarks/bench_training_step.py -n 0 -p no:cacheprovider --benchmark-only

Prints the ratio for each level; the times are in pytest-benchmark's own table.
"""

import time
from statistics import median

import pytest
import torch

from ccsd_core.model.build import build_network
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.naive_objective import naive_loss
from ccsd_core.training.objective import Objective, Plan
from ccsd_core.training.schedule import Draw

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
PATCH = (32, 48, 32)


@pytest.fixture(scope="module")
def step():
    """The `light` network and a patch, bf16 where the device is fast at it."""
    torch.manual_seed(0)
    config = TrainingConfig()
    network = build_network(config.model).to(DEVICE)
    network.to(memory_format=torch.channels_last_3d)
    objective = Objective(network, distillation=config.distillation, losses=config.losses)
    images = torch.randn(1, 4, *PATCH, device=DEVICE)
    present = torch.ones(1, 4, dtype=torch.bool, device=DEVICE)
    target = torch.rand(1, 3, *PATCH, device=DEVICE) > 0.7

    def ours(level: int) -> None:
        network.zero_grad()
        with torch.autocast(DEVICE.type, torch.bfloat16):
            loss, _ = objective(images, present, target, Plan(present, Draw(level, 1.0)))
        loss.backward()
        _finish()

    with torch.no_grad():
        _, outcome = objective(images, present, target, Plan(present, Draw(1, 1.0)))

    def naive(level: int) -> None:
        network.zero_grad()
        with torch.autocast(DEVICE.type, torch.bfloat16):
            loss = naive_loss(objective, images, present, target, level=level, path=outcome.path)
        loss.backward()
        _finish()

    return ours, naive


def _finish() -> None:
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


@pytest.mark.parametrize("level", [1, 2, 3])
def test_shared_encodings_against_one_forward_a_subset(step, level, benchmark, capsys):
    ours, naive = step
    naive(level)
    seconds = []
    for _ in range(2):
        begun = time.perf_counter()
        naive(level)
        seconds.append(time.perf_counter() - begun)
    benchmark.pedantic(ours, args=(level,), rounds=3, warmup_rounds=1)
    ratio = median(seconds) / benchmark.stats.stats.median
    benchmark.extra_info["ratio_naive_to_ours"] = ratio
    with capsys.disabled():
        print(
            f"\nlevel {level}, {DEVICE.type}: one forward a subset takes {ratio:.1f} times as long"
        )
