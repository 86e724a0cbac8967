"""Simulated artefacts of one sequence, by scanner or patient, in five severities each.

`Corruption` is the value, read from `noise:3@T1c`; `corrupted` applies it to a case. The functions
are imported on first use, so that names and units are available without numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ccsd_core.data.corruption.kinds import KINDS, SEVERITIES, Corruption

if TYPE_CHECKING:
    from ccsd_core.data.corruption.apply import corrupted

__all__ = ["KINDS", "SEVERITIES", "Corruption", "corrupted"]


def __getattr__(name: str) -> object:
    if name == "corrupted":
        return import_module(f"{__name__}.apply").corrupted
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
