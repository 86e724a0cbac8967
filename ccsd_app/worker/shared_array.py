"""Handing an array from one process to another without pickling it.

    sender    share_array(array) ──▶ SharedArray ── pipe ──▶ fetch_array(shared) ──▶ array
                 │                                               │
                 └── shared memory, or a temporary file if it is too small ───┘  removed

A container often has only 64 MB of shared memory, and writing past its end kills the process
(SIGBUS) instead of raising, so free space is checked before. On Windows a block of shared
memory lives no longer than its last handle, so a file is used there.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHARED_FOLDER = Path("/dev/shm")
SPARE_BYTES = 8 << 20
"""Memory left free for other programs."""


@dataclass(frozen=True, slots=True)
class SharedArray:
    """Where an array is stored until the other process fetches it.

    Args:
        shape: Its shape; the values are uint8.
        memory: Name of a block of shared memory, or "".
        file: Path of a temporary file, or "".
    """

    shape: tuple[int, ...]
    memory: str = ""
    file: str = ""


def share_array(array: NDArray[np.uint8]) -> SharedArray:
    """Put a uint8 array where another process can fetch it.

    Raises:
        OSError: If neither shared memory nor the temporary folder has room.
    """
    shape = array.shape
    if array.size == 0:
        return SharedArray(shape)
    if _memory_has_room(array.nbytes):
        try:
            memory = SharedMemory(create=True, size=array.nbytes)
        except OSError:
            return _write_file(array, shape)
        np.ndarray(shape, np.uint8, memory.buf)[:] = array
        memory.close()
        return SharedArray(shape, memory=memory.name)
    return _write_file(array, shape)


def fetch_array(shared: SharedArray) -> NDArray[np.uint8]:
    """Fetch the array and remove its shared memory or file. It can be fetched once.

    Raises:
        OSError: If it is gone.
    """
    if shared.memory:
        memory = SharedMemory(shared.memory)
        try:
            return np.ndarray(shared.shape, np.uint8, memory.buf).copy()
        finally:
            memory.close()
            memory.unlink()
    if shared.file:
        path = Path(shared.file)
        try:
            return np.frombuffer(path.read_bytes(), np.uint8).reshape(shared.shape).copy()
        finally:
            path.unlink(missing_ok=True)
    return np.zeros(shared.shape, np.uint8)


def _memory_has_room(size_bytes: int) -> bool:
    if os.name == "nt":
        return False
    if not SHARED_FOLDER.is_dir():  # macOS has no such file system: creating the block raises
        return True
    return shutil.disk_usage(SHARED_FOLDER).free >= size_bytes + SPARE_BYTES


def _write_file(array: NDArray[np.uint8], shape: tuple[int, ...]) -> SharedArray:
    with tempfile.NamedTemporaryFile(prefix="ccsd-labels-", delete=False) as file:
        file.write(np.ascontiguousarray(array).tobytes())
    return SharedArray(shape, file=file.name)


def share_arrays(value: Any) -> Any:
    """A dataclass instance with each uint8 array among its fields shared; any other value as is.

    Raises:
        OSError: If neither shared memory nor the temporary folder has room.
    """
    return _with_fields(value, np.ndarray, share_array)


def fetch_arrays(value: Any) -> Any:
    """The value that was given to `share_arrays`. It can be fetched once.

    Raises:
        OSError: If it is gone.
    """
    return _with_fields(value, SharedArray, fetch_array)


def _with_fields(value: Any, kind: type, change: Callable[[Any], object]) -> Any:
    if not is_dataclass(value) or isinstance(value, type):
        return value
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    changed = {name: change(item) for name, item in found.items() if isinstance(item, kind)}
    return replace(value, **changed) if changed else value
