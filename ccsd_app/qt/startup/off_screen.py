"""The window, drawn off-screen until every subset is computed, to write files without a display.

case ──▶ window, off-screen ── all 15 subsets ──▶ picture | report
"""

import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from ccsd_app.export.report import report
from ccsd_app.export.staging import staged
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.report_exports import cover, report_pictures
from ccsd_app.qt.exporting.report_pdf import PageWriter, write_report
from ccsd_app.qt.startup.application import Parts, assemble, make_application
from ccsd_app.session.preparation import Stage
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, CcsdError, CheckpointError, FailedError
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_place import case_place
from ccsd_core.storage.demo import demo_case

WINDOW_SIZE = (1600, 1000)
TIMEOUT_S = 1800.0
"""The longest time to wait for results."""
SETTLE_MS = 150
"""Interval of the checks whether all results are drawn, in milliseconds."""


def snapshot(
    case_path: Path | None,
    out: Path,
    *,
    model: str | None,
    device: str,
    size: tuple[int, int] = WINDOW_SIZE,
) -> int:
    """Write a picture of the whole window once every subset of the case is computed.

    Args:
        case_path: The case to open; None opens the bundled demo.
        out: The PNG to write.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …
        size: Width and height of the window.

    Returns:
        0: failures are raised.

    Raises:
        BadInputError: If the case or the model cannot be used.
        FailedError: If the picture could not be made.
    """
    with complete_window(case_path, model=model, device=device, size=size) as parts:
        out.parent.mkdir(parents=True, exist_ok=True)
        picture = parts.window.grab().toImage()
        for name, value in Stamp.of(parts.session.state).fields.items():
            picture.setText(name, value)
        if not picture.save(str(out)):
            raise FailedError(f"{out} could not be written: choose another place")
    return 0


def write_reports(
    cases: Sequence[Path],
    out: Path,
    *,
    subset: ModalitySubset | None,
    paper: str,
    model_card: str,
    model: str | None,
    device: str,
) -> list[tuple[Path, CcsdError]]:
    """Write one PDF with the reports of cases; for several, a table of all comes first.

    Args:
        cases: The cases; those that cannot be used are omitted.
        out: The PDF to write.
        subset: The subset to show next to all sequences; None chooses one.
        paper: `a4` or `letter`.
        model_card: A short description of the model.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …

    Returns:
        The omitted cases, and why.

    Raises:
        CcsdError: If no case can be used, or the file cannot be written.
    """
    found = []
    failed: list[tuple[Path, CcsdError]] = []
    for path in cases:
        try:
            with complete_window(
                path, model=model, device=device, size=WINDOW_SIZE, subset=subset
            ) as parts:
                state = parts.session.state
                if subset is not None:
                    state = state.using(subset)
                found.append((report(state), report_pictures(state, parts.window.views)))
        except CcsdError as error:
            if len(cases) == 1:
                raise
            failed.append((path, error))
    if not found:
        raise FailedError("no case could be used: see the messages above")
    with staged(out.parent) as staging:
        title = f"CCSD report: {found[0][0].case if len(found) == 1 else f'{len(found)} cases'}"
        writer = PageWriter(staging.path(out.name), paper=paper, title=title)
        if len(found) > 1:
            cover(writer, [one for one, _ in found])
        for index, (one, pictures) in enumerate(found):
            if index or len(found) > 1:
                writer.new_page()
            write_report(writer, one, pictures, model_card=model_card)
        writer.end()
        staging.commit()
    return failed


@contextmanager
def complete_window(
    case_path: Path | None,
    *,
    model: str | None,
    device: str,
    size: tuple[int, int],
    subset: ModalitySubset | None = None,
) -> Generator[Parts, None, None]:
    """The window, off-screen, once every subset of the case is computed.

    Args:
        case_path: The case to open; None opens the bundled demo.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …
        size: Width and height of the window.
        subset: Sequences that the case must have; None for any.

    Raises:
        BadInputError: If the case or the model cannot be used.
        FailedError: If results could not be computed.
    """
    case_path = demo_case() if case_path is None else case_path
    case_path = drain(case_place(case_path))
    case = load_case(case_path, labels_needed=False)
    if subset is not None and not subset.issubset(case.available):
        raise BadInputError(
            f"{case.id} has {case.available.label}: --use can only name sequences that the case has"
        )
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_on_qt_message)
    application = make_application()
    parts = assemble(read_case=lambda path, files: case)
    parts.window.resize(*size)
    parts.window.show()
    parts.window.begin(case_path, model=model, device=device)
    try:
        problem = _wait(application, parts)
        if parts.session.state.model_problem:
            raise CheckpointError(problem)
        if problem:
            raise FailedError(problem)
        yield parts
    finally:
        parts.window.close()


def _wait(application: QApplication, parts: Parts) -> str:
    """Run until everything is computed and drawn; returns the problem, "" if there is none."""
    deadline = time.monotonic() + TIMEOUT_S
    problem = ""

    def check() -> None:
        nonlocal problem
        state = parts.session.state
        if state.stage is Stage.FAILED:
            sys.stderr.write(f"{state.problem}\nThe case is shown as it was scanned.\n")
            parts.engine.prepare(None)
        elif state.stopped:
            problem = state.problem or "the computation stopped"
            application.exit(1)
        elif time.monotonic() > deadline:
            problem = f"the results were not ready after {TIMEOUT_S:.0f} s"
            application.exit(1)
        elif state.complete and parts.window.up_to_date:
            application.exit(0)

    timer = QTimer()
    timer.timeout.connect(check)
    timer.start(SETTLE_MS)
    application.exec()
    timer.stop()
    return problem


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Print Qt's messages, except one that the off-screen platform repeats for every window."""
    if "propagateSizeHints" not in message:
        sys.stderr.write(f"{message}\n")
