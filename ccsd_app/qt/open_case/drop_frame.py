"""The overlay on the window that shows what dropping files would do."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from ccsd_app.qt.widgets import theme

MARGIN = 12


class DropFrame(QLabel):
    """Covers its window while something is dragged over it; transparent for mouse events."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("drop_frame")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def announce(self, text: str, *, accepted: bool) -> None:
        """Show what dropping would do.

        Args:
            text: The message.
            accepted: Whether there is something that can be opened.
        """
        colour = theme.ACCENT if accepted else theme.WARNING
        self.setStyleSheet(
            f"QLabel {{ border: 3px dashed {colour}; border-radius: 10px; color: {theme.PLOT.text};"
            " background: rgba(27, 30, 35, 215); font-size: 18px; padding: 24px; }"
        )
        self.setText(text)
        self.setGeometry(self._window.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self.raise_()
        self.show()
