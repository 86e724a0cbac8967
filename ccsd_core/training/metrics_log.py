"""The run's metrics.csv: one line every few steps, on disk as soon as it is written."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.storage.atomic import write_text
from ccsd_core.training.objective import LossParts

PARTS = ("seg_full", "seg_subsets", "hmsd", "dmcd", "alignment", "domain")
COLUMNS = ("step", "loss", *PARTS, "lr", "removed_first")


class MetricsLog:
    """Appends lines; on resuming, drops what lies after the checkpoint.

    Args:
        path: The CSV file.
        after_step: Lines of later steps are from a run that was cut off, and go.
    """

    def __init__(self, path: Path, *, after_step: int):
        self._path = path
        self._after_step = after_step

    def __enter__(self) -> "MetricsLog":
        text = "\n".join([",".join(COLUMNS), *self._kept(), ""])
        write_text(self._path, text)  # whole or not at all: a crash must not lose the history
        try:
            self._file = self._path.open("a", newline="", buffering=1, encoding="utf-8")
        except OSError as error:
            raise ResourceError(f"cannot write {self._path}: {error}") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        return self

    def _kept(self) -> list[str]:
        """The lines of the run so far, up to the checkpoint."""
        if not self._after_step or not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()[1:]
        steps = (line.partition(",")[0] for line in lines)
        return [
            line
            for line, step in zip(lines, steps, strict=True)
            if step.isdecimal() and int(step) <= self._after_step
        ]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(
        self, step: int, parts: LossParts, path: Sequence[ModalitySubset], *, lr: float
    ) -> None:
        """One line: the terms of the loss, the learning rate, the most critical sequence."""
        values = parts.as_floats()
        loss = values.pop("total")
        removed = (
            path[0].missing if len(path) < 2 else tuple(m for m in path[0] if m not in path[1])
        )
        self._writer.writerow(
            [
                step,
                f"{loss:.6g}",
                *(f"{v:.6g}" for v in values.values()),
                f"{lr:.4g}",
                "+".join(m.name for m in removed) if path else "",
            ]
        )
