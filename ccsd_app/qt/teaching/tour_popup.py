"""The widgets of the guided tour: a frame around a widget, and a small popup."""

from itertools import pairwise

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ccsd_app.qt.widgets.flat_button import flat_button
from ccsd_app.qt.widgets.labels import label
from ccsd_app.qt.widgets.push_button import push_button
from ccsd_app.viewmodel.teaching.tour import TourModel, TourPopup

WIDTH = 260
"""Width in pixels; it fits below the left panel's numbers."""
FRAME = 2
GAP = 2
"""Distance between a target and its frame; with the frame, it fills the gap to the neighbours."""
WAITING = "One moment…"
SHOW, SKIP, NEXT, DONE = "Show me (Return)", "Next", "Next (Return)", "Done (Return)"


class TourFrame(QFrame):
    """A frame over the window that is transparent for mouse events."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("tour_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QRect) -> None:
        """Surround a rectangle of the parent."""
        margin = GAP + FRAME
        outside = target.adjusted(-margin, -margin, margin, margin)
        self.setGeometry(outside & self._room.rect())
        whole = QRegion(self.rect())
        self.setMask(whole - QRegion(self.rect().adjusted(FRAME, FRAME, -FRAME, -FRAME)))


class TourPopupWidget(QFrame):
    """Title, two sentences, what to do or what was done, and Back, Next, End.

    It is as tall as its tallest text needs, so that Next does not move while the popup does not.
    """

    def __init__(self, model: TourModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour_popup")
        self.setProperty("role", "popup")
        self._number = label(role="small", name="tour_number")
        self._model = model
        self._tallest = 0
        self._title = label(role="title", name="tour_title", wrap=True)
        self._did = label(role="badge", name="tour_did", wrap=True)
        self._text = label(name="tour_text", wrap=True)
        self._ask = label(role="badge", name="tour_ask", wrap=True)
        self._back = push_button("Back", "tour_back", model.back)
        self._next = push_button(NEXT, "tour_next", model.next_step)
        self._show = push_button(SHOW, "tour_show", model.perform)
        header = QHBoxLayout()
        header.addWidget(label("Guided tour", role="heading"))
        header.addStretch(1)
        header.addWidget(self._number)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        hint = "End the tour and restore your settings"
        end = flat_button("End (Esc)", "tour_end", hint, model.end)
        buttons.addWidget(end)
        buttons.addStretch(1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(header)
        for widget in (self._title, self._did, self._text, self._ask):
            layout.addWidget(widget)
        layout.addWidget(self._show, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        layout.addLayout(buttons)
        order = (self._show, end, self._back, self._next)
        for earlier, later in pairwise(order):
            QWidget.setTabOrder(earlier, later)
        self.hide()

    def begin(self) -> None:
        """Start the tour: take the height of its tallest popup, and the keyboard focus."""
        self._next.setFixedWidth(max(map(self._width_with, (SKIP, NEXT, DONE))))
        self.setFixedWidth(max(WIDTH, self.minimumSizeHint().width()))
        self._tallest = max(map(self._height_of, self._model.popups()))
        self._next.setFocus()

    def show_step(self, popup: TourPopup) -> None:
        """Show the texts and buttons of a step."""
        self._tallest = max(self._tallest, self._height_of(popup))
        self.resize(self.width(), self._tallest)

    def _height_of(self, popup: TourPopup) -> int:
        self._write(popup)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        return layout.totalHeightForWidth(self.width())

    def _width_with(self, text: str) -> int:
        self._next.setText(text)
        self._next.setMinimumWidth(0)
        self._next.ensurePolished()
        return self._next.sizeHint().width()

    def _write(self, popup: TourPopup) -> None:
        self._number.setText(f"{popup.number} of {popup.total}")
        self._title.setText(popup.title)
        self._did.setText(f"✓ {popup.done_text}")
        self._did.setVisible(bool(popup.done_text))
        self._text.setText(popup.text)
        instruction = WAITING if popup.in_progress else popup.instruction
        self._ask.setText(instruction)
        self._ask.setVisible(bool(popup.instruction))
        visible_button, hidden_button = (
            (self._show, self._next) if popup.can_perform else (self._next, self._show)
        )
        visible_button.setVisible(True)
        if hidden_button.hasFocus():
            visible_button.setFocus()  # so that Return clicks it
        self._show.setVisible(popup.can_perform)
        self._back.setEnabled(not popup.first)
        self._next.setText(SKIP if popup.instruction else DONE if popup.last else NEXT)
        self.setAccessibleName(f"{popup.title}. {popup.done_text} {popup.text} {instruction}")
