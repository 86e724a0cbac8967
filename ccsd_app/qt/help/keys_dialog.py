"""The keys dialog: every key and mouse gesture, in one window that fits a small screen.

KEYS │ MOUSE IN A SLICE
     │ MOUSE IN 3-D
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.labels import label

KEYS = (
    ("1 2 3 4", "Give FLAIR, T1, T1c, T2 to the model, or withhold it"),
    ("0", "Use all sequences"),
    ("Shift+1 … 4", "Show this sequence as background"),
    (
        "Esc",
        "Cancel computing (the ticks return to the current prediction); pause the stepwise "
        "removal; leave an enlarged view or the tour; close this window",
    ),
    ("Return   Space", "Next step of the guided tour"),
    ("S", "Show or hide the overlay"),
    ("O", "Draw regions filled or as outlines"),
    ("[   ]", "Make the overlay less or more opaque"),
    ("E", "Show or hide the outlines of the expert labels"),
    ("L", "Next overlay: regions, labels, probability, uncertainty, difference, consensus"),
    ("D", "Difference to another subset or to the expert labels, and back"),
    ("T", "Next region for probability, difference and consensus"),
    ("C", "Compare two subsets side by side, and back"),
    ("P", "Play or pause the stepwise removal of sequences (order: below the curve)"),
    ("Arrows", "Move the crosshair in the last clicked view (Shift: by 5)"),
    ("PgUp   PgDn", "Next or previous slice in the last clicked view (Shift: by 5)"),
    ("G", "Go to the predicted tumour"),
    ("F", "Fit the slices into their views"),
    ("R", "Reset zoom, position and window of the slices, and the 3-D camera"),
    ("X", "Show or hide the crosshair"),
    ("W", "Set window and level with the left mouse button, and back"),
    (
        "M",
        "Measure: distance, ellipse, polygon, off. Return sets a point at the crosshair, Return "
        "again closes a polygon, Backspace takes a point back, Esc ends",
    ),
    ("Ctrl+O", "Open a case folder"),
    ("Ctrl+S", "Save the session as a file (opened from the Open menu)"),
    ("Ctrl+E", "Export label maps, surfaces, pictures, films or numbers"),
    ("Ctrl+Z", "Undo the last change; Ctrl+Shift+Z redoes it"),
    ("Ctrl+B", "Bookmark what is shown, with a comment (tab Notes)"),
    ("Ctrl+PgDn   Ctrl+PgUp", "Next or previous bookmark"),
    ("Ctrl+D", "Degrade a sequence (noise, motion, less contrast agent…), and back"),
    ("Ctrl+K", "Search all commands (type: compare, T1c, export)"),
    ("Ctrl+,", "Preferences"),
    ("?", "Show this window"),
)
MOUSE = (
    (
        "Left",
        "Crosshair; window and level with the PACS preset (View menu) or after W; points of a "
        "measurement after M (a double click closes a polygon)",
    ),
    ("Wheel", "Slice"),
    ("Middle, Shift+left", "Pan"),
    ("Right, Ctrl+wheel", "Zoom"),
    ("Ctrl+Shift+left", "Window and level"),
    ("Double-click", "Enlarge the view, and back"),
    ("Drop", "Open a case: its folder, its image or several images"),
)
MOUSE_IN_VIEW3D = (
    ("Left", "Rotate; with Ctrl roll, with Shift pan"),
    ("Middle", "Pan"),
    ("Right, wheel", "Zoom"),
    ("Double-click", "Enlarge the 3-D view, and back"),
)


COLUMNS = (
    (("Keys", KEYS),),
    (("Mouse in a slice", MOUSE), ("Mouse in 3-D", MOUSE_IN_VIEW3D)),
)
MEANING_WIDTH = (410, 250)
"""Width of the column of meanings, in pixels; longer ones are wrapped."""
Section = tuple[str, Sequence[tuple[str, str]]]


class KeysDialog(QDialog):
    """Lists every key and every mouse gesture with its meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys_dialog")
        self.setWindowTitle("Keyboard and mouse")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(28)
        for sections, width in zip(COLUMNS, MEANING_WIDTH, strict=True):
            layout.addLayout(_column(sections, width))


def _column(sections: Sequence[Section], width: int) -> QGridLayout:
    column = QGridLayout()
    column.setHorizontalSpacing(14)
    column.setVerticalSpacing(2)
    row = 0
    for title, entries in sections:
        column.addWidget(label(title, role="heading"), row, 0, 1, 2)
        for keys, meaning in entries:
            row += 1
            text = label(meaning, wrap=True)
            text.setFixedWidth(width)
            text.ensurePolished()  # so that the font of the style sheet is measured
            text.setMinimumHeight(text.heightForWidth(width))
            column.addWidget(label(keys, role="badge"), row, 0, Qt.AlignmentFlag.AlignTop)
            column.addWidget(text, row, 1)
        row += 1
        column.setRowMinimumHeight(row, 8)
        row += 1
    column.setRowStretch(row, 1)
    return column
