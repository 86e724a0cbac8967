"""Description of the machine that was measured."""

import platform
from typing import Any

import torch

from ccsd_core.inference.hardware.devices import fast_bf16, usable_cores
from ccsd_core.inference.hardware.processor import cpu_name


def machine(device: torch.device) -> dict[str, Any]:
    """Processor, device and versions, without which timings cannot be compared."""
    return {
        "cpu": cpu_name(),
        "cores": usable_cores(),
        "threads": torch.get_num_threads(),
        "bf16": fast_bf16(device),
        "torch": torch.__version__,
        "os": platform.platform(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
    }
