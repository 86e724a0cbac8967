"""The error messages under the toolbar, shown until the user dismisses them.

messages, one per line                          [Assign files…] [Dismiss]
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.common.sentence import message


class ProblemBar(QFrame):
    """Shown while there is an error message.

    Args:
        problem: The messages, one per line; "" if there is none.
        fix_text: Usual text of the button that `offer_fix` shows.
        dismiss: Clears the messages.
        parent: Qt parent.
    """

    def __init__(
        self,
        problem: DerivedValue[str],
        *,
        fix_text: str,
        dismiss: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("problem_bar")
        self._text = label(role="banner", name="problem", wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fix_text = fix_text
        self._fix_button = push_button(fix_text, "problem_fix", self._on_fix)
        self._fix: Callable[[], None] | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._fix_button)
        layout.addWidget(push_button("Dismiss", "dismiss", dismiss))
        self._problem = problem
        problem.changed.connect(self._show)
        self._show(problem.value)

    def offer_fix(self, fix: Callable[[], None], *, text: str = "") -> None:
        """Show the button that calls `fix`, until the message is dismissed.

        Args:
            fix: Called when the button is clicked.
            text: Its text; "" is the usual text.
        """
        if self._problem.value:
            self._fix = fix
            self._fix_button.setText(text or self._fix_text)
            self._fix_button.show()

    def _on_fix(self) -> None:
        if self._fix is not None:
            self._fix()

    def _show(self, problem: str) -> None:
        if not problem:
            self._fix = None
        self._fix_button.setVisible(self._fix is not None)
        problem = message(problem)
        self._text.setText(problem)
        self._text.setAccessibleName(problem)
        self.setVisible(bool(problem))
