"""A raised push button with text, for decisions of the user in messages and popups."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton


def push_button(
    text: str, name: str, clicked: Callable[[], None], *, hint: str = ""
) -> QPushButton:
    """A push button with a text.

    Args:
        text: Its text.
        name: Object name.
        clicked: Called when it is clicked.
        hint: Tool tip.
    """
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(hint)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda *_: clicked())
    return button
