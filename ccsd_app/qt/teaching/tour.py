"""The guided tour over the window: shows each step's widget with a frame and a popup.

    TourModel ── popup ──▶ Tour ──▶ frame around the widget, popup beside it

Both are drawn over the window, which stays usable. The selected tabs, an enlarged view and the
focus are restored at the end.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QScrollArea,
    QTabWidget,
    QToolBar,
    QWidget,
)

from ccsd_app.qt.teaching.tour_keys import TourKeys
from ccsd_app.qt.teaching.tour_place import popup_position
from ccsd_app.qt.teaching.tour_popup import FRAME, GAP, TourFrame, TourPopupWidget
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.viewmodel.teaching.tour import TourModel, TourPopup

PAGE_DEPTH = 4
"""Largest number of parents between a page and its tab widget: pages may be in scroll areas."""
MOVES = (
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)
EDGE = 8
"""Distance between the popup and the window's edge, in pixels."""
HEADING_PX = 12
"""A heading within this distance above a widget belongs to the widget."""
EXTENSION = "qt_toolbar_ext_button"
"""Object name of the button that a narrow toolbar shows for the buttons that do not fit."""


class Tour(QObject):
    """Draws `model.popup` over `window`."""

    def __init__(self, window: QMainWindow, views: ViewsGrid, model: TourModel) -> None:
        super().__init__(window)
        self._window = window
        self._views = views
        self._frame = TourFrame(window)
        self._popup = TourPopupWidget(model, window)
        self._keys = TourKeys(window, self._popup, model)
        self._beside: tuple[str, ...] = ()
        self._last_position: QPoint | None = None
        self._running = False
        self._tabs: dict[QTabWidget, int] = {}
        self._large: QWidget | None = None
        self._focus: QWidget | None = None
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._place)
        model.changed.connect(self._show)

    def _show(self, popup: TourPopup | None) -> None:
        self._stop_watching()
        if popup is not None and not self._running:
            self._begin()
        self._target = None if popup is None else _shown_widget(self._window, popup.target)
        for widget in (self._frame, self._popup):
            widget.setVisible(self._target is not None)
        if popup is not None and self._target is not None:
            self._watch(self._target)
            self._beside = popup.keep_visible
            self._popup.show_step(popup)
            self._place()
        if popup is None and self._running:
            self._end()

    def _begin(self) -> None:
        self._running = True
        self._last_position = None
        self._focus = QApplication.focusWidget()
        self._tabs = {tabs: tabs.currentIndex() for tabs in self._window.findChildren(QTabWidget)}
        self._large = self._views.large
        self._views.enlarge(None)
        self._popup.begin()
        _application().installEventFilter(self._keys)

    def _end(self) -> None:
        self._running = False
        _application().removeEventFilter(self._keys)
        for tabs, index in self._tabs.items():
            tabs.setCurrentIndex(index)
        if self._large is not None and self._views.large is None and not self._views.comparing:
            self._views.enlarge(self._large)
        if self._focus is not None:
            self._focus.setFocus()

    def _place(self) -> None:
        if self._target is None:
            return
        target_rect = _with_heading(self._window, self._target)
        self._frame.setVisible(not target_rect.isEmpty())
        self._frame.surround(target_rect)
        room = self._window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        self._last_position = popup_position(
            _framed(target_rect),
            self._popup.size(),
            room,
            keep_visible=self._rects_to_keep_visible(),
            last_position=self._last_position,
        )
        self._popup.move(self._last_position)
        self._frame.raise_()
        self._popup.raise_()

    def _rects_to_keep_visible(self) -> list[QRect]:
        """The visible parts of the widgets that the text mentions."""
        found = (self._window.findChild(QWidget, name) for name in self._beside)
        visible = [widget for widget in found if widget is not None and widget.isVisible()]
        return [_framed(_with_heading(self._window, widget)) for widget in visible]

    def _watch(self, target: QWidget) -> None:
        """Follow the target when it or one of its ancestors moves."""
        widget: QWidget | None = target
        while widget is not None:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()

    def _stop_watching(self) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVES:
            self._soon.start()
        return False


def _shown_widget(window: QMainWindow, name: str) -> QWidget | None:
    """The widget of that name, after selecting its tab, or a narrow toolbar's extension button."""
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


def _framed(part: QRect) -> QRect:
    margin = GAP + FRAME
    return part.adjusted(-margin, -margin, margin, margin)


def _with_heading(window: QMainWindow, widget: QWidget) -> QRect:
    """The visible rectangle of a widget, with the heading or tabs right above it."""
    part = _visible_part(window, widget)
    panel = widget.parentWidget()
    tabs = panel
    for _ in range(PAGE_DEPTH):
        if tabs is not None and not isinstance(tabs, QTabWidget):
            tabs = tabs.parentWidget()
    if isinstance(tabs, QTabWidget):
        return part | _visible_part(window, tabs.tabBar())
    for label in [] if panel is None else panel.findChildren(QLabel):
        below = widget.y() - label.geometry().bottom()
        is_near = label.parentWidget() is panel and 0 < below <= HEADING_PX
        if is_near and label.property("role") == "heading":
            part |= _visible_part(window, label)
    return part


def _visible_part(window: QMainWindow, widget: QWidget) -> QRect:
    """The visible rectangle of a widget inside its parents, in window coordinates."""
    part = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    above = widget.parentWidget()
    while above is not None and above is not window:
        part &= QRect(above.mapTo(window, above.rect().topLeft()), above.size())
        above = above.parentWidget()
    return part


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
