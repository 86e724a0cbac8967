"""Free memory of a device, and the memory that features take, in bytes."""

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from ccsd_core.model.network import EncodedBatch

UNKNOWN_BYTES = 2 * 2**30
"""Free memory that is assumed if the system does not report it."""


def free_bytes(device: torch.device) -> int:
    """Bytes that could be allocated on a device now, as far as its system reports."""
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        ours = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + ours
    known = [free for free in (_of_system(), _of_container()) if free is not None]
    return min(known, default=UNKNOWN_BYTES)


def features_bytes(encoding: EncodedBatch) -> int:
    """Bytes of the features of all encoded sequences; shared memory is counted once."""
    storages = {}
    for tensor in _tensors(encoding):
        storage = tensor.untyped_storage()
        storages[(storage.device, storage.data_ptr())] = storage.nbytes()
    return sum(storages.values())


def _tensors(encoding: EncodedBatch) -> Iterator[Tensor]:
    for sequence in encoding.sequences:
        if sequence is not None:
            yield from (*sequence.shared, *sequence.specific, *sequence.fused)
            for projected in sequence.projected.values():
                yield from projected


def _of_system() -> int | None:
    """Available memory on Linux; free memory on Windows and other systems."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    if sys.platform == "win32":
        return _of_windows()
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        pass
    try:  # macOS reports the total only
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return None


def _of_windows() -> int | None:
    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load_percent", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            *((f"other_{index}", ctypes.c_ulonglong) for index in range(5)),
        )

    status = Status()
    status.length = ctypes.sizeof(Status)
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 — other systems lack the name
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def _of_container(folder: Path = Path("/sys/fs/cgroup")) -> int | None:
    """Memory left within a control group's limit; None without one. File caches count as free."""
    try:
        limit = int((folder / "memory.max").read_text(encoding="ascii"))
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        cached = sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError):  # no such group, or its limit is "max"
        return None
    return max(0, limit - used + cached)
