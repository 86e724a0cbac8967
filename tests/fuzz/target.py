"""One kind of input that is fuzzed: how it is drawn, and what reads it.

An outcome is an answer or a `CcsdError`. Anything else, a warning too, is a finding.
"""

import shutil
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ccsd_core.errors import CcsdError


@dataclass(frozen=True, eq=False)
class Target:
    """A reader and its inputs.

    Args:
        name: What is read.
        inputs: How inputs are drawn.
        read: Writes the input below an empty folder, and reads it.
        share: How many inputs it gets, compared with the others; slow ones get fewer.
    """

    name: str
    inputs: st.SearchStrategy[Any]
    read: Callable[[Any, Path], object]
    share: float = 1.0


def outcome(target: Target, drawn: object, folder: Path) -> str:
    """Read one input in a folder that is empty before.

    Returns:
        `read`, or the name of our error.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            target.read(drawn, folder)
        except CcsdError as error:
            message = error
        else:
            return "read"
    assert str(message).strip(), f"{type(message).__name__} says nothing"
    return type(message).__name__


def all_of(*readers: Callable[[], object]) -> None:
    """Call every reader; where none could read, the first one's error is raised."""
    messages: list[CcsdError] = []
    for reader in readers:
        try:
            reader()
        except CcsdError as error:
            messages.append(error)
    if messages and len(messages) == len(readers):
        raise messages[0]
