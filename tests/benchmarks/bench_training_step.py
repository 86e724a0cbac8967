"""What sharing the encodings is worth: one step against the same losses, one forward a subset.

    pytest tests/benchmarks/bench_training_step.py -n 0 -p no:cacheprovider --benchmark-only

pytest-benchmark's table has both ways side by side, a group for each level.
"""

import pytest
import torch

from ccsd_app.benchmark.training import LEVELS, PATCH, step_functions
from ccsd_core.model.config import ModelConfig

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("way", ["shared encodings", "one forward a subset"])
@pytest.mark.parametrize("level", LEVELS)
def test_one_training_step(level, way, benchmark):
    ours, naive = step_functions(ModelConfig(), DEVICE, PATCH, level)
    step = ours if way == "shared encodings" else naive

    def finished() -> None:
        step()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()

    benchmark.group = f"level {level}, {DEVICE.type}"
    benchmark.pedantic(finished, rounds=3, warmup_rounds=1)
    assert benchmark.stats.stats.rounds == 3
