"""Shows the frames of pyvistaqt's interactor in a widget that does not use OpenGL itself.

    mouse ──▶ View3dCanvas ──▶ QtInteractor (never shown) ──▶ camera
    paint ──▶ View3dCanvas ◀── framebuffer ◀── QtInteractor

With an OpenGL widget, Qt composes the whole window with OpenGL at every repaint of any part of it.
With software OpenGL, that took 14 of the 26 ms of a step through the slices (1500 × 1130 pixels,
two cores, llvmpipe), and the native window is recreated when the widget is added. Outside the
window, the interactor only costs its own frames.
"""

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QImage,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QSurface,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ccsd_app.qt.view3d.screenshot import resize_hidden
from ccsd_app.qt.widgets.painting import painting


class View3dCanvas(QWidget):
    """Draws the frames of `plotter` and passes mouse events on to it.

    Args:
        plotter: A `pyvistaqt.QtInteractor` without a parent, which only the canvas renders.
        parent: Qt parent.
    """

    painted = Signal()
    """Emitted after painting: the plotter's current content is on screen."""

    double_clicked = Signal()

    def __init__(self, plotter: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plotter: Any = plotter
        self._image = QImage()
        self._stale = True
        self._announce_painted = True
        self.setObjectName("canvas3d")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def image(self) -> QImage:
        """The plotter's current frame; a null image once it is closed."""
        if self._stale and self._plotter is not None:
            self._render()
        return self._image

    def redraw(self) -> None:
        """Render at the next painting, because the plotter's content has changed."""
        self._stale = self._announce_painted = True
        self.update()

    def close_plotter(self) -> None:
        """Release the plotter; the last frame stays on screen. Call it once, at the end."""
        plotter, self._plotter = self._plotter, None
        plotter.iren.remove_observers()
        plotter.close()
        _drop_surfaces(plotter)
        plotter.deleteLater()

    def _render(self) -> None:
        self._fit()
        self._image = self._plotter.grabFramebuffer()
        self._stale = False

    def _fit(self) -> None:
        """Make the plotter as large as the canvas."""
        if self._plotter.size() != self.size() and not self.size().isEmpty():
            resize_hidden(self._plotter, self.size())

    # ------------------------------------------------------------------- events

    def paintEvent(self, event: QPaintEvent) -> None:
        image = self.image
        with painting(self) as painter:
            painter.drawImage(self.rect(), image)
        if self._announce_painted:
            self._announce_painted = False
            self.painted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._forward("mousePressEvent", event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._forward("mouseReleaseEvent", event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._forward("mouseMoveEvent", event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._forward("wheelEvent", event)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._forward("enterEvent", event)

    def leaveEvent(self, event: QEvent) -> None:
        self._forward("leaveEvent", event)

    def _forward(self, handler: str, event: QEvent) -> None:
        """Pass an event on to the interactor, and render if it moved the camera."""
        if self._plotter is None:
            return
        self._fit()
        interactor = self._plotter.iren.interactor
        before = self._plotter.camera.GetMTime()
        interactor.EnableRenderOff()
        try:
            getattr(self._plotter, handler)(event)
        finally:
            interactor.EnableRenderOn()
        if self._plotter.camera.GetMTime() != before:
            self.redraw()


def _drop_surfaces(plotter: Any) -> None:
    """Drop the plotter's reference to its surface before the surface is deleted.

    A surface is not a QObject, so Python does not notice when it is deleted with its widget. If its
    address is reused by another object, that object would be treated as a surface, which can crash.
    """
    for name, value in list(vars(plotter).items()):
        if isinstance(value, QSurface):
            setattr(plotter, name, None)
