"""Composition root: the one place where the window is built from its parts.

Heavy modules are imported only where they are needed, so that the command line starts at once and
an installation without Qt says what is missing instead of failing with a traceback.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from ccsd_app.qt.startup.wayland_display import wayland_answers
from ccsd_app.qt.startup.x_display import x_answers
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError, FailedError, MissingLibraryError

WINDOW_LIBRARIES = ("PySide6", "vtk", "pyvista", "pyvistaqt", "pyqtgraph", "qtawesome", "psygnal")


def open_window(case_path: Path | None, *, model: str | None, device: str) -> int:
    """Show the window and return when it is closed.

    Args:
        case_path: The case to open; None opens the bundled demo.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …

    Returns:
        The exit code of the program.

    Raises:
        CaseError: If there is nothing at the path, or it is a folder of several cases.
        MissingLibraryError: If the window's libraries are not installed.
        FailedError: If there is no display.
    """
    _require_window_libraries()
    if case_path is not None and not case_path.name.lower().endswith(".ccsd-session.json"):
        _require_case(case_path)
    _require_display()
    from ccsd_app.qt.startup.application import run_window

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
    from ccsd_app.qt.startup.off_screen import snapshot

    return snapshot(case_path, out, model=model, device=device)


def save_reports(
    cases: Sequence[Path],
    out: Path,
    *,
    subset: ModalitySubset | None,
    paper: str,
    model_card: str,
    model: str | None,
    device: str,
) -> list[tuple[Path, CcsdError]]:
    """Write one PDF with the reports of cases, without a display: see `write_reports`.

    Raises:
        MissingLibraryError: If the window's libraries are not installed.
        CcsdError: If no case can be used, or the file cannot be written.
    """
    _require_window_libraries()
    from ccsd_app.qt.startup.off_screen import write_reports

    return write_reports(
        cases,
        out,
        subset=subset,
        paper=paper,
        model_card=model_card,
        model=model,
        device=device,
    )


def _require_window_libraries(
    installed: Callable[[str], object | None] = find_spec,
) -> None:
    missing = [name for name in WINDOW_LIBRARIES if installed(name) is None]
    if missing:
        raise MissingLibraryError(
            f"the window needs {', '.join(missing)}: install with  pip install 'ccsd[app]'"
        )


def _require_case(path: Path) -> None:
    """Check the path before the window opens, so that a mistyped one is an error at once."""
    from ccsd_core.storage.cases.case_search import refuse_several
    from ccsd_core.storage.cases.inventory import inventory

    refuse_several(inventory(path))


def _require_display(
    environment: Mapping[str, str] = os.environ,
    *,
    platform: str = sys.platform,
    x_answers: Callable[[str], bool | None] = x_answers,
    wayland_answers: Callable[[str], bool] = wayland_answers,
) -> None:
    """Check for a display before Qt starts, because Qt ends the process if it finds none."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if platform.startswith("linux") and not any(environment.get(name) for name in names):
        raise FailedError(
            "no display for the window: write its picture to a file with "
            "ccsd-app view --snapshot OUT.png"
        )
    display = environment.get("DISPLAY", "")
    socket = environment.get("WAYLAND_DISPLAY", "")
    qt_platform = environment.get("QT_QPA_PLATFORM", "")
    use_wayland = qt_platform.startswith("wayland") or (not qt_platform and socket)
    if platform.startswith("linux") and use_wayland and socket and not wayland_answers(socket):
        if qt_platform or not display:
            raise FailedError(
                f"the Wayland display {socket} does not answer: correct $WAYLAND_DISPLAY, or write "
                "a picture to a file with ccsd-app view --snapshot OUT.png"
            )
        os.environ.pop("WAYLAND_DISPLAY", None)  # Qt would end the process; X may answer
        environment = {**environment, "WAYLAND_DISPLAY": ""}
    wayland = environment.get("WAYLAND_DISPLAY")
    use_x = not wayland and qt_platform in ("", "xcb")
    if platform.startswith("linux") and display and use_x and x_answers(display) is False:
        raise FailedError(
            f"the display {display} does not answer: correct $DISPLAY, or write a picture to a "
            "file with ccsd-app view --snapshot OUT.png"
        )
