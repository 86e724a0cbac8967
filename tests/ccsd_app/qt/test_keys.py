"""Letter keys on layouts without Latin letters go by position."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from ccsd_app.qt.keys import key_of

NONE = Qt.KeyboardModifier.NoModifier
RUSSIAN = {"S": (0x042B, 39), "L": (0x0414, 46), "D": (0x0412, 40), "T": (0x0415, 28),
           "C": (0x0421, 54), "E": (0x0423, 26), "P": (0x0417, 33), "X": (0x0427, 53),
           "W": (0x0426, 25), "F": (0x0410, 41), "R": (0x041A, 27), "O": (0x0429, 32),
           "[": (0x0425, 34), "]": (0x042A, 35)}  # fmt: skip
"""Letter of a US keyboard: the character that a Russian one has there, and X's key code."""


def event(key: int, code: int) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, NONE, code, key, 0, "")


def test_a_cyrillic_key_is_the_latin_one_at_its_place(qapp):
    for platform, less in [("xcb", 0), ("wayland-egl", 0), ("windows", 8)]:
        for letter in RUSSIAN:
            key, code = RUSSIAN[letter]

            assert key_of(event(key, code - less), platform) == Qt.Key(ord(letter)), (
                letter,
                platform,
                less,
            )


def test_latin_layouts_go_by_character(qapp):
    # AZERTY: A stands where a US keyboard has Q
    assert key_of(event(Qt.Key.Key_A, 24), "xcb") == Qt.Key.Key_A
    assert key_of(event(Qt.Key.Key_Left, 113), "xcb") == Qt.Key.Key_Left


def test_a_character_of_no_known_place_is_no_command(qapp):
    assert key_of(event(0x042B, 200), "xcb") in (None, 0x042B)
