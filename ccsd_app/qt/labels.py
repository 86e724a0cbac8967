"""Text in its few roles, and a label that shortens its text instead of widening its panel."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def label(text: str = "", *, role: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """A label in a role of the style sheet: heading, title, dim, small, warning, badge."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


class ElidedLabel(QLabel):
    """A one-line label that gives way: what does not fit is cut in the middle, with `…`."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        role: str = "",
        name: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        width: QSizePolicy.Policy = QSizePolicy.Policy.Ignored,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setObjectName(name)
        self._mode = mode
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        inside = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), self._mode, inside.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(inside, int(self.alignment()), text)
        painter.end()
