"""What goes wrong in a run: exceptions anywhere, Qt's warnings, memory and handles that grow."""

import faulthandler
import gc
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

HARMLESS = ("QStandardPaths", "propagateSizeHints", "XKEYBOARD")
"""Of the platform, not of the program."""


class Complaints:
    """Collects exceptions of any thread and warnings of Qt, while it is entered."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.doing = ""

    def __enter__(self) -> "Complaints":
        self._former = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._exception
        threading.excepthook = lambda a: self._exception(a.exc_type, a.exc_value, a.exc_traceback)
        sys.unraisablehook = lambda a: self._exception(a.exc_type, a.exc_value, a.exc_traceback)
        self._handler = qInstallMessageHandler(self._qt)
        faulthandler.enable()
        return self

    def __exit__(self, *_: object) -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._former
        qInstallMessageHandler(self._handler)

    def _exception(self, kind: type[BaseException], error: object, trace: object) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        self.found.append(f"{self.doing}: {text}")

    def _qt(self, kind: QtMsgType, context: object, message: str) -> None:
        del context
        if kind is QtMsgType.QtDebugMsg or any(word in message for word in HARMLESS):
            return
        self.found.append(f"{self.doing}: Qt: {message}")


@dataclass
class Meter:
    """Resources of this process, measured now and then.

    Args:
        actions: Number of actions done at each measurement.
        values: Measured values, by what they count.
    """

    actions: list[int] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, action: int) -> None:
        gc.collect()
        self.actions.append(action)
        for name, count in COUNTS.items():
            self.values.setdefault(name, []).append(count())

    def slopes(self) -> dict[str, float]:
        """Growth in 1,000 actions, over the second half: the first fills caches."""
        half = len(self.actions) // 2
        x = np.array(self.actions[half:], float) / 1000
        if len(x) < 3:
            return {}
        return {n: float(np.polyfit(x, v[half:], 1)[0]) for n, v in self.values.items()}


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _handles() -> float:
    return float(len(list(Path("/proc/self/fd").iterdir())))


COUNTS: dict[str, Callable[[], float]] = {
    "memory, MB": _memory_mb,
    "file handles": _handles,
    "threads": lambda: float(threading.active_count()),
    "widgets": lambda: float(len(QApplication.allWidgets())),
}
