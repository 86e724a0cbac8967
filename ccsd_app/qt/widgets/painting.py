"""A painter that is always ended, because Qt crashes if an active one is destroyed."""

from collections.abc import Generator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPainter


@contextmanager
def painting(device: QPaintDevice) -> Generator[QPainter, None, None]:
    """A context manager that gives a painter on a widget or a picture, and ends it."""
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
