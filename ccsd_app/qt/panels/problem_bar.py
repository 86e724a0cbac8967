"""The line under the toolbar that says what went wrong, until it is dismissed.

what went wrong, line by line                       [a way out] [Dismiss]
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.projection import Projection
from ccsd_app.viewmodel.common.sentence import message


class ProblemBar(QFrame):
    """Shown while there is a problem to read.

    Args:
        problem: What went wrong; empty where nothing did.
        way_out: Words of the way out that may be offered.
        dismiss: Does away with the problem.
        parent: Qt parent.
    """

    def __init__(
        self,
        problem: Projection[str],
        *,
        way_out: str,
        dismiss: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("problem_bar")
        self._text = label(role="banner", name="problem", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._way_out = push_button(way_out, "way_out", self._take_way_out)
        self._take: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._way_out)
        layout.addWidget(push_button("Dismiss", "dismiss", dismiss))
        self._problem = problem
        problem.changed.connect(self._show)
        self._show(problem.value)

    def offer(self, take: Callable[[], None]) -> None:
        """Offer a way out of the problem that is shown, for as long as it is."""
        if self._problem.value:
            self._take = take
            self._way_out.show()

    def _take_way_out(self) -> None:
        if self._take is not None:
            self._take()

    def _show(self, problem: str) -> None:
        if not problem:
            self._take = None
        self._way_out.setVisible(self._take is not None)
        problem = message(problem)
        self._text.setText(problem)
        self._text.setAccessibleName(problem)
        self.setVisible(bool(problem))
