"""What the doctor says of GPUs: why none is used, what is slow or wrong, whether one works."""

import subprocess
import sys

import pytest
import torch

from ccsd_app.cli import device_checkup
from ccsd_app.cli.device_checkup import convolution, device
from ccsd_app.cli.finding import Status
from ccsd_core.inference.hardware import conv3d_probe


@pytest.fixture
def without_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.usefixtures("without_gpu")
def test_a_machine_without_a_gpu_is_in_order(monkeypatch):
    monkeypatch.setattr(device_checkup, "nvidia_driver", lambda: None)

    assert [finding.status for finding in device()] == [Status.GOOD, Status.GOOD]


@pytest.mark.usefixtures("without_gpu")
@pytest.mark.parametrize(
    ("built", "message"),
    [(None, "torch is a CPU build"), ("12.8", "built for CUDA 12.8 cannot use the NVIDIA driver")],
)
def test_a_driver_that_torch_cannot_use_is_reported_with_advice(monkeypatch, built, message):
    monkeypatch.setattr(device_checkup, "nvidia_driver", lambda: "RTX 4090, 570.1")
    monkeypatch.setattr(torch.version, "cuda", built)

    gpu = device()[-1]

    assert gpu.status is Status.LIMITED
    assert message in gpu.text
    assert "RTX 4090, 570.1" in gpu.text
    assert "pytorch.org" in gpu.advice


@pytest.fixture
def with_gpu(monkeypatch):
    class Properties:
        total_memory = 24 * 2**30

    for name, answer in {
        "is_available": lambda: True,
        "device_count": lambda: 1,
        "get_device_name": lambda device: "Card",
        "get_device_capability": lambda device: (6, 1),
        "get_device_properties": lambda device: Properties,
        "get_arch_list": lambda: ["sm_80"],
    }.items():
        monkeypatch.setattr(torch.cuda, name, answer)


@pytest.mark.usefixtures("with_gpu")
def test_cudnn_its_faults_and_a_gpu_without_kernels_are_reported(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 91002)

    _, cudnn, fault, card = device()

    assert cudnn.text.startswith("9.10.2")
    assert "TF32" in fault.text
    assert card.status is Status.LIMITED
    assert "no kernels for Card (sm_61" in card.text


@pytest.mark.usefixtures("with_gpu")
def test_a_gpu_is_tried(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_61"])
    tried = []
    monkeypatch.setattr(
        device_checkup,
        "convolution",
        lambda where: tried.append(where) or device_checkup._no_gpu(),
    )

    device()

    assert tried == ["cuda:0"]


def test_a_real_convolution_is_tried_in_a_process_of_its_own():
    found = convolution("cpu")

    assert found.status is Status.GOOD, found
    assert found.text.startswith("fp32 (")
    assert "bf16 (" in found.text


@pytest.mark.parametrize(
    ("code", "message"),
    [("import sys; sys.exit('it is wrong by 1')", "wrong by 1"), ("import os; os.abort()", "-6")],
)
def test_one_that_is_wrong_or_crashes_is_a_finding(monkeypatch, code, message):
    run = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda _, **how: run([sys.executable, "-c", code], **how)
    )

    found = convolution("cuda:0")

    assert found.status is Status.LIMITED
    assert message in found.text
    assert "--device cpu" in found.advice


def test_a_wrong_convolution_is_recognised(monkeypatch):
    monkeypatch.setattr(conv3d_probe, "TOLERANCE", {torch.float32: 1e-12})

    with pytest.raises(SystemExit, match="in fp32 is wrong by"):
        conv3d_probe.main("cpu")
