"""Samples per second and memory of training with each backbone.

    pytest tests/benchmarks/bench_backbones.py -n 0 --benchmark-only          on CUDA: 96³ and 128³
    CCSD_BENCH_PATCH=32 pytest tests/benchmarks/bench_backbones.py …    any device

One sample is a whole training step of one patch: encode, 1 + C(4, 2) decodes, path, backward.
"""

import os

import pytest
import torch

from ccsd_core.errors import ResourceError
from ccsd_core.progress import drain
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.dry_run import dry_run

CUDA = torch.cuda.is_available()
PATCHES = [int(os.environ["CCSD_BENCH_PATCH"])] if "CCSD_BENCH_PATCH" in os.environ else [96, 128]


@pytest.mark.skipif(not CUDA and "CCSD_BENCH_PATCH" not in os.environ, reason="needs a CUDA GPU")
@pytest.mark.parametrize("side", PATCHES)
@pytest.mark.parametrize("backbone", ["light", "unet", "shaspec"])
def test_training_speed_and_memory(backbone, side, benchmark, capsys):
    config = TrainingConfig.model_validate(
        {
            "model": {"backbone": backbone},
            "data": {"patch": (side, side, side)},
            "engine": {"activation_checkpointing": backbone == "shaspec"},
        }
    )
    try:
        found = benchmark.pedantic(lambda: drain(dry_run(config)), rounds=1)
    except ResourceError as error:
        pytest.skip(f"does not fit: {error}")
    peak = "" if found.peak_mb is None else f", {found.peak_mb / 1e3:.1f} GB at most"
    with capsys.disabled():
        print(
            f"\n{backbone:8} {side}³ {found.precision}: {1 / found.micro_batch_s:.2f} samples/s, "
            f"{found.activations_mb / 1e3:.1f} GB of activations{peak}"
        )
