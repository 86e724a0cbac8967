"""Encoding four sequences, by width of the network.

    pytest tests/benchmarks/bench_encode.py -n 0 --benchmark-only
    CCSD_BENCH_BOX=112,160,112 pytest tests/benchmarks/bench_encode.py …    a box of 1.5 mm

Random weights, otherwise as in use: bf16 where the machine has it, channels_last, frozen.
Preparing a case comes on top. The shortest time is the one to compare on a shared machine.
"""

import os

import pytest
import torch

from ccsd_app.benchmark.timed_model import TimedModel
from ccsd_core.domain.modality import Modality
from ccsd_core.inference.hardware.devices import fast_bf16
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig

BOX = tuple(int(side) for side in os.environ.get("CCSD_BENCH_BOX", "80,112,80").split(","))
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
LAST = torch.channels_last_3d


@pytest.mark.parametrize("base", [8, 12, 16])
def test_four_sequences(base, benchmark):
    torch.manual_seed(0)
    network = build_network(ModelConfig(base_channels=base)).eval().to(DEVICE)
    network.to(memory_format=LAST).requires_grad_(requires_grad=False)
    images = tuple(torch.randn(1, 1, *BOX, device=DEVICE).to(memory_format=LAST) for _ in Modality)
    dtype = torch.bfloat16 if fast_bf16(DEVICE) else torch.float32
    timed_model = TimedModel(network, images, DEVICE, dtype)

    def encode() -> None:
        timed_model.encode()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()

    benchmark.group = f"encode, {BOX}, {dtype}"
    benchmark.pedantic(encode, rounds=5, warmup_rounds=1)
