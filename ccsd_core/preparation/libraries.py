"""SimpleITK and deepbet, imported when they are needed; errors state how to install them."""

import warnings
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ccsd_core.errors import MissingLibraryError

INSTALL = "pip install 'ccsd[scanner]'"
USED = ("SimpleITK", "deepbet", "dcm2niix", "torch", "numpy")
"""Names of the packages that a preparation depends on."""


def simple_itk() -> Any:
    """The library for registration, resampling and bias field correction.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    return _library("SimpleITK", "registering images")


def deepbet() -> Any:
    """The library for brain extraction; it contains its weights.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit warns about its file format
        return _library("deepbet", "finding the brain in a head")


def versions() -> dict[str, str]:
    """The version of each installed library."""
    found: dict[str, str] = {}
    for name in USED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _library(name: str, what: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingLibraryError(f"{what} needs {name}: {INSTALL}") from error
