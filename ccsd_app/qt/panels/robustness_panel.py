"""The right panel: robustness of the segmentation to missing sequences.

curve
path player
[ grid | table | criticality | what next? ]  the subsets as pictures and as numbers, what each
sequence is worth, and what one more would add
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from ccsd_app.qt.panels.bookmarks_panel import BookmarksPanel
from ccsd_app.qt.panels.criticality_panel import CriticalityPanel
from ccsd_app.qt.panels.curve_panel import CurvePanelWidget
from ccsd_app.qt.panels.path_player import PathPlayerBar
from ccsd_app.qt.panels.subset_grid import SubsetGridWidget
from ccsd_app.qt.panels.subset_list import SubsetListWidget
from ccsd_app.qt.panels.what_next_panel import WhatNextPanel
from ccsd_app.qt.widgets.labels import label

WIDTH = 364
LEAST = 190
"""Least height of a page that scrolls, in pixels."""


class RobustnessPanel(QFrame):
    """The curve, below it the path player, and below that the tabs about the subsets."""

    def __init__(
        self,
        curve: CurvePanelWidget,
        path: PathPlayerBar,
        grid: SubsetGridWidget,
        table: SubsetListWidget,
        criticality: CriticalityPanel,
        what_next: WhatNextPanel,
        bookmarks: BookmarksPanel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self._tabs = QTabWidget()
        self._tabs.setObjectName("subset_tabs")
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(grid, "Grid")
        self._tabs.addTab(table, "Table")
        self._tabs.addTab(_scrolling(criticality), "Criticality")
        self._tabs.addTab(_scrolling(what_next), "What next?")
        self._tabs.addTab(bookmarks, "Notes")
        self._bookmarks = bookmarks
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 6)
        layout.setSpacing(4)
        layout.addWidget(label("Robustness", role="heading"))
        layout.addWidget(curve, 5)
        layout.addWidget(path)
        layout.addWidget(self._tabs, 8)

    def begin_bookmark(self) -> None:
        """Show the bookmarks, and have the user write a sentence."""
        self._tabs.setCurrentWidget(self._bookmarks)
        self._bookmarks.begin()

    @property
    def tab(self) -> int:
        """Index of the tab in front."""
        return self._tabs.currentIndex()

    def show_tab(self, index: int) -> None:
        """Bring a tab to the front; an index of another version changes nothing."""
        self._tabs.setCurrentIndex(index)


def _scrolling(panel: QWidget) -> QScrollArea:
    """The panel in a scroll area, so that it is not cut off in low windows."""
    area = QScrollArea()
    area.setWidget(panel)
    panel.setAutoFillBackground(False)
    area.setWidgetResizable(True)
    area.setMinimumHeight(LEAST)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
