"""Synthetic patients with exact labels: a head is deformed, a tumour grown, four sequences drawn.

The functions are imported on first use: some files here (`noise`) need no torch, and neither do the
modules that import them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccsd_core.data.synthetic.patient import draw_patient
    from ccsd_core.data.synthetic.writer import write_cases

__all__ = ["draw_patient", "write_cases"]
_HOMES = {"draw_patient": "patient", "write_cases": "writer"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
