"""Which device and arithmetic to use when nobody says."""

import os

import torch

from ccsd_core.errors import BadInputError
from ccsd_core.inference.hardware.bf16 import bf16_is_faster


def choose_device(device: str) -> torch.device:
    """`auto` is CUDA where there is one, else the CPU.

    Raises:
        BadInputError: If there is no such device here.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    usable = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if device not in usable:
        raise BadInputError(f"no device {device!r} here: use auto or one of {', '.join(usable)}")
    return torch.device(device)


def fast_bf16(device: torch.device) -> bool:
    """Whether bf16 is the faster arithmetic.

    On a CUDA card if it computes it in hardware; on a CPU if it says it does (avx512_bf16 or
    AMX) and a measurement agrees, which is made once and remembered.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "cpu":
        return _has_bf16() and bf16_is_faster()
    return False


def _has_bf16() -> bool:
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)
