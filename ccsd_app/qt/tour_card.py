"""What the guided tour shows: a calm frame around a widget, and a small card beside it."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ccsd_app.qt.flat_button import flat_button
from ccsd_app.qt.labels import label
from ccsd_app.viewmodel.tour import TourCard, TourModel

WIDTH = 256
GAP = 10
FRAME = 2
AIR = 4
"""Between a target and its frame."""


class TourFrame(QFrame):
    """A frame that lies over the window and lets every click through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setObjectName("tour_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def surround(self, target: QRect) -> None:
        """Lie around a rectangle of the parent."""
        margin = AIR + FRAME
        outside = target.adjusted(-margin, -margin, margin, margin)
        self.setGeometry(outside & self._room.rect())
        whole = QRegion(self.rect())
        self.setMask(whole - QRegion(self.rect().adjusted(FRAME, FRAME, -FRAME, -FRAME)))


class TourCardWidget(QFrame):
    """Title, two sentences, what to do, and Back, Next, End."""

    def __init__(self, model: TourModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour_card")
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH)
        self._number = label(role="small", name="tour_number")
        self._title = label(role="title", name="tour_title", wrap=True)
        self._text = label(name="tour_text", wrap=True)
        self._ask = label(role="badge", name="tour_ask", wrap=True)
        self._back = _button("Back", "tour_back", model.back)
        self._next = _button("Next", "tour_next", model.go_on)
        head = QHBoxLayout()
        head.addWidget(label("GUIDED TOUR", role="heading"))
        head.addStretch(1)
        head.addWidget(self._number)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        end = flat_button("End", "tour_end", "leave the tour (Esc); everything stays", model.end)
        buttons.addWidget(end)
        buttons.addStretch(1)
        buttons.addWidget(self._back)
        buttons.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        for widget in (self._title, self._text, self._ask):
            layout.addWidget(widget)
        layout.addSpacing(2)
        layout.addLayout(buttons)
        self.hide()

    def tell(self, card: TourCard) -> None:
        """Show a step, as tall as its text."""
        self._number.setText(f"{card.number} of {card.total}")
        self._title.setText(card.title)
        self._text.setText(card.text)
        self._ask.setText(card.ask)
        self._ask.setVisible(bool(card.ask))
        self._back.setEnabled(not card.first)
        self._next.setText("Done" if card.last else "Next")
        self.setAccessibleName(f"{card.title}. {card.text} {card.ask}")
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))


def place_beside(target: QRect, card: QSize, room: QRect) -> QPoint:
    """Where a card stands: below its target, above, right or left of it, wholly in the room.

    Where it fits on no side it stands in the room's lower right corner.
    """
    left = max(room.left(), min(target.left(), room.right() + 1 - card.width()))
    top = max(room.top(), min(target.top(), room.bottom() + 1 - card.height()))
    places = (
        QPoint(left, target.bottom() + 1 + GAP),
        QPoint(left, target.top() - GAP - card.height()),
        QPoint(target.right() + 1 + GAP, top),
        QPoint(target.left() - GAP - card.width(), top),
    )
    corner = QPoint(room.right() + 1 - card.width(), room.bottom() + 1 - card.height())
    return next((p for p in places if room.contains(QRect(p, card))), corner)


def _button(text: str, name: str, clicked: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda *_: clicked())
    return button
