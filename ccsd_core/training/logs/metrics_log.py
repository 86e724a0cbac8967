"""CSV tables of a run: lines are on disk as soon as they are written, and truncated on resuming.

RUN/metrics.csv      step, loss, its terms, learning rate, gradient norm, criticality, path
RUN/validation.csv   step, mean Dice, D_k of each region
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.errors import ResourceError
from ccsd_core.storage.atomic import write_text
from ccsd_core.training.objective.objective import PARTS
from ccsd_core.training.step import StepReport

METRICS = (
    "step",
    "loss",
    *PARTS,
    "lr",
    "gradient_norm",
    *(f"criticality_{m.name}" for m in Modality),
    "path",
)
VALIDATION = ("step", "mean", *(f"D{k}_{r.name}" for k in range(1, 5) for r in Region))


class GrowingTable:
    """Appends lines to a CSV file; on resuming, drops the lines after the checkpoint.

    Args:
        path: Path of the CSV file.
        columns: Its columns; the first is the step.
        after_step: Lines of later steps belong to an interrupted run, and are dropped.
    """

    def __init__(self, path: Path, columns: Sequence[str], *, after_step: int):
        self._path = path
        self._columns = columns
        self._after_step = after_step

    def __enter__(self) -> "GrowingTable":
        kept = io.StringIO()
        table = csv.DictWriter(kept, self._columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(self._kept())
        write_text(self._path, kept.getvalue())  # atomically, so that a crash does not lose it
        try:
            self._file = self._path.open("a", newline="", buffering=1, encoding="utf-8")
        except OSError as error:
            raise ResourceError(f"cannot write {self._path}: {error}") from error
        self._writer = csv.writer(self._file, lineterminator="\n")
        return self

    def _kept(self) -> list[dict[str, str]]:
        """The lines of the run so far, up to the checkpoint.

        Read by column, because an earlier version of this program may have written fewer columns.
        """
        if not self._after_step or not self._path.exists():
            return []
        with self._path.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        step = self._columns[0]
        return [
            line
            for line in lines
            if (line.get(step) or "").isdecimal() and int(line[step]) <= self._after_step
        ]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, values: Mapping[str, object]) -> None:
        """Append a line: numbers with six digits, empty cells for missing values."""
        self._writer.writerow([_text(values.get(column, "")) for column in self._columns])


def metrics_line(step: int, report: StepReport) -> dict[str, object]:
    """The columns of one optimiser step in metrics.csv."""
    return {
        "step": step,
        "loss": report.loss,
        **report.parts,
        "lr": report.learning_rate,
        "gradient_norm": report.gradient_norm,
        **{f"criticality_{name}": score for name, score in report.criticality.items()},
        "path": " > ".join(report.path),
    }


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
