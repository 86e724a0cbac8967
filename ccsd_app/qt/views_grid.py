"""The four views, two by two; or two subsets side by side.

one subset                 comparing two             enlarged (double click)
axial    sagittal          axial A    axial B       one view, or one plane of A and B
coronal  3-D               coronal A  coronal B
"""

from functools import partial

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from ccsd_app.qt.slices.slice_view import SliceView
from ccsd_app.qt.view3d.view3d import View3D
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.viewport import ZOOM_RANGE, Viewport
from ccsd_app.session.saved_session import SavedArrangement
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.compare_bar import compared_side

PLACES = {Plane.AXIAL: (0, 0), Plane.SAGITTAL: (0, 1), Plane.CORONAL: (1, 0)}
PLACE_3D = (1, 1)
GAP = 3
MINIMUM = (120, 120)

Places = dict[QWidget, tuple[int, int]]


class ViewsGrid(QWidget):
    """Holds the views, and the plane that the mouse pointer was last over."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("views")
        self._session = session
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(GAP, GAP, GAP, GAP)
        self._grid.setSpacing(GAP)
        self.slices = {plane: SliceView(session, plane) for plane in Plane}
        self.compared_slices: dict[Plane, SliceView] = {}
        """The compared subset's slices, made when they are first needed."""
        self.view3d = View3D(session)
        self.view3d.maximise_requested.connect(partial(self.toggle_large, self.view3d))
        for view in (*self.slices.values(), self.view3d):
            self._add_view(view)
        self._hovered = Plane.AXIAL
        self._second = Plane.CORONAL
        self._comparing = False
        self._large: QWidget | None = None
        session.changed.connect(self._on_session_changed)
        self._lay_out()

    @property
    def hovered(self) -> Plane:
        """The plane of the slice that the pointer is over, or was last over."""
        return self._hovered

    @property
    def second(self) -> Plane:
        """The plane below the axial one while two subsets are compared."""
        return self._second

    @property
    def comparing(self) -> bool:
        """Whether two subsets are shown side by side."""
        return self._comparing

    @property
    def large(self) -> QWidget | None:
        """The view that is maximised; None if none is."""
        return self._large

    def reset(self) -> None:
        """Reset zoom, position and intensity window of all views."""
        for view in self.slices.values():
            view.reset()
        self.view3d.reset_camera()

    def fit(self) -> None:
        """Fit all slices into their views."""
        for view in self.slices.values():
            view.fit()

    def toggle_large(self, view: QWidget) -> None:
        """Maximise one view, or show all again."""
        self.enlarge(None if self._large is view else view)
        view.setFocus()  # otherwise the next widget would get the focus and the arrow keys

    def enlarge(self, view: QWidget | None) -> None:
        """Maximise one view; None shows all again."""
        if self._large is not view:
            self._large = view
            self._lay_out()

    def compare_in(self, plane: Plane) -> None:
        """Choose the plane below the axial one while two subsets are compared."""
        self._second = plane
        self._lay_out()

    @property
    def arrangement(self) -> SavedArrangement:
        """Which view is maximised, and zoom and position of the slices."""
        return SavedArrangement(
            large="" if self._large is None else self._large.objectName(),
            second=self._second.value,
            viewports={
                plane.value: (view.viewport.zoom, *view.viewport.pan_mm)
                for plane, view in self.slices.items()
            },
        )

    def arrange(self, arrangement: SavedArrangement) -> None:
        """Restore a saved layout; names of other versions are ignored."""
        for plane, view in self.slices.items():
            zoom, right, down = arrangement.viewports.get(plane.value, (1.0, 0.0, 0.0))
            low, high = ZOOM_RANGE
            view.show_as(Viewport(min(max(zoom, low), high), (right, down)))
            if arrangement.second == plane.value:
                self.compare_in(plane)
        views = (*self.slices.values(), self.view3d)
        large = next((v for v in views if v.objectName() == arrangement.large), None)
        self.enlarge(large)

    def _on_session_changed(self, old: State, new: State) -> None:
        comparing = new.side_by_side and new.case is not None
        if comparing != self._comparing:
            self._comparing = comparing
            self._large = None
            if comparing and not self.compared_slices:
                self._make_compared_slices()
            focused = self._has_focus()
            self._lay_out()
            if focused and not self._has_focus():
                self.slices[Plane.AXIAL].setFocus()  # the view that had it is hidden now

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _make_compared_slices(self) -> None:
        for plane, view in self.slices.items():
            other = self.compared_slices[plane] = SliceView(
                self._session, plane, side=compared_side
            )
            self._add_view(other)
            other.set_viewport(view.viewport)
            view.viewport_changed.connect(other.set_viewport)
            other.viewport_changed.connect(view.set_viewport)

    def _add_view(self, view: QWidget) -> None:
        view.setMinimumSize(*MINIMUM)  # equal, so that all views get equal space
        if isinstance(view, SliceView):
            view.maximise_requested.connect(partial(self.toggle_large, view))
            view.installEventFilter(self)

    def _places(self) -> Places:
        """The views that are shown now, and their positions in the grid."""
        if self._comparing:
            rows = (Plane.AXIAL, self._second)
            if isinstance(self._large, SliceView):
                rows = (self._large.plane,)
            places: Places = {}
            for row, plane in enumerate(rows):
                places[self.slices[plane]] = (row, 0)
                places[self.compared_slices[plane]] = (row, 1)
            return places
        if self._large is not None:
            return {self._large: (0, 0)}
        return {
            **{self.slices[plane]: place for plane, place in PLACES.items()},
            self.view3d: PLACE_3D,
        }

    def _lay_out(self) -> None:
        places = self._places()
        for view in (*self.slices.values(), *self.compared_slices.values(), self.view3d):
            self._grid.removeWidget(view)
            if view not in places:
                view.setVisible(False)
        for view, (row, column) in places.items():
            self._grid.addWidget(view, row, column)
            view.setVisible(True)
        rows, columns = (max(side) + 1 for side in zip(*places.values(), strict=True))
        for index in range(2):
            self._grid.setRowStretch(index, int(index < rows))
            self._grid.setColumnStretch(index, int(index < columns))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter and isinstance(watched, SliceView):
            self._hovered = watched.plane
        return False
