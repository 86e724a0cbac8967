"""What a GPU can do: asked of each GPU, answered for the torch that is installed."""

import os

import pytest
import torch
from torch.torch_version import TorchVersion

from ccsd_core.errors import BadInputError
from ccsd_core.inference.hardware.devices import choose_device, fast_bf16
from ccsd_core.inference.hardware.gpus import (
    ALLOCATOR_VARIABLES,
    cudnn_name,
    faults,
    missing_kernels,
    prepare_gpu,
)

CPU = torch.device("cpu")


@pytest.fixture
def cards(monkeypatch):
    """A machine with cards of these compute capabilities, by their index."""

    def make(*capabilities: tuple[int, int], built: tuple[str, ...] = ("sm_75", "sm_80", "sm_90")):
        def of(device):
            return capabilities[torch.device(device).index or 0]

        for name, answer in {
            "is_available": lambda: True,
            "device_count": lambda: len(capabilities),
            "get_device_capability": of,
            "get_device_name": lambda device: f"Card {torch.device(device).index or 0}",
            "get_arch_list": lambda: list(built),
        }.items():
            monkeypatch.setattr(torch.cuda, name, answer)

    return make


def test_each_gpu_has_its_own_verdict_on_bf16(cards):
    cards((7, 5), (8, 6))

    assert [fast_bf16(torch.device("cuda", index)) for index in (0, 1)] == [False, True]


@pytest.mark.parametrize(
    ("card", "built", "works"),
    [
        ((8, 6), ("sm_80",), True),
        ((9, 0), ("sm_90a",), True),
        ((12, 0), ("sm_120",), True),
        ((12, 0), ("sm_90", "compute_90"), True),
        ((12, 0), ("sm_80", "sm_90"), False),
        ((6, 1), ("sm_75", "sm_80"), False),
        ((8, 0), ("sm_86",), False),
    ],
)
def test_kernels_run_on_later_gpus_of_their_major_version(cards, card, built, works):
    cards(card, built=built)

    reason = missing_kernels(torch.device("cuda"))

    assert (not reason) is works
    assert works or (f"sm_{card[0]}{card[1]}" in reason and built[0] in reason)


def test_auto_is_the_first_gpu_that_can_be_used(cards):
    cards((6, 1), (8, 6))
    assert choose_device("auto") == torch.device("cuda:1")

    cards((8, 6), (6, 1))
    assert choose_device("auto") == torch.device("cuda")

    cards((6, 1))
    assert choose_device("auto") == CPU


def test_a_gpu_without_kernels_is_refused_with_the_way_out(cards):
    cards((6, 1))

    with pytest.raises(BadInputError, match=r"no kernels for Card 0 \(sm_61; .*or use cpu"):
        choose_device("cuda")


def test_apples_gpu_is_refused_with_a_reason():
    with pytest.raises(BadInputError, match=r"'mps' \(Apple's GPU\) is not supported: .*use auto"):
        choose_device("mps")


@pytest.mark.parametrize(
    ("version", "cudnn", "message"),
    [
        ("2.8.0+cu128", 91002, ["TF32"]),
        ("2.9.1+cu128", 91500, ["bf16", "TF32"]),
        ("2.10.0+cu130", 91600, []),
        ("2.8.0+cu118", 90100, []),
        ("2.13.0+cpu", None, []),
    ],
)
def test_versions_that_are_slow_or_wrong_are_known(version, cudnn, message):
    found = faults(version, cudnn)

    assert [
        word for fault, word in zip(found, message, strict=True) if word in fault.description
    ] == message


def test_tf32_is_off_where_it_is_wrong_and_only_there(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)
    before = torch.backends.cudnn.allow_tf32
    try:
        torch.backends.cudnn.allow_tf32 = True
        prepare_gpu(CPU)
        assert torch.backends.cudnn.allow_tf32
        prepare_gpu(torch.device("cuda"))
        assert not torch.backends.cudnn.allow_tf32
    finally:
        torch.backends.cudnn.allow_tf32 = before


@pytest.mark.parametrize(
    ("platform", "version", "configured", "added"),
    [
        ("linux", "2.13.0+cu130", {}, {"PYTORCH_ALLOC_CONF": "expandable_segments:True"}),
        ("linux", "2.8.0", {}, {"PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"}),
        ("linux", "2.13.0", {"PYTORCH_CUDA_ALLOC_CONF": "max_split_size_mb:64"}, {}),
        ("darwin", "2.13.0", {}, {}),
    ],
    ids=["new", "before 2.9", "configured by the user", "not on Linux"],
)
def test_the_allocator_expands_its_segments(monkeypatch, platform, version, configured, added):
    for name in ALLOCATOR_VARIABLES:
        monkeypatch.setenv(name, "")  # so that the end of the test removes what is set
        monkeypatch.delenv(name)
    for name, value in configured.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(torch, "__version__", TorchVersion(version))

    prepare_gpu(torch.device("cuda"))

    found = {name: os.environ[name] for name in ALLOCATOR_VARIABLES if name in os.environ}
    assert found == configured | added


def test_on_windows_a_process_is_held_to_the_memory_that_is_free(monkeypatch):
    held = []
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (6, 8))
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", lambda *of: held.append(of))

    prepare_gpu(torch.device("cuda:1"))

    assert held == [(0.75, torch.device("cuda:1"))]


def test_versions_of_cudnn_are_written_as_nvidia_does():
    assert [cudnn_name(v) for v in (8907, 91002, 91900)] == ["8.9.7", "9.10.2", "9.19.0"]
