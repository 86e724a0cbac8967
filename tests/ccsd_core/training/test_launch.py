"""What a run computes with, and on what."""

import pytest
import torch

from ccsd_core.errors import ConfigError
from ccsd_core.training.config.config import EngineConfig, TrainingConfig
from ccsd_core.training.launch import group_backend, resolved_precision, workers


def config(side: int, precision: str) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {"data": {"patch": (side, 32, 32)}, "engine": {"precision": precision}}
    )


@pytest.mark.parametrize(
    ("side", "expected"), [(8, "32-true"), (16, "32-true"), (24, "bf16-mixed")]
)
def test_bf16_is_left_alone_where_torch_computes_it_wrongly(monkeypatch, side, expected):
    monkeypatch.setattr("ccsd_core.training.launch.fast_bf16", lambda device: True)

    assert resolved_precision(config(side, "auto"), "cpu").engine.precision == expected


def test_asked_for_by_name_it_is_refused_with_the_way_out():
    with pytest.raises(ConfigError, match=r"too short along x .* at least 24, or .* '32-true'"):
        resolved_precision(config(16, "bf16-mixed"), "cpu")
    assert resolved_precision(config(24, "bf16-mixed"), "cpu").engine.precision == "bf16-mixed"


def test_a_slow_cpu_computes_in_full_precision(monkeypatch):
    monkeypatch.setattr("ccsd_core.training.launch.fast_bf16", lambda device: False)

    assert resolved_precision(config(32, "auto"), "cpu").engine.precision == "32-true"


@pytest.fixture
def card(monkeypatch):
    """A machine with a card of a compute capability."""

    def make(*capability: int):
        for name, answer in {
            "is_available": lambda: True,
            "device_count": lambda: 1,
            "get_device_name": lambda device: "Card",
            "get_device_capability": lambda device: capability,
            "get_arch_list": lambda: ["compute_50"],
        }.items():
            monkeypatch.setattr(torch.cuda, name, answer)

    return make


@pytest.mark.parametrize(
    ("capability", "expected"),
    [((9, 0), "bf16-mixed"), ((8, 0), "bf16-mixed"), ((7, 5), "16-mixed"), ((6, 1), "32-true")],
)
def test_a_gpu_computes_in_what_it_is_fast_at(card, capability, expected):
    card(*capability)

    assert resolved_precision(config(32, "auto"), "cuda").engine.precision == expected


def test_bf16_on_a_gpu_without_it_is_refused_by_name(card):
    card(7, 5)

    with pytest.raises(ConfigError, match=r"Card .*7\.5\) has no bf16.*'16-mixed' or '32-true'"):
        resolved_precision(config(32, "bf16-mixed"), "cuda")


@pytest.mark.parametrize(
    ("device", "nccl", "backend"),
    [("cuda", True, "nccl"), ("cuda", False, "gloo"), ("cpu", True, "gloo")],
)
def test_processes_talk_by_what_this_torch_has(monkeypatch, device, nccl, backend):
    monkeypatch.setattr(torch.distributed, "is_nccl_available", lambda: nccl)

    assert group_backend(torch.device(device)) == backend


@pytest.mark.parametrize(
    ("wanted", "device", "cores", "processes", "count"),
    [
        ("auto", "cuda", 4, 1, 3),
        ("auto", "cuda", 64, 1, 8),
        ("auto", "cuda", 16, 8, 1),
        ("auto", "cuda", 1, 1, 1),
        ("auto", "cpu", 64, 1, 0),
        (5, "cuda", 4, 1, 5),
        (0, "cuda", 4, 1, 0),
    ],
)
def test_loading_takes_the_cores_that_a_gpu_leaves(
    monkeypatch, wanted, device, cores, processes, count
):
    monkeypatch.setattr("ccsd_core.training.launch.usable_cores", lambda: cores)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(processes))

    assert workers(EngineConfig(workers=wanted), torch.device(device)) == count
