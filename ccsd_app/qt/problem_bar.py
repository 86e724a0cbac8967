"""The line under the toolbar that says what went wrong, until it is dismissed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from ccsd_app.qt.labels import label
from ccsd_app.viewmodel.projection import Projection


class ProblemBar(QFrame):
    """Shown while there is a problem to read."""

    def __init__(
        self,
        problem: Projection[str],
        *,
        dismiss: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("problem_bar")
        self._text = label(role="banner", name="problem", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = QPushButton("Dismiss")
        button.setObjectName("dismiss")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda *_: dismiss())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(button)
        self._problem = problem
        problem.changed.connect(self._show)
        self._show(problem.value)

    def _show(self, problem: str) -> None:
        self._text.setText(problem)
        self._text.setAccessibleName(problem)
        self.setVisible(bool(problem))
