"""A still 3-D picture, rendered by a child process, for a window without OpenGL.

    show_scene ── npz ──▶ child (`ccsd_app.render.picture`) ── PNG ──▶ rendered

At most one child process runs; a scene that changed meanwhile is rendered next.
"""

import sys

from PySide6.QtCore import QProcess, QProcessEnvironment, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.painting import painting
from ccsd_app.render.picture import OFF_SCREEN_WINDOW, WINDOW_CLASS
from ccsd_app.render.scene_bytes import scene_to_bytes
from ccsd_app.scene.view3d.view3d_scene import View3dScene

LARGEST_PX = 2000


class StillView(QWidget):
    """Shows the newest picture that was rendered; empty before the first one."""

    rendered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted: View3dScene | None = None
        self._rendering: View3dScene | None = None
        self._shown: View3dScene | None = None
        self._failed: View3dScene | None = None
        self._picture = QImage()
        self._child: QProcess | None = None

    @property
    def picture(self) -> QImage:
        """The newest picture; null if there is none."""
        return self._picture

    @property
    def failed(self) -> bool:
        """Whether rendering the newest scene failed."""
        return self._failed is not None and self._failed is self._wanted

    def shows(self, scene: View3dScene | None) -> bool:
        """Whether the final picture of `scene` is on screen, or rendering it failed."""
        return scene in (self._shown, self._failed) and self._child is None

    def show_scene(self, scene: View3dScene | None) -> None:
        """Render `scene`, after the one that is being rendered. None clears the view."""
        self._wanted = scene
        if scene is None:
            self._picture, self._shown = QImage(), None
            self.update()
        elif self._child is None and not self.shows(scene):
            self._begin(scene)

    def stop(self) -> None:
        """End the child process, if one runs; no signal is emitted after this."""
        child, self._child = self._child, None
        if child is not None:
            child.finished.disconnect()
            child.errorOccurred.disconnect()
            child.kill()
            child.waitForFinished(1000)
            child.deleteLater()

    def _begin(self, scene: View3dScene) -> None:
        self._rendering = scene
        ratio = self.devicePixelRatioF()
        width, height = (
            str(min(max(round(side * ratio), 64), LARGEST_PX))
            for side in (self.width(), self.height())
        )
        child = self._child = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert(WINDOW_CLASS, OFF_SCREEN_WINDOW)
        child.setProcessEnvironment(environment)
        child.finished.connect(self._on_finished)
        child.errorOccurred.connect(self._on_error)
        child.start(sys.executable, ["-m", "ccsd_app.render.picture", width, height])
        child.write(scene_to_bytes(scene))
        child.closeWriteChannel()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._on_finished()

    def _on_finished(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        picture = QImage.fromData(child.readAllStandardOutput(), "PNG")  # pyright: ignore[reportArgumentType]
        child.deleteLater()
        if picture.isNull():
            self._failed = self._rendering
        else:
            self._picture, self._shown = picture, self._rendering
        self.update()
        if self._wanted is not None and not self.shows(self._wanted):
            self._begin(self._wanted)
        else:
            self.rendered.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        size = QSizeF(self._picture.size()).scaled(
            QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio
        )
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(QRectF(self.rect()).center())
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._picture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()
