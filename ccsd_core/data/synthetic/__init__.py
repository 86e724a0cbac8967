"""Synthetic patients with exact labels: deformed heads, grown tumours, simulated sequences.

The functions are imported on first use, because some modules here (`noise`) and their users do not
need torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccsd_core.data.synthetic.patient import draw_patient
    from ccsd_core.data.synthetic.writer import write_cases

__all__ = ["draw_patient", "write_cases"]
_MODULES = {"draw_patient": "patient", "write_cases": "writer"}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
