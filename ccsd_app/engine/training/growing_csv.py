"""A CSV file that another process appends to: only what is new is read, and only whole lines."""

import csv
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path


class GrowingCsv:
    """Reads the numbers of a growing CSV file; a file that was replaced is read from its beginning.

    Args:
        path: The file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._forget()

    @property
    def columns(self) -> Mapping[str, Sequence[float]]:
        """The values of each column so far; nan for empty cells and for text."""
        return self._columns

    def read(self) -> bool:
        """Read what is new; returns whether anything has changed."""
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                identity = status.st_dev, status.st_ino
                replaced = identity != self._identity or status.st_size < self._offset
                if replaced:
                    self._forget()
                    self._identity = identity
                file.seek(self._offset)
                new = file.read()
        except OSError:
            changed = bool(self._columns)
            self._forget()
            return changed
        whole, newline, _ = new.rpartition(b"\n")
        self._offset += len(whole) + len(newline)
        lines = list(csv.reader(whole.decode("utf-8", errors="replace").splitlines()))
        if lines and not self._columns:
            self._columns = {name: [] for name in lines.pop(0)}
        for cells in lines:
            if len(cells) == len(self._columns):
                for values, cell in zip(self._columns.values(), cells, strict=True):
                    values.append(_number(cell))
        return replaced or bool(lines)

    def _forget(self) -> None:
        self._identity: tuple[int, int] | None = None
        self._offset = 0
        self._columns: dict[str, list[float]] = {}


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan
