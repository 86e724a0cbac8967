"""Capabilities of a GPU with the installed torch, and known faults of library versions.

    GPU ──▶ compute capability ──▶ kernels in this torch?  bf16 in hardware?  fp16 in hardware?
    torch, cuDNN ──▶ known faults: listed by `ccsd-app doctor`, some avoided here

Each GPU is queried by its device, because several functions of torch refer to the current device
only.
"""

import os
import re
import sys
from dataclasses import dataclass

import torch

BF16 = (8, 0)
"""First compute capability (Ampere) that has bf16 in hardware."""

FP16 = (7, 0)
"""First compute capability (Volta) from which fp16 is faster than fp32 on every GPU."""

WRONG_TF32 = range(91002, 91600)
"""Versions of cuDNN with wrong 3-D convolutions in TF32 for some shapes: 9.10.2 to 9.15."""


ALLOCATOR_VARIABLES = (
    "PYTORCH_ALLOC_CONF",
    "PYTORCH_CUDA_ALLOC_CONF",
    "PYTORCH_HIP_ALLOC_CONF",
)
"""Environment variables of torch's allocator. The first is new in torch 2.9, where the others warn
that they are deprecated."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A version of a library that is slow or computes wrong results.

    Args:
        description: Sentence that names the version and the fault.
        advice: What the user can do; empty if this software works around the fault.
    """

    description: str
    advice: str = ""


def capability(device: torch.device) -> tuple[int, int]:
    """Compute capability (major, minor) of a GPU."""
    return torch.cuda.get_device_capability(device)


def has_bf16(device: torch.device) -> bool:
    """Whether a GPU, which need not be the current one, computes bf16 in hardware."""
    return bool(torch.version.hip) or capability(device) >= BF16


def has_fast_fp16(device: torch.device) -> bool:
    """Whether fp16 is faster than fp32 on a GPU, so that it is worth its smaller range."""
    return bool(torch.version.hip) or capability(device) >= FP16


def missing_kernels(device: torch.device) -> str:
    """Why this torch cannot compute on a GPU; empty if it can.

    A kernel `sm_XY` runs on GPUs of major version X from minor version Y on. `compute_XY` is
    compiled for any later GPU when it is first used.
    """
    if torch.version.hip:
        return ""
    ours = capability(device)
    built = torch.cuda.get_arch_list()
    for name in built:
        match = re.fullmatch(r"(sm|compute)_(\d+)(\d)[a-z]?", name)
        if match is None:
            continue
        made_for = (int(match[2]), int(match[3]))
        if made_for <= ours and (match[1] == "compute" or made_for[0] == ours[0]):
            return ""
    return (
        f"torch {torch.__version__} has no kernels for {torch.cuda.get_device_name(device)} "
        f"(sm_{ours[0]}{ours[1]}; it has {', '.join(built) or 'none'})"
    )


def faults(version: str, cudnn: int | None) -> list[Fault]:
    """Known faults of versions on a GPU.

    Source: pytorch issues 166122 and 166643 (bf16 in torch 2.9).

    Args:
        version: Version of torch.
        cudnn: Version of cuDNN as torch numbers it (91002 is 9.10.2); None without one.
    """
    found = []
    if version.startswith("2.9."):
        found.append(
            Fault(
                f"torch {version}: 3-D convolutions in bf16 are about four times slower and take "
                "three times the memory",
                "install torch 2.10 or newer, or 2.8",
            )
        )
    if cudnn in WRONG_TF32:
        found.append(
            Fault(
                f"cuDNN {cudnn_name(cudnn)}: 3-D convolutions in TF32 can be wrong, so TF32 is off"
            )
        )
    return found


def cudnn_name(version: int | None) -> str:
    """A version of cuDNN as NVIDIA writes it.

    >>> cudnn_name(91002), cudnn_name(8907), cudnn_name(None)
    ('9.10.2', '8.9.7', 'none')
    """
    if version is None:
        return "none"
    major = 10_000 if version >= 90_000 else 1_000
    return f"{version // major}.{version % major // 100}.{version % 100}"


def prepare_gpu(device: torch.device) -> None:
    """Set up this process for a GPU; does nothing for a CPU.

    On Linux torch's allocator uses expandable segments, which avoid fragmentation, unless the user
    configured it. TF32 is switched off if it is wrong. On Windows the driver falls back to main
    memory when a GPU is full, which is many times slower; there the process is limited to the
    memory that is free now, so that running out of memory raises an error that can be handled.

    Call it before GPU memory is allocated, because the allocator reads its settings only once.
    """
    if device.type != "cuda":
        return
    if sys.platform == "linux" and not any(name in os.environ for name in ALLOCATOR_VARIABLES):
        name = ALLOCATOR_VARIABLES[0 if torch.__version__ >= "2.9" else 1]
        os.environ[name] = "expandable_segments:True"
    if torch.backends.cudnn.version() in WRONG_TF32:
        torch.backends.cudnn.allow_tf32 = False
    if sys.platform == "win32":
        free, total = torch.cuda.mem_get_info(device)
        torch.cuda.set_per_process_memory_fraction(free / total, device)
