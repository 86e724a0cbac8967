"""The error of exports that is not about the disk."""

from ccsd_core.errors import FailedError


class ExportError(FailedError):
    """There is nothing to export, or not everything that was requested."""
