"""One slice of the patient with the regions over it, painted by Qt alone.

Works without OpenGL.

    buttons          see `slice_mouse`        wheel         slice       Ctrl wheel   zoom
    arrows           crosshair ±1 (⇧ ±5)      PgUp PgDn     slice ±1 (⇧ ±5)      R  reset
    double click     maximise

While something is measured, the left button, Return and Backspace set and take back points.

The view holds only its own viewport (zoom and pan); everything else is in the session.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ccsd_app.qt.slices.slice_mouse import Drag, drag_of
from ccsd_app.qt.slices.slice_painter import SlicePainter
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import SliceScene, resolve, with_window, without_window
from ccsd_app.scene.slices.viewport import Placement, Viewport
from ccsd_app.session.display import MousePreset
from ccsd_app.session.measurement import Point
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.measuring.measuring import Measuring

WHEEL_STEP = 120
"""Qt's eighths of a degree for one notch of a wheel."""

WHEEL_ZOOM = 1.15
DRAG_ZOOM_PER_PX = 1.008
FAST_STEP = 5
CLICK_PX = 4
"""A mouse that moves less between press and release clicks; one that moves farther drags."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_MEASURE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)


class SliceView(QWidget):
    """A view of one plane: draws `resolve(session.state, plane)` and changes the session's state.

    Args:
        session: Holds the state.
        plane: Axial, sagittal or coronal.
        side: Returns the state that side B of a comparison draws; None draws the current state.
        parent: Qt parent.
    """

    maximise_requested = Signal()
    viewport_changed = Signal(object)
    """Emitted with the new `Viewport` when the user zoomed or panned."""

    def __init__(
        self,
        session: Session,
        plane: Plane,
        *,
        side: Callable[[State], State] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._plane = plane
        self._side = side
        self._pointer: Point | None = None
        self._scene: SliceScene | None = self._resolve(session.state)
        self._painter = SlicePainter(plane)
        self._viewport = Viewport()
        self._drag: Drag | None = None
        self._drag_from = QPointF()
        self._drag_start = QPointF()
        self._wheel = 0
        self._before_press = session.state.cursor_voxel
        self._measuring = Measuring(session)
        self.setObjectName(f"slice_{plane.value}" if side is None else f"other_{plane.value}")
        suffix = "" if side is None else " of the compared subset"
        self.setAccessibleName(f"{plane.value.capitalize()} slice{suffix}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._describe()
        session.changed.connect(self._on_session_changed)

    @property
    def plane(self) -> Plane:
        return self._plane

    @property
    def scene(self) -> SliceScene | None:
        """The scene that is drawn; None without a case."""
        return self._scene

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    def placement(self) -> Placement | None:
        """The position of the slice in the widget; None without a case."""
        if self._scene is None:
            return None
        return self._viewport.placement(
            self._scene.picture.location.geometry, self._scene.frame, self.width(), self.height()
        )

    def set_viewport(self, viewport: Viewport) -> None:
        """Use the zoom and position of another view."""
        self._viewport = viewport
        self.update()

    def show_as(self, viewport: Viewport) -> None:
        """Use a zoom and position, also in linked views."""
        self._change_viewport(viewport)

    def image(
        self, size: QSize | None = None, *, ratio: float = 1.0, state: State | None = None
    ) -> QImage:
        """A picture of the view, at its own or another size, of the current or another state."""
        size = size or self.size()
        scene = self._scene if state is None else self._resolve(state)
        image = QImage(size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        with painting(image) as painter:
            area = QRectF(QPointF(), size)
            self._painter.paint(painter, scene, self._viewport, area, focused=False)
        return image

    def fit(self) -> None:
        """Fit the whole slice into the view."""
        self._change_viewport(Viewport())

    def reset(self) -> None:
        """Fit the slice and go back to the default intensity window."""
        self.fit()
        self._session.become(without_window(self._session.state))

    def step(self, slices: int) -> None:
        """Move `slices` along the normal: up, forward or to the right of the patient."""
        point = list(self._session.state.cursor_voxel)
        point[self._plane.normal_axis] += slices
        self._set_cursor((point[0], point[1], point[2]))

    # ------------------------------------------------------------------ drawing

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._painter.paint(
                painter,
                self._scene,
                self._viewport,
                QRectF(self.rect()),
                focused=self.hasFocus(),
                opening=self._session.state.activity is not None,
            )

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.original is not old.original:
            self._viewport = Viewport()
            self._drag = None
        drawing = new.drawing is not None
        if drawing != self.hasMouseTracking():
            self.setMouseTracking(drawing)
            self._pointer = None
        scene = self._resolve(new)
        if scene != self._scene or new.case is not old.case:
            self._scene = scene
            self._describe()
            self.update()
        elif scene is None and (new.activity is None) != (old.activity is None):
            self.update()

    def _resolve(self, state: State) -> SliceScene | None:
        pointer = self._pointer if state.drawing is not None else None
        if self._side is None:
            return resolve(state, self._plane, pointer=pointer)
        return resolve(self._side(state), self._plane, side="B", pointer=pointer)

    def _describe(self) -> None:
        scene = self._scene
        text = "No case" if scene is None else f"{scene.position}, {scene.provenance}"
        self.setAccessibleDescription(text)

    # -------------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        state = self._session.state
        self._drag = drag_of(
            event.button(),
            event.modifiers(),
            state.mouse,
            window_tool=state.window_tool,
            measuring=state.drawing is not None,
        )
        if self._scene is None:
            self._drag = None
        self._before_press = state.cursor_voxel
        self._drag_from = self._drag_start = event.position()
        if self._drag is Drag.CROSSHAIR:
            self._set_cursor_under(event.position())
        elif self._drag is Drag.MEASURE:
            self._measure_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        placement, scene = self.placement(), self._scene
        if self._drag in (None, Drag.MEASURE) and self._session.state.drawing is not None:
            self._show_pointer(event.position())
            return
        if self._drag is None or placement is None or scene is None:
            return
        moved = event.position() - self._drag_from
        self._drag_from = event.position()
        px_per_mm = placement.row_px / scene.picture.location.geometry.row_mm
        if self._drag is Drag.CROSSHAIR:
            self._set_cursor_under(event.position())
        elif self._drag is Drag.PAN:
            self._change_viewport(
                self._viewport.panned(moved.x() / px_per_mm, moved.y() / px_per_mm)
            )
        elif self._drag is Drag.ZOOM:
            self._zoom(DRAG_ZOOM_PER_PX ** -moved.y(), self._drag_start)
        else:
            self._change_window(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        click = event.position() == self._drag_start
        pacs = self._session.state.mouse is MousePreset.PACS
        left = event.button() == Qt.MouseButton.LeftButton
        if pacs and left and click and self._drag is Drag.WINDOW:
            self._set_cursor_under(event.position())
        step = (event.position() - self._drag_start).manhattanLength() > CLICK_PX
        drawing = self._session.state.drawing
        if self._drag is Drag.MEASURE and step and drawing is not None and drawing.points_voxel:
            self._measure_at(event.position())  # the other end of a drag
        self._drag = None

    def leaveEvent(self, event: QEvent) -> None:
        if self._pointer is not None:
            self._pointer = None
            self._draw_anew()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._session.state.drawing is not None:
            self._drag = None
            self._measuring.finish()
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = None
            self._set_cursor(self._before_press)  # the first of the two clicks has moved it
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(WHEEL_ZOOM ** (delta / WHEEL_STEP), event.position())
            return
        self._wheel += delta  # a touch pad sends fractions of a notch
        notches = int(self._wheel / WHEEL_STEP)
        self._wheel -= notches * WHEEL_STEP
        if notches:
            self.step(notches)

    # ----------------------------------------------------------------- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        other = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        key, step = Qt.Key(event.key()), FAST_STEP if shift else 1
        if self._scene is None or other != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
        elif self._session.state.drawing is not None and key in _MEASURE_KEYS:
            if key == Qt.Key.Key_Backspace:
                self._measuring.take_back()
            else:
                self._measuring.point_at_crosshair(self._plane.normal_axis)
        elif key in _ARROWS:
            column, row = self._scene.crosshair
            right, down = _ARROWS[key]
            self._set_cursor_at_pixel(column + right * step, row + down * step)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.step(step if key == Qt.Key.Key_PageUp else -step)
        elif key == Qt.Key.Key_R and not shift:
            self.reset()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    # ------------------------------------------------------------------ intents

    def _measure_at(self, at: QPointF) -> None:
        point = self._place_of(at)
        if point is not None:
            self._pointer = None
            self._measuring.point(point, self._plane.normal_axis)

    def _show_pointer(self, at: QPointF) -> None:
        self._pointer = self._place_of(at)
        self._draw_anew()

    def _draw_anew(self) -> None:
        self._scene = self._resolve(self._session.state)
        self.update()

    def _place_of(self, at: QPointF) -> Point | None:
        """The place in the image under a point of the view, kept within the slice."""
        placement, scene = self.placement(), self._scene
        if placement is None or scene is None:
            return None
        location = scene.picture.location
        column, row = placement.pixel_from_point(at.x(), at.y())
        column = min(max(column, 0.0), float(location.geometry.columns))
        row = min(max(row, 0.0), float(location.geometry.rows))
        return location.geometry.point_from_pixel(column, row, index=location.index)

    def _set_cursor_under(self, point: QPointF) -> None:
        placement = self.placement()
        if placement is not None:
            column, row = placement.pixel_from_point(point.x(), point.y())
            self._set_cursor_at_pixel(int(column // 1), int(row // 1))

    def _set_cursor_at_pixel(self, column: int, row: int) -> None:
        if self._scene is not None:
            picture = self._scene.picture
            self._set_cursor(
                picture.location.geometry.voxel_from_pixel(
                    column=column, row=row, index=picture.location.index
                )
            )

    def _set_cursor(self, point_voxel: tuple[int, int, int]) -> None:
        state = self._session.state.with_cursor(point_voxel)
        if state.cursor_voxel != self._session.state.cursor_voxel:
            self._session.become(state)

    def _zoom(self, factor: float, about: QPointF) -> None:
        placement, scene = self.placement(), self._scene
        if placement is None or scene is None:
            return
        px_per_mm = placement.row_px / scene.picture.location.geometry.row_mm
        right = (about.x() - self.width() / 2) / px_per_mm
        down = (about.y() - self.height() / 2) / px_per_mm
        self._change_viewport(self._viewport.zoomed(factor, about_mm=(right, down)))

    def _change_viewport(self, viewport: Viewport) -> None:
        if viewport != self._viewport:
            self.set_viewport(viewport)
            self.viewport_changed.emit(viewport)

    def _change_window(self, moved: QPointF) -> None:
        if self._scene is None:
            return
        low, high = self._scene.picture.window
        per_px = max(high - low, 1e-6) / 250
        level = (low + high) / 2 - moved.y() * per_px
        half = max((high - low) / 2 + moved.x() * per_px / 2, 0.0)
        self._session.become(with_window(self._session.state, (level - half, level + half)))
