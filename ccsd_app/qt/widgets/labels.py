"""Labels in the roles of the style sheet, and a label that elides its text."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ccsd_app.qt.widgets.painting import painting


def label(text: str = "", *, role: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """A label in a role of the style sheet: heading, title, dim, small, warning, badge."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    return made


ROUNDING = 3
"""Extra pixels: widths in whole pixels are a little too small, and texts would be cut."""


class ElidedLabel(QLabel):
    """A one-line label that may shrink: what does not fit is replaced by `…`.

    Args:
        parent: Qt parent.
        role: Of the style sheet.
        name: Object name.
        mode: Where it is cut.
        width: Its horizontal size policy.
        steady: It changes many times a second: it grows to the widest text it has shown, and
            keeps that width, so that nothing has to be laid out anew.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        role: str = "",
        name: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        width: QSizePolicy.Policy = QSizePolicy.Policy.Ignored,
        steady: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setObjectName(name)
        self._mode = mode
        self._steady = steady
        self._text = ""
        self._widest = 0
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        # QLabel's own setText has the whole window laid out, whatever the text
        self._text = text
        self.setAccessibleName(text)
        width = self.fontMetrics().horizontalAdvance(text)
        if width > self._widest or (width < self._widest and not self._steady):
            self._widest = width
            self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widest = self.fontMetrics().horizontalAdvance(self._text)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        edges = QSize(margins.left() + margins.right(), margins.top() + margins.bottom())
        return QSize(self._widest + ROUNDING, self.fontMetrics().height()) + edges

    def minimumSizeHint(self) -> QSize:
        return QSize(20, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        inside = self.contentsRect()
        text = self.fontMetrics().elidedText(self._text, self._mode, inside.width())
        with painting(self) as painter:
            painter.setPen(self.palette().windowText().color())
            painter.drawText(inside, int(self.alignment()), text)
