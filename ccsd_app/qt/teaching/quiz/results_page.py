"""The last page of the quiz: points, the table of results, and a button that saves it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.teaching.quiz.quiz import Quiz
from ccsd_app.viewmodel.teaching.quiz.results_table import (
    HEADINGS,
    results_csv,
    results_json,
    results_table,
)
from ccsd_core.errors import ResourceError
from ccsd_core.storage.atomic import write_text

FILTERS = "CSV table (*.csv);;JSON (*.json)"
WIDE_COLUMNS = (2, 3)
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ResultsPage(QWidget):
    """Shows the results and saves them.

    Args:
        close: Closes the dialog.
        model: Returns the name of the model and the start of its hash.
        folder: Returns the folder in which the file dialog starts.
    """

    def __init__(
        self,
        close: Callable[[], None],
        model: Callable[[], str],
        folder: Callable[[], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._folder = folder
        self._quiz: Quiz | None = None
        self._saved = True
        self._points = label(role="title", name="quiz_result", wrap=True)
        self._notes = label(name="quiz_notes", wrap=True)
        self._told = label(role="dim", name="quiz_saved", wrap=True)
        table = self._table = QTableWidget(0, len(HEADINGS))
        table.setObjectName("quiz_table")
        table.setAccessibleName("Results")
        table.setHorizontalHeaderLabels(list(HEADINGS))
        table.verticalHeader().hide()
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setWordWrap(False)  # the whole question is in the tooltip
        table.horizontalHeader().setDefaultAlignment(LEFT)
        self._save = push_button("Save table…", "quiz_save", self._ask)
        self._close = push_button("Close", "quiz_close", close)
        buttons = QHBoxLayout()
        buttons.addWidget(self._told, 1)
        buttons.addWidget(self._save)
        buttons.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._points)
        layout.addWidget(table, 1)
        layout.addWidget(self._notes)
        layout.addLayout(buttons)

    @property
    def saved(self) -> bool:
        """Whether there is nothing that closing would lose."""
        return self._saved

    def show_quiz(self, quiz: Quiz) -> None:
        """Show the results of a quiz."""
        self._quiz = quiz
        self._saved = not quiz.rows
        shown = results_table(quiz)
        self._points.setText(shown.points)
        self._notes.setText("\n".join(shown.notes))
        self._notes.setVisible(bool(shown.notes))
        self._told.setText("")
        self._save.setEnabled(bool(quiz.rows))
        self._table.setRowCount(len(shown.rows))
        for row, cells in enumerate(shown.rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(quiz.rows[row].question)
                self._table.setItem(row, column, item)
        header = self._table.horizontalHeader()
        for column in range(len(HEADINGS)):
            wide = column in WIDE_COLUMNS
            mode = QHeaderView.ResizeMode
            header.setSectionResizeMode(column, mode.Stretch if wide else mode.ResizeToContents)
        self._name_close()

    def save_to(self, path: Path) -> None:
        """Write the table: JSON if the name ends so, else CSV."""
        if self._quiz is None:
            return
        write = results_json if path.suffix.lower() == ".json" else results_csv
        try:
            write_text(path, write(self._quiz, model=self._model()))
        except ResourceError as error:
            self._told.setText(str(error))
            return
        self._saved = True
        self._told.setText(f"Saved as {path.name}")
        self._name_close()

    def _name_close(self) -> None:
        self._close.setText("Close" if self._saved else "Close without saving")

    def _ask(self) -> None:
        learner = f"-{self._quiz.setup.learner}" if self._quiz and self._quiz.setup.learner else ""
        suggested = str(self._folder() / f"quiz{learner}.csv")
        chosen, kind = QFileDialog.getSaveFileName(self, "Save results", suggested, FILTERS)
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() not in (".csv", ".json"):
            path = path.with_name(path.name + (".json" if "json" in kind else ".csv"))
        self.save_to(path)
