"""The size of text in the window: a factor that style sheets, fonts and fixed sizes follow at once.

preferred percent ─┐
size of the screen ┴─▶ factor ──▶ style sheets (px), application font, widths of panels
"""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

WIDE_SCREENS = (((2500, 1300), 1.45), ((1800, 980), 1.2))
"""Least size of a screen, in its pixels at 100 %, and how much larger text is on it."""
PANELS_PX = 1400
"""On a screen of this width, panels have their plain width, however large the text is."""
_FONT_SIZE = re.compile(r"font-size: (\d+)px")

_factor = 1.0
_plain_points = 0.0


def text_factor() -> float:
    """How much larger text is than at its plain size."""
    return _factor


def suitable_factor(screen: QSize) -> float:
    """How much larger text should be on a screen, so that it is not tiny on a large one.

    >>> suitable_factor(QSize(1280, 800)), suitable_factor(QSize(1920, 1050))
    (1.0, 1.2)
    """
    for (width, height), factor in WIDE_SCREENS:
        if screen.width() >= width and screen.height() >= height:
            return factor
    return 1.0


def set_text_factor(application: QApplication, factor: float) -> None:
    """Set the factor and the application's font; the style sheet is the caller's."""
    global _factor, _plain_points  # noqa: PLW0603 — one application has one size of text
    font = application.font()
    if not _plain_points:
        _plain_points = font.pointSizeF() if font.pointSizeF() > 0 else 9.0
    _factor = factor
    if abs(font.pointSizeF() - _plain_points * factor) > 0.01:
        font.setPointSizeF(_plain_points * factor)
        application.setFont(font)


def scaled_fonts(style_sheet: str) -> str:
    """A style sheet with its font sizes, in px, at the size of text."""
    return _FONT_SIZE.sub(
        lambda found: f"font-size: {round(int(found[1]) * _factor)}px", style_sheet
    )


def scaled(pixels: float) -> int:
    """A length that has to hold text, in pixels."""
    return round(pixels * _factor)


def scaled_width(pixels: float) -> int:
    """The width of a panel, in pixels: it leaves room for the views on a small screen."""
    screen = QGuiApplication.primaryScreen()
    room = 1.0 if screen is None else max(screen.availableSize().width() / PANELS_PX, 1.0)
    return round(pixels * min(_factor, room))


def follow_text_size(widget: QWidget, resize: Callable[[], None]) -> None:
    """Call `resize` now, and whenever the size of text has changed.

    Args:
        widget: The widget that is resized.
        resize: Sets its sizes with `scaled` and `scaled_width`.
    """
    widget.installEventFilter(_Follower(widget, resize))
    resize()


class _Follower(QObject):
    def __init__(self, widget: QWidget, resize: Callable[[], None]) -> None:
        super().__init__(widget)
        self._resize = resize
        self._seen = _factor

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange and self._seen != _factor:
            self._seen = _factor
            self._resize()
        return False
