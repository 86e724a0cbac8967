"""A painter that is closed whatever happens: one left open takes the process down with it."""

from collections.abc import Generator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Generator[QPainter, None, None]:
    """Paint on a widget or a picture."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
