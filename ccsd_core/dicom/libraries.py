"""pydicom and dcm2niix, imported when they are needed; errors state how to install them."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from ccsd_core.errors import MissingLibraryError

INSTALL = "pip install 'ccsd[scanner]'"


def pydicom() -> ModuleType:
    """The library that reads headers, configured to accept files that break the standard.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    module = _library("pydicom")
    config = import_module("pydicom.config")
    # Such values are common and need no warning.
    config.settings.reading_validation_mode = config.IGNORE
    return module


def dcm2niix() -> Path:
    """The program that converts a series.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    return Path(_library("dcm2niix").bin_path)


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingLibraryError(f"reading DICOM needs {name}: {INSTALL}") from error
