"""The keys sheet: every key and mouse gesture, in one window that a small screen holds.

KEYS │ MOUSE IN A SLICE
     │ MOUSE IN 3-D
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from ccsd_app.qt.widgets.labels import label

KEYS = (
    ("1 2 3 4", "give the network FLAIR, T1, T1c, T2, or leave it out"),
    ("0", "give it everything the patient has"),
    ("Shift+1 … 4", "sequence drawn behind the overlay"),
    (
        "Esc",
        "cancel computing (the toggles go back to what is shown); pause a walk; "
        "leave a large view or the tour; close this sheet",
    ),
    ("Return   Space", "next step of the guided tour"),
    ("S", "overlay on or off"),
    ("O", "regions filled or outlined"),
    ("[   ]", "overlay less or more opaque"),
    ("E", "the expert's outlines on or off"),
    ("L", "next layer: regions, labels, probability, uncertainty, difference, consensus"),
    ("D", "difference to another subset or to the expert, and back"),
    ("T", "the region that probability, difference and consensus are about"),
    ("C", "two subsets side by side, and back"),
    ("P", "play or pause a walk from all sequences down to one (path under the curve)"),
    ("Arrows", "move the crosshair in the view clicked last (Shift: by 5)"),
    ("PgUp   PgDn", "slice up or down in the view clicked last (Shift: by 5)"),
    ("F", "fit the slices into their views"),
    ("R", "reset zoom, position and window of the slices, and the camera of 3-D"),
    ("X", "crosshair on or off"),
    ("W", "left mouse button changes window and level, and back"),
    ("Ctrl+O", "open a case folder"),
    ("Ctrl+E", "save what is shown: label maps, surfaces, pictures, moving pictures, numbers"),
    ("?", "this sheet"),
)
MOUSE = (
    ("Left", "crosshair; window and level with the PACS preset (View menu) or after W"),
    ("Wheel", "slice"),
    ("Middle, Shift+left", "move the picture"),
    ("Right, Ctrl+wheel", "zoom"),
    ("Ctrl+Shift+left", "window and level"),
    ("Double-click", "one view large, and back"),
    ("Drop", "a case's folder, its image, or several images of one case: opens it"),
)
MOUSE_IN_SPACE = (
    ("Left", "turn; with Ctrl roll, with Shift move"),
    ("Middle", "move"),
    ("Right, wheel", "zoom"),
    ("Double-click", "the 3-D view large, and back"),
)


COLUMNS = (
    (("KEYS", KEYS),),
    (("MOUSE IN A SLICE", MOUSE), ("MOUSE IN 3-D", MOUSE_IN_SPACE)),
)
WORDS_WIDTH = (410, 250)
"""Of the meanings, in pixels: longer ones are wrapped."""
Section = tuple[str, Sequence[tuple[str, str]]]


class KeysSheet(QDialog):
    """Lists what the keyboard and the mouse do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys_sheet")
        self.setWindowTitle("Keyboard and mouse")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(28)
        for sections, width in zip(COLUMNS, WORDS_WIDTH, strict=True):
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
            words = label(meaning, wrap=True)
            words.setFixedWidth(width)
            words.ensurePolished()  # the style's font is the one that is measured
            words.setMinimumHeight(words.heightForWidth(width))
            column.addWidget(label(keys, role="badge"), row, 0, Qt.AlignmentFlag.AlignTop)
            column.addWidget(words, row, 1)
        row += 1
        column.setRowMinimumHeight(row, 8)
        row += 1
    column.setRowStretch(row, 1)
    return column
