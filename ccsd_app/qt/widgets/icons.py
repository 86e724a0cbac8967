"""The window's icons by purpose: Material Design icons drawn by qtawesome."""

import qtawesome
from PySide6.QtGui import QIcon

from ccsd_app.qt.widgets import theme

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


def icon(purpose: str) -> QIcon:
    """The icon for a purpose, dimmed where its control is disabled."""
    return qtawesome.icon(_NAMES[purpose], color=theme.TEXT, color_disabled=theme.FAINT)
