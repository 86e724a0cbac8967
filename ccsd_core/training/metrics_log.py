"""The run's metrics.csv: one line every few steps, on disk as soon as it is written."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import ResourceError
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
        kept: list[list[str]] = []
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._after_step and self._path.exists():
                with self._path.open(newline="") as old:
                    kept = [r for r in list(csv.reader(old))[1:] if int(r[0]) <= self._after_step]
            self._file = self._path.open("w", newline="", buffering=1)
        except (OSError, ValueError) as error:
            raise ResourceError(f"cannot write {self._path}: {error}") from error
        self._writer = csv.writer(self._file)
        self._writer.writerows([list(COLUMNS), *kept])
        return self

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
