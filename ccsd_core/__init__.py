"""The engine: everything that knows the method, and nothing that knows a window.

    >>> import ccsd_core
    >>> ccsd_core.load_model.__name__, ccsd_core.segment.__name__
    ('load_model', 'segment')

The public functions are imported on first use, so that importing a class of the domain does not
take the seconds that torch needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccsd_core.inference.api import load_case, load_model, segment

__all__ = ["load_case", "load_model", "segment"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("ccsd_core.inference.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
