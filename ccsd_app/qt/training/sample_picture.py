"""The sample slice of a run, as large as there is room."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget

from ccsd_app.qt.widgets.painting import painting


class SamplePicture(QWidget):
    """Draws a picture in the middle, without smoothing its voxels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_sample")
        self._image = QImage()

    @property
    def is_empty(self) -> bool:
        return self._image.isNull()

    def show_image(self, image: QImage) -> None:
        """Draw a picture in place of the one before."""
        self._image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(self.rect().topLeft(), size)
        place.moveCenter(self.rect().center())
        with painting(self) as painter:
            painter.drawImage(place, self._image)
