"""The default device and precision."""

import os

import torch

from ccsd_core.errors import BadInputError
from ccsd_core.inference.hardware.bf16 import bf16_is_faster
from ccsd_core.inference.hardware.gpus import has_bf16, missing_kernels


def choose_device(device: str) -> torch.device:
    """The device of a name; `auto` is the first GPU that this torch supports, otherwise the CPU.

    Raises:
        BadInputError: If the device does not exist or cannot be used.
    """
    if device == "mps":
        raise BadInputError(
            "device 'mps' (Apple's GPU) is not supported: torch lacks parts of 3-D convolution "
            "there, and results have not been compared with the CPU's: use auto or cpu"
        )
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    known = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if device == "auto":
        # "cuda" stands for cuda:0
        able = (name for name in known[1:] if not missing_kernels(torch.device(name)))
        return torch.device(next(able, "cpu"))
    if device not in known:
        raise BadInputError(f"unknown device {device!r}: use auto or one of {', '.join(known)}")
    chosen = torch.device(device)
    reason = missing_kernels(chosen) if chosen.type == "cuda" else ""
    if reason:
        raise BadInputError(
            f"device {device!r} cannot be used: {reason}; install a torch build that has them "
            "(https://pytorch.org/get-started/locally/), or use cpu"
        )
    return chosen


def fast_bf16(device: torch.device) -> bool:
    """Whether bf16 is faster than fp32.

    On a GPU: whether it computes bf16 in hardware. On a CPU: whether it has the instructions
    (avx512_bf16 or AMX) and a measurement, made once and cached, confirms it.
    """
    if device.type == "cuda":
        return has_bf16(device)
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
