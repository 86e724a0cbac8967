"""One picture of the quiz: a title, and below it an axial slice; the wheel changes the slice."""

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ccsd_app.qt.slices.slice_painter import SlicePainter
from ccsd_app.qt.slices.slice_view import WHEEL_STEP
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import SliceScene
from ccsd_app.scene.slices.viewport import Viewport


class QuizPicture(QWidget):
    """A title and a slice."""

    stepped = Signal(int)
    """The user asked for another slice: up (1) or down (−1)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(role="badge", name=f"{name}_title")
        self._slice = _Slice(name)
        self._wheel = 0
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._slice, 1)

    @property
    def scene(self) -> SliceScene | None:
        """The slice that is drawn; None if there is none."""
        return self._slice.scene

    def show_scene(self, scene: SliceScene | None, title: str) -> None:
        """Draw a slice with a title."""
        self._title.setText(title)
        self._slice.setAccessibleName(title)
        self._slice.scene = scene
        self._slice.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        self._wheel += event.angleDelta().y()  # a touch pad sends fractions of a notch
        notches = int(self._wheel / WHEEL_STEP)
        self._wheel -= notches * WHEEL_STEP
        if notches:
            self.stepped.emit(notches)


class _Slice(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.scene: SliceScene | None = None
        self._painter = SlicePainter(Plane.AXIAL)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 160)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            self._painter.paint(
                painter, self.scene, Viewport(), QRectF(self.rect()), focused=False, opening=True
            )
