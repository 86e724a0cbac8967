"""The look of the window: three themes, and the style sheet made from the chosen one.

Slices and the 3-D view are on a dark background in every theme. `theme.TEXT` and other names in
capitals are colours of the current theme, looked up when something is drawn.
"""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from ccsd_app.qt.widgets.text_size import scaled_fonts, set_text_factor, text_factor


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a theme.

    Args:
        window: Background of the window.
        panel: Background of panels and tables.
        raised: Background of buttons, popups and tooltips.
        line: Borders.
        text, dim, faint: Text, less important text, text of disabled controls.
        accent: Borders of selected and focused controls.
        warning: Text of warnings.
        chosen: Background of selected controls.
        wanted: Background of a selected subset that is not computed yet.
        banner, banner_text: Background and text of messages.
        selection: Background of selected text.
    """

    window: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    warning: str
    chosen: str
    wanted: str
    banner: str
    banner_text: str
    selection: str


class ThemeName(Enum):
    """The themes. The value is the name on the screen."""

    DARK = "Dark"
    LIGHT = "Light"
    HIGH_CONTRAST = "High contrast"


THEMES: dict[ThemeName, Theme] = {
    ThemeName.DARK: Theme(
        window="#1b1e23",
        panel="#22262c",
        raised="#2c3138",
        line="#3a4049",
        text="#dfe3e8",
        dim="#a4adb9",
        faint="#949da9",
        accent="#56b4e9",
        warning="#e8b04a",
        chosen="#283e4f",
        wanted="#2f3238",
        banner="#3d3420",
        banner_text="#ffe2a6",
        selection="#31607e",
    ),
    ThemeName.LIGHT: Theme(
        window="#eef0f3",
        panel="#f8f9fa",
        raised="#e4e8ed",
        line="#b4bcc7",
        text="#15181c",
        dim="#434b57",
        faint="#555e6b",
        accent="#00598f",
        warning="#7a4600",
        chosen="#c6def0",
        wanted="#dfe5ec",
        banner="#ffeec4",
        banner_text="#4d3200",
        selection="#a9cfeb",
    ),
    ThemeName.HIGH_CONTRAST: Theme(
        window="#000000",
        panel="#000000",
        raised="#1a1a1a",
        line="#ffffff",
        text="#ffffff",
        dim="#e8e8e8",
        faint="#c4c4c4",
        accent="#6fd3ff",
        warning="#ffd54a",
        chosen="#00466e",
        wanted="#262626",
        banner="#332600",
        banner_text="#fff3c4",
        selection="#00568a",
    ),
}
PLOT = THEMES[ThemeName.DARK]
"""Colours of the curve, which is dark in every theme, as the colours of regions need."""

_current = THEMES[ThemeName.DARK]


def __getattr__(name: str) -> str:
    """A colour of the current theme, by its name in capitals."""
    if name.isupper() and name.lower() in Theme.__dataclass_fields__:
        return getattr(_current, name.lower())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    return f"""
QWidget {{ font-size: 12px; }}
QMainWindow, QDialog {{ background: {theme.window}; }}
QToolTip {{ background: {theme.raised}; color: {theme.text};
            border: 1px solid {theme.line}; padding: 3px; }}
QToolBar {{ background: {theme.panel}; border: 0; border-bottom: 1px solid {theme.line};
            spacing: 2px; padding: 3px 6px; }}
QToolBar::separator {{ background: {theme.line}; width: 1px; margin: 4px 4px; }}
QToolButton {{ background: transparent; color: {theme.text}; border: 1px solid transparent;
               border-radius: 4px; padding: 3px 7px; }}
QToolButton[popupMode="1"] {{ padding-right: 18px; }}
QToolButton[popupMode="2"] {{ padding-right: 14px; }}
QToolButton::menu-button {{ border: 0; width: 14px; }}
QToolButton:hover {{ background: {theme.raised}; }}
QToolButton:checked {{ background: {theme.chosen}; border-color: {theme.accent}; }}
QToolButton:disabled {{ color: {theme.faint}; }}
QToolButton#qt_toolbar_ext_button {{ background: {theme.chosen};
                                     border-color: {theme.accent}; padding: 0; }}
QToolButton:focus, QPushButton:focus {{ border: 1px solid {theme.accent}; }}
QToolButton[role="icon"] {{ padding: 1px 4px; }}
QToolButton[role="icon"][popupMode="2"] {{ padding-right: 14px; }}
QToolButton[role="step"] {{ background: {theme.raised}; padding: 2px 2px; font-size: 11px; }}
QToolButton[role="step"]:checked {{ background: {theme.chosen}; }}
QToolButton[role="step"]:disabled {{ background: transparent; }}
QPushButton {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line};
               border-radius: 4px; padding: 3px 10px; }}
QPushButton:hover {{ border-color: {theme.dim}; }}
QPushButton:disabled {{ color: {theme.faint}; }}
QStatusBar {{ background: {theme.panel}; border-top: 1px solid {theme.line}; }}
QStatusBar::item {{ border: 0; }}
QProgressBar {{ background: {theme.window}; border: 1px solid {theme.line}; border-radius: 3px;
                height: 10px; text-align: center; }}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 2px; }}
QFrame[role="popup"] {{ background: {theme.raised}; border: 1px solid {theme.accent};
                        border-radius: 5px; }}
QFrame#tour_popup QPushButton, QFrame#tour_popup QToolButton {{ padding: 3px 5px; }}
QFrame#tour_frame {{ border: 2px solid {theme.accent}; border-radius: 4px; }}
QFrame#tour_offer, QFrame#recovery_bar {{ background: {theme.raised}; border: 0;
                                    border-bottom: 1px solid {theme.line}; }}
QFrame#panel {{ background: {theme.panel}; border: 0; }}
QLabel[role="heading"] {{ color: {theme.dim}; font-size: 11px; font-weight: 600; }}
QLabel[role="title"] {{ font-size: 14px; font-weight: 600; }}
QLabel[role="dim"] {{ color: {theme.dim}; }}
QLabel[role="small"] {{ color: {theme.dim}; font-size: 11px; }}
QLabel[role="warning"] {{ color: {theme.warning}; font-size: 11px; }}
QLabel[role="banner"] {{ background: {theme.banner}; color: {theme.banner_text}; font-weight: 600;
                         border-bottom: 1px solid {theme.warning}; padding: 4px 10px; }}
QLabel[role="badge"] {{ color: {theme.accent}; font-weight: 600; }}
QCheckBox:disabled {{ color: {theme.faint}; }}
QTableWidget {{ background: {theme.panel}; alternate-background-color: {theme.panel}; border: 0;
                gridline-color: transparent; outline: 0; }}
QTableWidget:focus {{ border: 1px solid {theme.accent}; }}
QTableWidget::item {{ padding: 0 2px; }}
QHeaderView::section {{ background: {theme.panel}; color: {theme.dim}; border: 0;
                        border-bottom: 1px solid {theme.line}; padding: 2px; font-size: 11px; }}
QTabWidget::pane {{ border: 0; }}
QTabBar {{ background: {theme.panel}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {theme.dim}; padding: 4px 10px; border: 0;
                border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
QTabBar::tab:focus {{ color: {theme.accent}; }}
QListView {{ background: {theme.panel}; border: 0; outline: 0; }}
QSplitter::handle {{ background: {theme.line}; }}
QSlider::groove:horizontal {{ background: {theme.window}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {theme.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {theme.text}; width: 10px; margin: -4px 0;
                              border-radius: 5px; }}
QSlider::handle:horizontal:disabled {{ background: {theme.faint}; }}
QScrollArea {{ background: {theme.panel}; border: 0; }}
"""


_BORDERS = """
QSpinBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit { border: 1px solid #ffffff; }
QCheckBox::indicator { width: 11px; height: 11px; border: 1px solid #ffffff; background: #000000; }
QCheckBox::indicator:checked { background: #6fd3ff; }
QCheckBox::indicator:disabled { border-color: #c4c4c4; }
QTabBar::tab:selected { border: 1px solid #ffffff; }
"""
"""Borders that the style sheet draws too dark on black."""


def apply_theme(
    application: QApplication, name: ThemeName = ThemeName.DARK, *, text: float | None = None
) -> None:
    """Apply a theme to the whole application, at the start or while it runs.

    Args:
        application: The application.
        name: The theme.
        text: How much larger text is than at its plain size; None leaves it as it is.
    """
    global _current  # noqa: PLW0603 — one application has one theme
    _current = theme = THEMES[name]
    application.setStyle("Fusion")
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.panel),
        (roles.AlternateBase, theme.raised),
        (roles.Text, theme.text),
        (roles.PlaceholderText, theme.faint),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.text),
        (roles.Highlight, theme.selection),
        (roles.HighlightedText, theme.text),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.Link, theme.accent),
        (roles.Light, theme.line),
        (roles.Mid, theme.line),
        (roles.Dark, theme.window),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    application.setPalette(palette)
    extra = _BORDERS if name is ThemeName.HIGH_CONTRAST else ""
    set_text_factor(application, text_factor() if text is None else text)
    application.setStyleSheet(scaled_fonts(style_sheet(theme) + extra))
