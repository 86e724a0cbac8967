"""Labels in the roles of the style sheet, and a label that elides its text."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ccsd_app.qt.widgets.painting import painting


def label(text: str = "", *, role: str = "", name: str = "", wrap: bool = False) -> QLabel:
    """A label in a role of the style sheet: heading, title, dim, small, warning, badge."""
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    widget.setProperty("role", role)
    widget.setObjectName(name)
    widget.setWordWrap(wrap)
    return widget


ROUNDING = 3
"""Extra pixels, because widths are rounded to whole pixels and texts would be cut."""


class ElidedLabel(QLabel):
    """A one-line label that may shrink: what does not fit is replaced by `…`.

    Args:
        parent: Qt parent.
        role: Its role in the style sheet.
        name: Object name.
        mode: Where the text is elided.
        width: Its horizontal size policy.
        keep_width: Whether it keeps the width of the widest text so far, so that a text that
            changes many times per second does not change the layout.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        role: str = "",
        name: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        width: QSizePolicy.Policy = QSizePolicy.Policy.Ignored,
        keep_width: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setObjectName(name)
        self._mode = mode
        self._keep_width = keep_width
        self._text = ""
        self._widest = 0
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        # QLabel's own setText causes a layout of the whole window
        self._text = text
        self.setAccessibleName(text)
        width = self.fontMetrics().horizontalAdvance(text)
        if width > self._widest or (width < self._widest and not self._keep_width):
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
