"""Errors after which the inference process cannot go on, so that another one takes its place."""

from ccsd_core.errors import first_line
from ccsd_core.inference.hardware.failures import is_device_lost, is_out_of_memory


def fatal_reason(error: Exception) -> str | None:
    """Why this process has to be replaced after an error; None if it can go on."""
    if is_out_of_memory(error):
        return "the inference process ran out of memory"
    if is_device_lost(error):
        return f"the inference process lost the GPU ({first_line(error)})"
    return None
