"""Keyboard shortcuts of the main window, independent of which widget has the focus.

Digits are recognised by the position of the key, because on other layouts the same key gives
another character (French: `&`; with Shift: `!`). Letters are recognised by their character, or by
position on layouts without Latin letters (Russian, Greek, Hebrew, Arabic).
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
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
"""macOS has no scan codes, but its virtual key codes are positions."""

_ROWS = (("QWERTYUIOP[]", 16), ("ASDFGHJKL", 30), ("ZXCVBNM", 44))
"""Rows of a US keyboard with the scan code of their first key; X and Wayland add 8."""
_COCOA_LETTERS = {
    0: "A", 1: "S", 2: "D", 3: "F", 4: "H", 5: "G", 6: "Z", 7: "X", 8: "C", 9: "V", 11: "B",
    12: "Q", 13: "W", 14: "E", 15: "R", 16: "Y", 17: "T", 30: "]", 31: "O", 32: "U", 33: "[",
    34: "I", 35: "P", 37: "L", 38: "J", 40: "K", 45: "N", 46: "M",
}  # fmt: skip
_LATIN_1 = 0x7F
_NO_CHARACTER = 0x01000000
"""From this code on, Qt's keys are not characters: arrows, function keys."""

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
    """The commands that keys trigger.

    Args:
        toggle: Toggle one sequence of the model's input.
        use_all: Give all sequences to the model.
        set_background: Choose the sequence shown as background.
        move: Move the crosshair by columns, rows, slices.
        plain: Commands of keys without Ctrl.
        control: Commands of keys with Ctrl; True means with Shift, too.
    """

    toggle: Callable[[Modality], None]
    use_all: Callable[[], None]
    set_background: Callable[[Modality], None]
    move: Callable[[int, int, int], None]
    plain: dict[Qt.Key, Callable[[], None]]
    control: dict[tuple[Qt.Key, bool], Callable[[], None]]


class KeyFilter(QObject):
    """Handles the shortcuts of `window`: it receives every key press before its widgets do."""

    def __init__(self, window: QMainWindow, commands: Commands) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False  # the class first: reading the type of every event is five times slower
        if QApplication.activeModalWidget() or QApplication.activePopupWidget():
            return False  # dialogs and menus handle their own keys
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
        key = key_of(event, QGuiApplication.platformName())
        if key is None:
            return False
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit | QAbstractSpinBox):
            return False
        if control:
            command = self._commands.control.get((key, shift))
            if command is not None:
                command()
            return command is not None
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
        action = self._commands.plain.get(key)
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
            self._commands.set_background(modality)
        else:
            self._commands.toggle(modality)
        return True


def key_of(event: QKeyEvent, platform: str) -> Qt.Key | None:
    """The key; on layouts without Latin letters, the Latin letter at its position."""
    number = int(event.key())
    not_latin = _LATIN_1 < number < _NO_CHARACTER
    if not_latin or (chr(min(number, _LATIN_1)) in "'/" and not _is_latin()):
        if platform == "cocoa":
            letter = _COCOA_LETTERS.get(event.nativeVirtualKey())
        else:
            letter = _letter_at(event.nativeScanCode(), platform.split("-")[0])
        if letter is not None:
            return Qt.Key(ord(letter))
    try:
        return Qt.Key(number)
    except ValueError:  # a character that Qt has no name for
        return None


def _letter_at(scan_code: int, platform: str) -> str | None:
    if platform not in _SCAN_CODES:
        return None
    code = scan_code - (0 if platform == "windows" else 8)
    return next((row[code - first] for row, first in _ROWS if 0 <= code - first < len(row)), None)


def _is_latin() -> bool:
    script = QGuiApplication.inputMethod().locale().script()
    return script in (QLocale.Script.LatinScript, QLocale.Script.AnyScript)


def digit_of(event: QKeyEvent, platform: str) -> int | None:
    """The digit 0 to 4 of a key, by its position, else by its character."""
    if not event.modifiers() & Qt.KeyboardModifier.KeypadModifier:
        if platform == "cocoa":
            by_position = _COCOA_KEYS.get(event.nativeVirtualKey())
        else:
            codes = _SCAN_CODES.get(platform.split("-")[0], {})
            by_position = codes.get(event.nativeScanCode())
        if by_position is not None:
            return by_position
        if event.nativeScanCode() and platform in _SCAN_CODES:
            return None  # a key of known position that is not a digit used here
    key = key_of(event, platform)
    return None if key is None else _DIGITS.get(key)
