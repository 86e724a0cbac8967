"""A flat button with a menu, and the parts of menus: choices, entries and submenus."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

Choice = TypeVar("Choice")


class Choices(Generic[Choice]):
    """Entries of a menu of which one is ticked.

    Args:
        menu: The menu that they are added to.
        entries: Each choice with its text and its tooltip.
        chosen: Called with the choice of the user.
    """

    def __init__(
        self,
        menu: QMenu,
        entries: Sequence[tuple[Choice, str, str]],
        chosen: Callable[[Choice], None],
    ) -> None:
        menu.setToolTipsVisible(True)
        self._group = QActionGroup(menu)
        self._actions: list[tuple[Choice, QAction]] = []
        for choice, text, hint in entries:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setToolTip(hint)
            action.triggered.connect(lambda *_, choice=choice: chosen(choice))
            self._group.addAction(action)
            menu.addAction(action)
            self._actions.append((choice, action))

    def show(self, current: Choice | None) -> str:
        """Tick one choice, or none; returns its text."""
        text = ""
        for choice, action in self._actions:
            action.setChecked(choice == current)
            if choice == current:
                text = action.text()
        return text


class MenuButton(QToolButton):
    """Opens its menu at a click, a Return or a Space."""

    def __init__(self, text: str, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setToolTip(hint)
        self.setAccessibleName(hint)
        self.setText(text)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choices_menu = QMenu(self)
        self.setMenu(self.choices_menu)


def add_entry(menu: QMenu, text: str, name: str, act: Callable[[], None]) -> QAction:
    """Add an entry that calls `act`."""
    action = QAction(text, menu)
    action.setObjectName(name)
    action.triggered.connect(lambda *_: act())
    menu.addAction(action)
    return action


def add_submenu(menu: QMenu, text: str, name: str) -> QMenu:
    """Add a submenu whose entries show tooltips."""
    submenu = QMenu(text, menu)
    submenu.setObjectName(name)
    submenu.setToolTipsVisible(True)
    menu.addMenu(submenu)
    return submenu
