"""What `ccsd-app doctor` reports on the CPU and on every GPU."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ccsd_app.cli.finding import Finding, Status

if TYPE_CHECKING:
    import torch

PROBE_SECONDS = 120
PROBE = "ccsd_core.inference.hardware.conv3d_probe"
TORCH_PAGE = "https://pytorch.org/get-started/locally/"


def device() -> list[Finding]:
    """The devices that the model can run on, and whether in half precision."""
    if find_spec("torch") is None:
        return []
    import torch

    from ccsd_core.inference.hardware.devices import usable_cores

    found = [Finding(Status.GOOD, "cpu", f"{usable_cores()} cores, {_half(torch.device('cpu'))}")]
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if count == 0:
        return [*found, _no_gpu()]
    found += _libraries()
    for index in range(count):
        found += _gpu(torch.device("cuda", index))
    return found


def _no_gpu() -> Finding:
    """Why no GPU is used: there is none, or the installed torch does not fit its driver."""
    import torch

    driver = nvidia_driver()
    built = f"torch built for CUDA {torch.version.cuda}" if torch.version.cuda else "CPU build"
    if driver is None:
        return Finding(Status.GOOD, "gpu", f"none available ({built}); the CPU is used")
    if torch.version.cuda is None:
        text = f"not used: there is an NVIDIA driver ({driver}), but torch is a CPU build"
        advice = f"install the torch build for your CUDA version: {TORCH_PAGE}"
    else:
        text = f"not used: {built} cannot use the NVIDIA driver ({driver})"
        advice = f"update the driver, or install a torch built for an older CUDA: {TORCH_PAGE}"
    return Finding(Status.LIMITED, "gpu", text, advice)


def nvidia_driver() -> str | None:
    """The NVIDIA driver as the system reports it; None if there is none."""
    program = shutil.which("nvidia-smi")
    if program is not None:
        query = [program, "--query-gpu=name,driver_version", "--format=csv,noheader"]
        try:
            done = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return "nvidia-smi gives no answer"
        first = (done.stdout.strip().splitlines() or [""])[0]
        return first if done.returncode == 0 and first else "nvidia-smi finds no GPU"
    try:
        lines = Path("/proc/driver/nvidia/version").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return lines[0].partition("NVRM version:")[2].strip() if lines else None


def _libraries() -> list[Finding]:
    """The version of cuDNN, and its known faults."""
    import torch

    from ccsd_core.inference.hardware.gpus import cudnn_name, faults

    cudnn = torch.backends.cudnn.version()
    text = f"{cudnn_name(cudnn)}, CUDA {torch.version.cuda}"
    found = [Finding(Status.GOOD, "cuDNN", text)]
    for fault in faults(torch.__version__, cudnn):
        status = Status.LIMITED if fault.advice else Status.GOOD
        found.append(Finding(status, "known fault", fault.description, fault.advice))
    return found


def _gpu(gpu: "torch.device") -> list[Finding]:
    """One GPU, and whether a convolution works on it."""
    import torch

    from ccsd_core.inference.hardware.gpus import missing_kernels

    memory_gb = torch.cuda.get_device_properties(gpu).total_memory / 2**30
    text = f"{torch.cuda.get_device_name(gpu)}, {memory_gb:.0f} GiB, {_half(gpu)}"
    missing = missing_kernels(gpu)
    if missing:
        advice = f"install a torch build with kernels for this GPU: {TORCH_PAGE}"
        return [Finding(Status.LIMITED, str(gpu), f"{text}; not used: {missing}", advice)]
    return [Finding(Status.GOOD, str(gpu), text), convolution(str(gpu))]


def convolution(where: str) -> Finding:
    """Whether a 3-D convolution works on a device, tried in a separate process."""
    name = f"{where} conv3d"
    command = [sys.executable, "-m", PROBE, where]
    advice = f"update the driver or install another torch ({TORCH_PAGE}); meanwhile --device cpu"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(Status.LIMITED, name, f"no answer within {PROBE_SECONDS} s", advice)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        return Finding(Status.LIMITED, name, f"does not work ({last})", advice)
    return Finding(Status.GOOD, name, done.stdout.strip())


def _half(device: "torch.device") -> str:
    from ccsd_core.inference.hardware.devices import fast_bf16

    return "fast bf16" if fast_bf16(device) else "no fast bf16"
