"""The window's icons, by what they are for: Material Design icons drawn by qtawesome."""

import qtawesome
from PySide6.QtGui import QIcon

from ccsd_app.qt import theme

_NAMES = {
    "open": "mdi6.folder-open-outline",
    "export": "mdi6.export-variant",
    "window": "mdi6.contrast-circle",
    "overlay": "mdi6.layers-outline",
    "compare": "mdi6.compare-horizontal",
    "keys": "mdi6.keyboard-outline",
    "swap": "mdi6.swap-horizontal",
    "close": "mdi6.close",
}


def icon(purpose: str) -> QIcon:
    """The icon for a purpose, dimmed where its control is disabled."""
    return qtawesome.icon(_NAMES[purpose], color=theme.TEXT, color_disabled=theme.FAINT)
