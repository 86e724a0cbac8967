"""The style of the window: dark and low in contrast, so that the images are its brightest part."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

WINDOW = "#1b1e23"
PANEL = "#22262c"
RAISED = "#2c3138"
LINE = "#3a4049"
TEXT = "#dfe3e8"
DIM = "#98a1ad"
FAINT = "#6d7683"
ACCENT = "#56b4e9"
WARNING = "#e8b04a"
CHOSEN = "#31485a"

_STYLE = f"""
QWidget {{ font-size: 12px; }}
QMainWindow, QDialog {{ background: {WINDOW}; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; padding: 3px; }}
QToolBar {{ background: {PANEL}; border: 0; border-bottom: 1px solid {LINE};
            spacing: 2px; padding: 3px 6px; }}
QToolBar::separator {{ background: {LINE}; width: 1px; margin: 4px 4px; }}
QToolButton {{ background: transparent; color: {TEXT}; border: 1px solid transparent;
               border-radius: 4px; padding: 3px 7px; }}
QToolButton[popupMode="1"] {{ padding-right: 18px; }}
QToolButton[popupMode="2"] {{ padding-right: 14px; }}
QToolButton::menu-button {{ border: 0; width: 14px; }}
QToolButton:hover {{ background: {RAISED}; }}
QToolButton:checked {{ background: {CHOSEN}; border-color: {ACCENT}; }}
QToolButton:disabled {{ color: {FAINT}; }}
QToolButton#qt_toolbar_ext_button {{ background: {CHOSEN}; border-color: {ACCENT}; padding: 0; }}
QToolButton:focus, QPushButton:focus {{ border: 1px solid {ACCENT}; }}
QToolButton[role="icon"] {{ padding: 1px 4px; }}
QToolButton[role="icon"][popupMode="2"] {{ padding-right: 14px; }}
QToolButton[role="step"] {{ background: {RAISED}; padding: 2px 2px; font-size: 11px; }}
QToolButton[role="step"]:checked {{ background: {CHOSEN}; }}
QToolButton[role="step"]:disabled {{ background: transparent; }}
QPushButton {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE};
               border-radius: 4px; padding: 3px 10px; }}
QPushButton:hover {{ border-color: {DIM}; }}
QPushButton:disabled {{ color: {FAINT}; }}
QStatusBar {{ background: {PANEL}; border-top: 1px solid {LINE}; }}
QStatusBar::item {{ border: 0; }}
QProgressBar {{ background: {WINDOW}; border: 1px solid {LINE}; border-radius: 3px;
                height: 10px; text-align: center; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 2px; }}
QFrame[role="popup"] {{ background: {RAISED}; border: 1px solid {ACCENT}; border-radius: 5px; }}
QFrame#tour_popup QPushButton, QFrame#tour_popup QToolButton {{ padding: 3px 5px; }}
QFrame#tour_frame {{ border: 2px solid {ACCENT}; border-radius: 4px; }}
QFrame#tour_offer {{ background: {RAISED}; border: 0; border-bottom: 1px solid {LINE}; }}
QFrame#panel {{ background: {PANEL}; border: 0; }}
QLabel[role="heading"] {{ color: {DIM}; font-size: 11px; font-weight: 600; }}
QLabel[role="title"] {{ font-size: 14px; font-weight: 600; }}
QLabel[role="dim"] {{ color: {DIM}; }}
QLabel[role="small"] {{ color: {DIM}; font-size: 11px; }}
QLabel[role="warning"] {{ color: {WARNING}; font-size: 11px; }}
QLabel[role="banner"] {{ background: #3d3420; color: #ffe2a6; font-weight: 600;
                         border-bottom: 1px solid {WARNING}; padding: 4px 10px; }}
QLabel[role="badge"] {{ color: {ACCENT}; font-weight: 600; }}
QCheckBox:disabled {{ color: {FAINT}; }}
QTableWidget {{ background: {PANEL}; alternate-background-color: {PANEL}; border: 0;
                gridline-color: transparent; outline: 0; }}
QTableWidget:focus {{ border: 1px solid {ACCENT}; }}
QTableWidget::item {{ padding: 0 2px; }}
QHeaderView::section {{ background: {PANEL}; color: {DIM}; border: 0;
                        border-bottom: 1px solid {LINE}; padding: 2px; font-size: 11px; }}
QTabWidget::pane {{ border: 0; }}
QTabBar {{ background: {PANEL}; qproperty-drawBase: 0; }}
QTabBar::tab {{ background: transparent; color: {DIM}; padding: 4px 10px; border: 0;
                border-bottom: 2px solid transparent; }}
QTabBar::tab:selected {{ color: {TEXT}; border-bottom-color: {ACCENT}; }}
QTabBar::tab:focus {{ color: {ACCENT}; }}
QListView {{ background: {PANEL}; border: 0; outline: 0; }}
QSplitter::handle {{ background: {LINE}; }}
QSlider::groove:horizontal {{ background: {WINDOW}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {ACCENT}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {TEXT}; width: 10px; margin: -4px 0;
                              border-radius: 5px; }}
QSlider::handle:horizontal:disabled {{ background: {FAINT}; }}
QScrollArea {{ background: {PANEL}; border: 0; }}
"""


def apply_theme(application: QApplication) -> None:
    """Apply the dark theme to the whole application."""
    application.setStyle("Fusion")
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, WINDOW),
        (roles.WindowText, TEXT),
        (roles.Base, PANEL),
        (roles.AlternateBase, RAISED),
        (roles.Text, TEXT),
        (roles.PlaceholderText, FAINT),
        (roles.Button, RAISED),
        (roles.ButtonText, TEXT),
        (roles.BrightText, TEXT),
        (roles.Highlight, "#31607e"),
        (roles.HighlightedText, TEXT),
        (roles.ToolTipBase, RAISED),
        (roles.ToolTipText, TEXT),
        (roles.Link, ACCENT),
        (roles.Light, LINE),
        (roles.Mid, LINE),
        (roles.Dark, WINDOW),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT))
    application.setPalette(palette)
    application.setStyleSheet(_STYLE)
