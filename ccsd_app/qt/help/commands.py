"""Every command of the window as a list: those of its menus, buttons and check boxes.

window ──▶ commands_of ──▶ Command, Command, … ──▶ matching("compare t1c")
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMenu, QPushButton, QToolButton, QWidget

MENU_ARROW = " › "


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the window, as the list of commands shows it.

    Args:
        title: Its name.
        hint: What it does, and its key; this is also searched.
        run: Runs it.
        enabled: Whether it can be run now.
    """

    title: str
    hint: str
    run: Callable[[], None]
    enabled: bool = True

    @property
    def words(self) -> str:
        """The text that is searched."""
        return f"{self.title} {self.hint}".lower()


def commands_of(window: QWidget) -> list[Command]:
    """The commands of a window's menus and of its visible buttons, without repetitions."""
    found: dict[str, Command] = {}
    for button in window.findChildren(QAbstractButton):
        if not isinstance(button, QToolButton | QPushButton | QCheckBox):
            continue
        menu = button.menu() if isinstance(button, QToolButton | QPushButton) else None
        if menu is not None and button.isEnabled():
            for command in _of_menu(menu, _name(button)):
                found.setdefault(command.title, command)
        elif menu is None and button.isVisible() and _name(button):
            command = _of_button(button)
            found.setdefault(command.title, command)
    return list(found.values())


def matching(commands: Iterable[Command], text: str) -> list[Command]:
    """The commands that contain every word of a text; those that begin with it come first.

    The shorter title comes first, so that `flair + t1` is not `FLAIR + T1 + T1c`.
    """
    words = text.lower().split()
    found = [c for c in commands if all(word in c.words for word in words)]
    phrase = " ".join(words)
    return sorted(found, key=lambda c: (not c.enabled, _rank(c, phrase), len(c.title), c.title))


def _rank(command: Command, phrase: str) -> int:
    """0 if the title begins with the phrase, 1 if it contains it, else 2."""
    title = command.title.lower()
    return 0 if title.startswith(phrase) else 1 if phrase in title else 2


def _of_menu(menu: QMenu, where: str) -> list[Command]:
    menu.aboutToShow.emit()  # updates its entries
    found: list[Command] = []
    for action in menu.actions():
        submenu = action.menu()
        text = _plain(action.text())
        if isinstance(submenu, QMenu):
            found.extend(_of_menu(submenu, f"{where}{MENU_ARROW}{text}"))
        elif text and not action.isSeparator():
            found.append(_of_action(action, where))
    return found


def _of_action(action: QAction, where: str) -> Command:
    tip = action.toolTip() if action.toolTip() != _plain(action.text()) else ""
    title = f"{where}{MENU_ARROW}{_plain(action.text())}"
    key = action.text().partition("\t")[2]
    hint = ", ".join(part for part in (tip, key) if part)
    return Command(title, hint, action.trigger, action.isEnabled())


def _of_button(button: QAbstractButton) -> Command:
    """The command of a button: its tooltip, which says what it does, else its name."""
    name, tip = _name(button), button.toolTip().partition("\n")[0]
    return Command(tip or name, name if tip else "", button.click, button.isEnabled())


def _name(button: QAbstractButton) -> str:
    return _plain(button.text()) or button.accessibleName()


def _plain(text: str) -> str:
    return text.partition("\t")[0].replace("&&", "\0").replace("&", "").replace("\0", "&").strip()
