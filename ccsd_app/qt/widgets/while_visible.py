"""Draws a derived value in a widget; while the widget is hidden, the value is not computed."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ccsd_app.viewmodel.common.derived_value import DerivedValue

Shown = TypeVar("Shown")


def draw_while_visible(
    widget: QWidget, shown: DerivedValue[Shown], draw: Callable[[Shown], None]
) -> None:
    """Draw a value now, whenever it changes while the widget is visible, and when it appears.

    Args:
        widget: The only widget that shows the value; it must not hide itself because of it.
        shown: The value; it is paused while the widget is hidden.
        draw: Draws it.
    """
    shown.changed.connect(draw)
    draw(shown.value)
    widget.installEventFilter(_Watch(widget, shown))
    if not widget.isVisible():
        shown.pause()


class _Watch(QObject):
    def __init__(self, widget: QWidget, shown: DerivedValue[Shown]) -> None:
        super().__init__(widget)
        self._widget, self._shown = widget, shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            if self._widget.isVisible():
                self._shown.resume()
            else:
                self._shown.pause()
        return False
