"""Composition root: the one place where the window is built from its parts.

Everything heavy is imported when it is asked for, so that the command line starts at once and
an installation without Qt says what is missing instead of a traceback.
"""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ccsd_core.errors import MissingLibraryError

WINDOW_LIBRARIES = ("PySide6", "vtk", "pyvista", "pyvistaqt", "pyqtgraph", "qtawesome", "psygnal")


def open_window(case_path: Path | None, *, model: str | None, device: str) -> int:
    """Show the window and stay until it is closed.

    Args:
        case_path: The case to open; None opens the bundled demo.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …

    Returns:
        The exit code of the program.

    Raises:
        MissingLibraryError: If the window's libraries are not installed.
    """
    _require_window_libraries()
    from ccsd_app.qt.application import run_window

    return run_window(case_path, model=model, device=device)


def save_snapshot(case_path: Path | None, out: Path, *, model: str | None, device: str) -> int:
    """Write a picture of the whole window, after full-set inference, without a display.

    Args:
        case_path: The case to open; None opens the bundled demo.
        out: The PNG to write.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …

    Returns:
        The exit code of the program.

    Raises:
        MissingLibraryError: If the window's libraries are not installed.
    """
    _require_window_libraries()
    from ccsd_app.qt.application import snapshot

    return snapshot(case_path, out, model=model, device=device)


def _require_window_libraries(
    installed: Callable[[str], object | None] = find_spec,
) -> None:
    absent = [name for name in WINDOW_LIBRARIES if installed(name) is None]
    if absent:
        raise MissingLibraryError(
            f"the window needs {', '.join(absent)}: install with  pip install 'ccsd[app]'"
        )
