"""Root without its privilege to ignore the permissions of files, so that tests of them run as root.

Source: capabilities(7) and capset(2) of Linux; constants of linux/capability.h.
"""

import ctypes
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

VERSION_3 = 0x20080522
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable"))


@contextmanager
def unprivileged() -> Generator[None, None, None]:
    """Within it, this thread may only do to files what their permissions state.

    The privilege stays permitted, so that it can be taken again afterwards. Only Linux can do
    this; on other systems the test is skipped for root, and on Windows.
    """
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions of files are different here")
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("nothing is forbidden to root")
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = _Header(VERSION_3, 0), (_Sets * 2)()
    _called(libc.capget(ctypes.byref(header), sets))
    before = sets[0].effective
    sets[0].effective = before & ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    _called(libc.capset(ctypes.byref(header), sets))
    try:
        yield
    finally:
        sets[0].effective = before
        _called(libc.capset(ctypes.byref(header), sets))


def _called(status: int) -> None:
    if status != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
