"""The guided tour over the window: finds each step's widget, brings it to sight, points at it.

    TourModel ── card ──▶ Tour ──▶ frame around the widget, card beside it

Nothing is blocked: both lie over the window, which goes on working below.
"""

from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtWidgets import QMainWindow, QScrollArea, QTabWidget, QToolBar, QWidget

from ccsd_app.qt.tour_card import GAP, TourCardWidget, TourFrame, place_beside
from ccsd_app.viewmodel.tour import TourCard, TourModel

MOVES = (
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)
EXTENSION = "qt_toolbar_ext_button"
"""What a narrow toolbar has in place of what does not fit."""


class Tour(QObject):
    """Draws `model.card` over `window`."""

    def __init__(self, window: QMainWindow, model: TourModel) -> None:
        super().__init__(window)
        self._window = window
        self._frame = TourFrame(window)
        self._card = TourCardWidget(model, window)
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._place)
        model.changed.connect(self._show)

    def _show(self, card: TourCard | None) -> None:
        self._forget()
        self._target = None if card is None else _brought_to_sight(self._window, card.target)
        for widget in (self._frame, self._card):
            widget.setVisible(self._target is not None)
        if card is not None and self._target is not None:
            self._watch(self._target)
            self._card.tell(card)
            self._place()

    def _place(self) -> None:
        if self._target is None:
            return
        where = _visible_part(self._window, self._target)
        self._frame.setVisible(not where.isEmpty())
        self._frame.surround(where)
        room = self._window.rect().adjusted(GAP, GAP, -GAP, -GAP)
        self._card.move(place_beside(where, self._card.size(), room))
        self._frame.raise_()
        self._card.raise_()

    def _watch(self, target: QWidget) -> None:
        """Be told when the target moves, whichever of its ancestors moved it."""
        widget: QWidget | None = target
        while widget is not None:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()

    def _forget(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVES:
            self._soon.start()
        return False


def _brought_to_sight(window: QMainWindow, name: str) -> QWidget | None:
    """The widget of that name, its tab in front; what a narrow toolbar has in its place."""
    widget = window.findChild(QWidget, name)
    if widget is None:
        return None
    inside = widget
    while (parent := inside.parentWidget()) is not None:
        tabs = parent.parentWidget()
        if isinstance(tabs, QTabWidget) and tabs.indexOf(inside) >= 0:
            tabs.setCurrentWidget(inside)
        elif isinstance(tabs, QScrollArea):
            tabs.ensureWidgetVisible(widget)
        if isinstance(parent, QToolBar) and not widget.isVisible():
            return parent.findChild(QWidget, EXTENSION)
        inside = parent
    return widget


def _visible_part(window: QMainWindow, widget: QWidget) -> QRect:
    """What of a widget is not cut off by those it stands in, in the window's coordinates."""
    part = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    above = widget.parentWidget()
    while above is not None and above is not window:
        part &= QRect(above.mapTo(window, above.rect().topLeft()), above.size())
        above = above.parentWidget()
    return part
