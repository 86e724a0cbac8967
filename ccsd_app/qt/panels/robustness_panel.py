"""The right panel: robustness of the segmentation to missing sequences.

curve
path player
[ Grid | Table | Criticality | What next? | Notes ]
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
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_width

WIDTH = 364
MIN_PAGE_HEIGHT = 190
"""Minimum height of a page that scrolls, in pixels."""


class RobustnessPanel(QFrame):
    """The curve, the path player, and the tabs on the subsets, below each other."""

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
        follow_text_size(self, lambda: self.setFixedWidth(scaled_width(WIDTH)))
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
        """Show the bookmarks, and move the focus to the comment of a new one."""
        self._tabs.setCurrentWidget(self._bookmarks)
        self._bookmarks.begin()

    @property
    def tab(self) -> int:
        """Index of the selected tab."""
        return self._tabs.currentIndex()

    def show_tab(self, index: int) -> None:
        """Select a tab; an index of another version is ignored."""
        self._tabs.setCurrentIndex(index)


def _scrolling(panel: QWidget) -> QScrollArea:
    """The panel in a scroll area, so that it is not cut off in low windows."""
    area = QScrollArea()
    area.setWidget(panel)
    panel.setAutoFillBackground(False)
    area.setWidgetResizable(True)
    area.setMinimumHeight(MIN_PAGE_HEIGHT)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
