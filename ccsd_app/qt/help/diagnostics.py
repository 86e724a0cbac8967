"""A dialog with the log and a diagnostic report, which the user can read before sharing them."""

import platform
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.help.event_log import EventLog
from ccsd_app.qt.help.installed import versions_text
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.session.state import State
from ccsd_app.settings import Settings
from ccsd_core.errors import CcsdError
from ccsd_core.storage.atomic import write_text

SIZE = (760, 560)
NOTICE = (
    "Nothing is sent anywhere. The report has no images, no results and no names or paths of "
    "cases; read it before you share it."
)
LOG_LINES = 200


def report_text(
    state: State, settings: Settings, log: EventLog, *, view3d: str, screen: str
) -> str:
    """The diagnostic report.

    Args:
        state: The state.
        settings: Preferences; recent cases are omitted.
        log: The log, whose newest lines are included.
        view3d: Text that says whether the 3-D view works.
        screen: Description of the screen.
    """
    case = state.case
    kept = settings.model_dump(mode="json", exclude={"recent_cases", "model"})
    about_case = "none"
    if case is not None:
        spacing = " × ".join(f"{mm:.3g}" for mm in case.grid.spacing_mm)
        about_case = (
            f"{case.available.label}, {' × '.join(map(str, case.grid.shape))} voxels of "
            f"{spacing} mm, expert labels: {'yes' if case.reference is not None else 'no'}, "
            f"preparation: {state.stage.value}, {len(state.results)} results"
        )
    model = state.model
    sections = {
        "Versions": versions_text(),
        "Machine": f"{platform.platform()}\nscreen: {screen}\n3-D: {view3d}",
        "Model": "not loaded"
        if model is None
        else f"{model.name} {model.sha256[:16]} on {model.device}",
        "Case": about_case,
        "Preferences": "\n".join(f"{key}: {value}" for key, value in kept.items()),
        "Messages": state.problem or "none",
        f"Log, newest {LOG_LINES} lines": "\n".join(log.text.splitlines()[-LOG_LINES:]),
    }
    text = "\n\n".join(f"## {title}\n{body}" for title, body in sections.items())
    return log.without_names(f"# CCSD diagnostic report\n\n{text}\n")


class DiagnosticsDialog(QDialog):
    """Two tabs: the report and the log.

    Args:
        report: The text of the report.
        log: The log.
        failed: Called with an error message.
        parent: Qt parent.
    """

    def __init__(
        self,
        report: str,
        log: EventLog,
        *,
        failed: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("diagnostics")
        self.setWindowTitle("Log and diagnostic report")
        self.resize(*SIZE)
        self._failed = failed
        self._tabs = QTabWidget()
        self._tabs.setObjectName("diagnostic_tabs")
        self._tabs.addTab(_text("diagnostic_report", "Diagnostic report", report), "Report")
        self._tabs.addTab(_text("diagnostic_log", "Log", log.text), "Log")
        where = "" if log.path is None else f"The log is kept in {log.path.parent}"
        place = label(where, role="small", wrap=True)
        buttons = QHBoxLayout()
        buttons.addWidget(place, 1)
        buttons.addWidget(push_button("Copy", "diagnostic_copy", self._copy))
        buttons.addWidget(push_button("Save…", "diagnostic_save", self._save))
        layout = QVBoxLayout(self)
        layout.addWidget(label(NOTICE, wrap=True))
        layout.addWidget(self._tabs, 1)
        layout.addLayout(buttons)

    @property
    def _shown(self) -> str:
        page = self._tabs.currentWidget()
        return page.toPlainText() if isinstance(page, QPlainTextEdit) else ""

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._shown)

    def _save(self) -> None:
        suggested = str(Path.home() / "ccsd-report.txt")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save", suggested, "Text (*.txt)")
        if not chosen:
            return
        try:
            write_text(Path(chosen), self._shown)
        except CcsdError as error:
            self._failed(str(error))


def _text(name: str, title: str, text: str) -> QPlainTextEdit:
    shown = QPlainTextEdit(text)
    shown.setObjectName(name)
    shown.setAccessibleName(title)
    shown.setReadOnly(True)
    return shown
