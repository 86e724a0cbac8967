"""The machine that numbers were measured on."""

import platform
from pathlib import Path
from typing import Any

import torch

from ccsd_core.inference.hardware import fast_bf16, usable_cores


def machine(device: torch.device) -> dict[str, Any]:
    """What a number means nothing without."""
    return {
        "cpu": _cpu_name(),
        "cores": usable_cores(),
        "threads": torch.get_num_threads(),
        "bf16": fast_bf16(device),
        "torch": torch.__version__,
        "os": platform.platform(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
