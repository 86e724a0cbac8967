"""Keys of the main window, whichever of its widgets has the focus.

Digits go by the key's position, not by its character: on a French keyboard the key beside the
left edge of the top row is `&`, and with Shift `!` stands where others have 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QSlider,
)

from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_core.domain.modality import Modality

_SCAN_CODES = {
    "xcb": {10: 1, 11: 2, 12: 3, 13: 4, 19: 0},
    "wayland": {10: 1, 11: 2, 12: 3, 13: 4, 19: 0},
    "windows": {2: 1, 3: 2, 4: 3, 5: 4, 11: 0},
}
"""Scan code of the top row's digits 1 to 4 and 0."""
_COCOA_KEYS = {18: 1, 19: 2, 20: 3, 21: 4, 29: 0}
"""macOS has no scan codes; its virtual keys name positions."""

_DIGITS = {
    Qt.Key.Key_0: 0,
    Qt.Key.Key_1: 1,
    Qt.Key.Key_2: 2,
    Qt.Key.Key_3: 3,
    Qt.Key.Key_4: 4,
}
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0, 0),
    Qt.Key.Key_Right: (1, 0, 0),
    Qt.Key.Key_Up: (0, -1, 0),
    Qt.Key.Key_Down: (0, 1, 0),
    Qt.Key.Key_PageUp: (0, 0, 1),
    Qt.Key.Key_PageDown: (0, 0, -1),
}
_BIG_STEP = 5


@dataclass(frozen=True, slots=True)
class Commands:
    """What keys ask for.

    Args:
        toggle: Switch one sequence of the network's input.
        use_all: Give the network everything.
        draw_over: Choose the sequence behind the overlay.
        move: Move the crosshair by columns, rows, slices.
        simple: What plain keys do.
    """

    toggle: Callable[[Modality], None]
    use_all: Callable[[], None]
    draw_over: Callable[[Modality], None]
    move: Callable[[int, int, int], None]
    simple: dict[Qt.Key, Callable[[], None]]
    open_folder: Callable[[], None]


class KeyFilter(QObject):
    """Sees every key press of `window` before its widgets do, and acts on those it knows."""

    def __init__(self, window: QMainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if QApplication.activeModalWidget() or QApplication.activePopupWidget():
            return False  # a dialog's or a menu's keys are its own
        active = QApplication.activeWindow()
        if active is not None and active is not self._window:
            return False
        return self._act(event)

    def _act(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return False
        key = Qt.Key(event.key())
        if control:
            if key == Qt.Key.Key_O:
                self._commands.open_folder()
                return True
            return False
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit):
            return False
        if key in _ARROWS:
            if isinstance(focus, QAbstractItemView | QComboBox | QSlider | SliceView):
                return False
            step = _BIG_STEP if shift else 1
            columns, rows, slices = (step * direction for direction in _ARROWS[key])
            self._commands.move(columns, rows, slices)
            return True
        digit = digit_of(event, QGuiApplication.platformName())
        if digit is not None:
            return self._digit(digit, shift=shift)
        action = self._commands.simple.get(key)
        if action is None:
            return False
        action()
        return True

    def _digit(self, digit: int, *, shift: bool) -> bool:
        if digit == 0:
            if not shift:
                self._commands.use_all()
            return not shift
        modality = Modality(digit - 1)
        if shift:
            self._commands.draw_over(modality)
        else:
            self._commands.toggle(modality)
        return True


def digit_of(event: QKeyEvent, platform: str) -> int | None:
    """The digit 0 to 4 that a key stands for: by position, else by its character."""
    if not event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        if platform == "cocoa":
            by_position = _COCOA_KEYS.get(event.nativeVirtualKey())
        else:
            codes = _SCAN_CODES.get(platform.split("-")[0], {})
            by_position = codes.get(event.nativeScanCode())
        if by_position is not None:
            return by_position
        if event.nativeScanCode() and platform in _SCAN_CODES:
            return None  # a key of known position that is not one of ours
    return _DIGITS.get(Qt.Key(event.key()))
