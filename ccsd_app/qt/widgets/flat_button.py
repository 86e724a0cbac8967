"""The flat button that all panels use: reached by Tab, with a name for screen readers."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QToolButton

from ccsd_app.qt.widgets.icons import icon, icon_size
from ccsd_app.qt.widgets.text_size import follow_text_size

Choice = TypeVar("Choice")


def flat_button(
    text: str,
    name: str,
    hint: str,
    clicked: Callable[[], None],
    *,
    accessible_text: str = "",
    picture: str = "",
    checkable: bool = False,
) -> QToolButton:
    """A button without a frame, with a text, an icon or both.

    Args:
        text: Its text; may be empty if it has an icon.
        name: Object name.
        hint: Tool tip.
        clicked: Called when it is clicked.
        accessible_text: For screen readers; by default the text, else the hint.
        picture: Purpose of its icon, see `icons`.
        checkable: Whether it can be on.
    """
    button = QToolButton()
    button.setText(text)
    button.setObjectName(name)
    button.setToolTip(hint)
    button.setAccessibleName(accessible_text or text or hint)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if picture:
        button.setIcon(icon(picture))
        follow_text_size(button, lambda: button.setIconSize(icon_size()))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.clicked.connect(lambda *_: clicked())
    return button


def one_of(buttons: Iterable[QAbstractButton], parent: QObject) -> None:
    """Make checkable buttons exclusive: exactly one is always checked."""
    group = QButtonGroup(parent)
    for button in buttons:
        group.addButton(button)


def choice_buttons(
    entries: Iterable[tuple[Choice, str, str, str]],
    chosen: Callable[[Choice], None],
    parent: QObject,
) -> dict[Choice, QToolButton]:
    """A checkable button for each choice, of which one is always on.

    Args:
        entries: Each choice with its text, object name and tool tip.
        chosen: Called with the choice of the user.
        parent: Parent of their button group.
    """
    buttons = {
        choice: flat_button(text, name, hint, partial(chosen, choice), checkable=True)
        for choice, text, name, hint in entries
    }
    one_of(buttons.values(), parent)
    return buttons
