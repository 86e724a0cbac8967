"""Calling a function on the GUI thread from any other thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Post(QObject):
    """`post(function)` has `function` called by the event loop of the thread that made it.

    After `close`, what is posted is dropped: the window it was meant for is gone.
    """

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def __call__(self, function: Callable[[], None]) -> None:
        if not self._closed:
            self._posted.emit(function)

    def close(self) -> None:
        self._closed = True

    @Slot(object)
    def _call(self, function: Callable[[], None]) -> None:
        if not self._closed:
            function()
