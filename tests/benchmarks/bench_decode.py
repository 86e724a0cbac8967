"""A decode against its lower bound, and all 15 subsets of one encoding against 15 full forwards.

    pytest tests/benchmarks/bench_decode.py -n 0 --benchmark-only
    CCSD_BENCH_BOX=112,160,112 CCSD_BENCH_BASE=8,12,16 pytest tests/benchmarks/bench_decode.py …

Random weights, otherwise as in use: bf16 where the machine has it, channels_last, frozen. The
bound is the decode's convolutions, each alone (`ccsd_app.benchmark.decode_bound`). A full forward
encodes all four sequences again, as published networks do. The shortest of the times is the
one to compare where a machine is shared.
"""

import os

import pytest
import torch

from ccsd_app.benchmark.decode_bound import convolutions
from ccsd_app.benchmark.timed_model import TimedModel
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.inference.hardware.devices import fast_bf16
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig

BOX = tuple(int(side) for side in os.environ.get("CCSD_BENCH_BOX", "80,112,80").split(","))
BASES = [int(base) for base in os.environ.get("CCSD_BENCH_BASE", "8").split(",")]
SUBSETS = [ModalitySubset.full(), ModalitySubset.parse("FLAIR+T1c"), ModalitySubset.parse("T2")]
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
LAST = torch.channels_last_3d


@pytest.fixture(params=BASES, ids=lambda base: f"base {base}")
def timed_model(request, benchmark) -> TimedModel:
    torch.manual_seed(0)
    network = build_network(ModelConfig(base_channels=request.param)).eval().to(DEVICE)
    network.to(memory_format=LAST).requires_grad_(requires_grad=False)
    images = tuple(torch.randn(1, 1, *BOX, device=DEVICE).to(memory_format=LAST) for _ in Modality)
    dtype = torch.bfloat16 if fast_bf16(DEVICE) else torch.float32
    benchmark.group = f"{BOX}, {dtype}, base {request.param}"
    return TimedModel(network, images, DEVICE, dtype)


def finished() -> None:
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


@pytest.mark.parametrize("subset", SUBSETS, ids=lambda subset: subset.label)
def test_one_decode(timed_model, subset, benchmark):
    encoding = timed_model.encode()

    def decode() -> None:
        timed_model.decode(encoding, subset)
        finished()

    benchmark.pedantic(decode, rounds=15, warmup_rounds=2)


def test_the_convolutions_of_a_decode_alone(timed_model, benchmark):
    calls = convolutions(timed_model, timed_model.encode())

    def bound() -> None:
        for call in calls:
            call.run()
        finished()

    benchmark.pedantic(bound, rounds=15, warmup_rounds=2)


@pytest.mark.parametrize("way", ["encode once", "one forward a subset"])
def test_all_fifteen_subsets(timed_model, way, benchmark):
    def once() -> None:
        encoding = timed_model.encode()
        for subset in ModalitySubset.every():
            timed_model.decode(encoding, subset)
        finished()

    def naive() -> None:
        for subset in ModalitySubset.every():
            timed_model.forward(subset)
        finished()

    benchmark.group += ", 15 subsets"
    benchmark.pedantic(once if way == "encode once" else naive, rounds=3, warmup_rounds=1)
