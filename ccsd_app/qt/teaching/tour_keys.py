"""Return and Space continue the tour, unless the focused widget needs these keys itself.

In a step with an action, the first press performs it. Further presses, also on the focused button
Next, are ignored until its result is on screen; then a press goes to the next step.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from ccsd_app.viewmodel.teaching.tour import TourModel

RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KEYS = (*RETURN, Qt.Key.Key_Space)
NEXT = "tour_next"
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class TourKeys(QObject):
    """An event filter of the application, installed while the tour runs.

    Args:
        window: The window over which the tour is drawn.
        popup: Its popup, whose buttons Return presses.
        model: The tour.
    """

    def __init__(self, window: QWidget, popup: QWidget, model: TourModel) -> None:
        super().__init__(window)
        self._window = window
        self._popup = popup
        self._model = model

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in KEYS or event.modifiers() not in PLAIN:
            return False
        if QApplication.activeModalWidget() or QApplication.activePopupWidget():
            return False
        active = QApplication.activeWindow()
        if active is not None and active is not self._window:
            return False
        focus = QApplication.focusWidget()
        forwarded = focus is not None and watched is not focus and not isinstance(watched, QWindow)
        return False if forwarded else self._press(event, focus)  # by a list that has handled it

    def _press(self, event: QKeyEvent, focus: QWidget | None) -> bool:
        act, popup = self._model.perform_or_next, self._model.popup
        if isinstance(focus, QAbstractButton) and self._popup.isAncestorOf(focus):
            is_waiting = focus.objectName() == NEXT and popup is not None and not popup.can_perform
            act = act if is_waiting else focus.click
        elif self._needs_keys(focus):
            return False
        if not event.isAutoRepeat():
            act()
        return True

    def _needs_keys(self, focus: QWidget | None) -> bool:
        if isinstance(focus, QAbstractItemView):
            popup = self._model.popup
            return popup is not None and not popup.done_text  # then its cell has been chosen
        return isinstance(focus, QAbstractButton | QComboBox | QLineEdit)
