"""The window's icons by purpose: Material Design icons drawn by qtawesome.

qtawesome itself would load twelve fonts; only the one with these icons is loaded here.
"""

from functools import cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from qtawesome import get_fonts_info
from qtawesome.iconic_font import IconicFont

from ccsd_app.qt.widgets import theme
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.text_size import scaled

SIDE_PX = 16
"""Side of an icon at the plain size of text."""
_PREFIX, _FONT = "mdi6", "materialdesignicons6-webfont-"
_NAMES = {
    "open": "mdi6.folder-open-outline",
    "export": "mdi6.export-variant",
    "save": "mdi6.tray-arrow-down",
    "undo": "mdi6.undo",
    "redo": "mdi6.redo",
    "target": "mdi6.crosshairs-gps",
    "window": "mdi6.contrast-circle",
    "overlay": "mdi6.layers-outline",
    "compare": "mdi6.compare-horizontal",
    "swap": "mdi6.swap-horizontal",
    "close": "mdi6.close",
    "play": "mdi6.play",
    "pause": "mdi6.pause",
    "step_back": "mdi6.skip-previous",
    "step_ahead": "mdi6.skip-next",
    "loop": "mdi6.repeat",
    "more": "mdi6.chevron-double-right",
    "distance": "mdi6.ruler",
    "diameters": "mdi6.arrow-expand-all",
    "ellipse": "mdi6.ellipse-outline",
    "polygon": "mdi6.vector-polygon",
    "delete": "mdi6.delete-outline",
    "gif": "mdi6.file-gif-box",
}


def icon_size() -> QSize:
    """The size of an icon beside text, in pixels."""
    return QSize(scaled(SIDE_PX), scaled(SIDE_PX))


def icon(purpose: str) -> QIcon:
    """The icon for a purpose in the theme in use, dimmed while its control is disabled."""
    return QIcon(_ThemedEngine(purpose))


class _ThemedEngine(QIconEngine):
    """Draws an icon in the colours of the theme in use when it is drawn."""

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self._purpose = purpose

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        drawn = _drawn(self._purpose, theme.TEXT, theme.FAINT)
        drawn.paint(painter, rect, Qt.AlignmentFlag.AlignCenter, mode, state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        with painting(picture) as painter:
            self.paint(painter, QRect(QPoint(), size), mode, state)
        return picture

    def clone(self) -> QIconEngine:
        return _ThemedEngine(self._purpose)


@cache
def _drawn(purpose: str, colour: str, disabled: str) -> QIcon:
    return _font().icon(_NAMES[purpose], color=colour, color_disabled=disabled)


@cache
def _font() -> IconicFont:
    _, files = get_fonts_info()
    font = next(name for name in files if name.startswith(_FONT))
    characters = font.replace(_FONT, f"{_FONT}charmap-").replace(".ttf", ".json")
    return IconicFont((_PREFIX, font, characters))
