"""Calls a function on the GUI thread from any other thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class QueuedCall(QObject):
    """`queued_call(function)`: the event loop of the thread that made this object calls `function`.

    After `close`, calls are dropped, because the window no longer exists.
    """

    _queued = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._queued.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def __call__(self, function: Callable[[], None]) -> None:
        if not self._closed:
            self._queued.emit(function)

    def close(self) -> None:
        self._closed = True

    @Slot(object)
    def _call(self, function: Callable[[], None]) -> None:
        if not self._closed:
            function()
