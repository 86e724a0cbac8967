"""The four views, two by two: axial and sagittal above, coronal and 3-D below.

Double-click makes one view large, and back.
"""

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QGridLayout, QWidget

from ccsd_app.qt.slice_view import SliceView
from ccsd_app.qt.view3d import View3D
from ccsd_app.scene.planes import Plane
from ccsd_app.session.session import Session

PLACES = {Plane.AXIAL: (0, 0), Plane.SAGITTAL: (0, 1), Plane.CORONAL: (1, 0)}
PLACE_3D = (1, 1)
GAP = 3
MINIMUM = (120, 120)


class ViewsGrid(QWidget):
    """Holds the views and knows which slice the pointer was over last."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("views")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GAP, GAP, GAP, GAP)
        self._grid.setSpacing(GAP)
        self.slices = {plane: SliceView(session, plane) for plane in Plane}
        self.space = View3D(session)
        self._places: dict[QWidget, tuple[int, int]] = {self.space: PLACE_3D}
        for plane, view in self.slices.items():
            self._places[view] = PLACES[plane]
            view.maximise_requested.connect(partial(self.toggle_large, view))
            view.installEventFilter(self)
        self.space.maximise_requested.connect(partial(self.toggle_large, self.space))
        for view, (row, column) in self._places.items():
            view.setMinimumSize(*MINIMUM)  # equal, so that the four share the room equally
            self._grid.addWidget(view, row, column)
        self._pointed = Plane.AXIAL
        self._large: QWidget | None = None
        self._stretch()

    @property
    def pointed(self) -> Plane:
        """The slice view that the pointer is over, or was over last."""
        return self._pointed

    def reset(self) -> None:
        """All views back to the whole picture and the default window."""
        for view in self.slices.values():
            view.reset()
        self.space.reset_camera()

    def toggle_large(self, view: QWidget) -> None:
        """Give the whole grid to one view, or go back to all four."""
        self._large = None if self._large is view else view
        self._stretch()

    def _stretch(self) -> None:
        for view, (row, column) in self._places.items():
            wanted = self._large is None or view is self._large
            view.setVisible(wanted)
            if wanted:
                self._grid.setRowStretch(row, 1)
                self._grid.setColumnStretch(column, 1)
                continue
            keep_row, keep_column = self._places[self._large or view]
            if row != keep_row:
                self._grid.setRowStretch(row, 0)
            if column != keep_column:
                self._grid.setColumnStretch(column, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            for plane, view in self.slices.items():
                if view is watched:
                    self._pointed = plane
        return False
