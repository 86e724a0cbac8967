"""The first page of the quiz: which folder, how many cases, and whose answers."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.teaching.quiz.chosen_cases import chosen_cases
from ccsd_app.viewmodel.teaching.quiz.quiz import Setup
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.case_search import find_cases

USUAL_CASES = 5
MOST_SEED = 9999
INITIALS = QRegularExpression("[A-Za-z0-9]{0,8}")
ABOUT = (
    "Each case of a folder is opened, and up to four questions are asked about it: which sequence "
    "was withheld, which region suffers most, which sequence you would acquire next, and, where "
    "there are expert labels, whether you would follow the model: some of its results are wrong. "
    "The right answers are computed from the results of this case."
)
PRIVACY = (
    "The table of results numbers the cases and names no one. Initials are optional, and are saved "
    "only if you save the table."
)


class StartPage(QWidget):
    """Asks for the folder and the setup.

    Args:
        begin: Called with the cases and the setup.
        cancel: Closes the dialog.
        folder: Returns the folder in which the folder dialog starts.
    """

    def __init__(
        self,
        begin: Callable[[list[Path], Setup], None],
        cancel: Callable[[], None],
        folder: Callable[[], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._begin = begin
        self._folder = folder
        self._paths: list[Path] = []
        self._path = QLineEdit()
        self._path.setObjectName("quiz_folder")
        self._path.setAccessibleName("Folder of cases")
        self._path.setPlaceholderText("Folder of cases")
        self._path.editingFinished.connect(self._search)
        self._found = label(role="dim", name="quiz_found", wrap=True)
        self._count = _spin("quiz_count", "Number of cases", 1, 1)
        self._seed = _spin("quiz_seed", "Quiz number", 1, MOST_SEED)
        self._seed.setToolTip("The same folder, model and number give the same questions")
        self._initials = QLineEdit()
        self._initials.setObjectName("quiz_initials")
        self._initials.setAccessibleName("Initials, optional")
        self._initials.setPlaceholderText("optional")
        self._initials.setMaximumWidth(120)
        self._initials.setValidator(QRegularExpressionValidator(INITIALS, self))
        self._start = push_button("Start", "quiz_start", self._on_start)
        choose = push_button("Choose…", "quiz_choose", self._ask)
        cancelling = push_button("Cancel", "quiz_cancel", cancel)
        for button in (self._start, choose, cancelling):
            button.setAutoDefault(False)  # Return in the folder's field counts its cases
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(1, 420)
        left = Qt.AlignmentFlag.AlignLeft
        rows = (("Cases", self._count), ("Quiz number", self._seed), ("Initials", self._initials))
        grid.addWidget(label("Folder"), 0, 0)
        grid.addWidget(self._path, 0, 1)
        grid.addWidget(choose, 0, 2)
        grid.addWidget(self._found, 1, 1)
        for line, (text, widget) in enumerate(rows, 2):
            grid.addWidget(label(text), line, 0)
            grid.addWidget(widget, line, 1, left)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancelling)
        buttons.addWidget(self._start)
        column = QWidget()
        column.setMaximumWidth(680)
        inner = QVBoxLayout(column)
        inner.setSpacing(12)
        inner.addWidget(label("Quiz on a folder of cases", role="title"))
        inner.addWidget(label(ABOUT, role="dim", wrap=True))
        inner.addLayout(grid)
        inner.addWidget(label(PRIVACY, role="small", wrap=True))
        inner.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(column, 4, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        self._show([])

    def search_in(self, folder: Path) -> None:
        """Use a folder, and count its cases."""
        self._path.setText(str(folder))
        self._search()

    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder of cases", str(self._folder()))
        if chosen:
            self.search_in(Path(chosen))

    def _search(self) -> None:
        text = self._path.text().strip()
        if not text:
            self._show([])
            return
        try:
            self._show(find_cases(Path(text)))
        except CcsdError as error:
            self._show([], str(error))

    def _show(self, paths: list[Path], problem: str = "") -> None:
        self._paths = paths
        many = "case" if len(paths) == 1 else "cases"
        self._found.setText(problem or (f"{len(paths)} {many} found" if paths else ""))
        self._count.setMaximum(max(len(paths), 1))
        self._count.setValue(min(len(paths), USUAL_CASES))
        for widget in (self._start, self._count, self._seed):
            widget.setEnabled(bool(paths))

    def _on_start(self) -> None:
        if not self._paths:
            return
        seed = self._seed.value()
        numbers = chosen_cases(len(self._paths), self._count.value(), seed=seed)
        setup = Setup(numbers, seed, self._initials.text())
        self._begin([self._paths[number - 1] for number in numbers], setup)


def _spin(name: str, accessible: str, low: int, high: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setAccessibleName(accessible)
    spin.setRange(low, high)
    return spin
