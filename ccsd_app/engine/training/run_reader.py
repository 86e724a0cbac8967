"""A training run as its folder shows it; while it grows, only what is new is read.

status.json, run.lock ─┐
metrics.csv            ├──▶ RunReader.read ──▶ TrainingRun
validation.csv         │      only what is new
config.json, train.log ┘
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_app.engine.training.growing_csv import GrowingCsv
from ccsd_app.engine.training.recent_runs import RecentRun
from ccsd_core.storage.documents import parsed_json
from ccsd_core.training.run.run_status import (
    RunState,
    RunStatus,
    is_stop_requested,
    read_status,
)

OUTPUT = "output.log"
"""File in a run's folder with what its process printed, if the window started it."""
START_TIMEOUT_S = 90.0
"""A process that has not reported by then did not start, in seconds."""
TAIL_BYTES = 16_384

Columns = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a run's folder shows.

    Args:
        folder: The folder.
        name: Name of the model; "" while the run has not begun.
        steps: Steps of the whole run; 0 while it has not begun.
        status: What its process is doing; None if none has reported.
        starting: Whether a process was started that has not reported yet.
        stopping: Whether the process was asked to end and has not ended.
        problem: Why it failed or could not be started or resumed; "" otherwise.
        metrics: Columns of `metrics.csv`.
        validation: Columns of `validation.csv`.
        log: The last lines of `train.log`.
        has_model: Whether there is a model to use.
        resumable: Whether it is known how to resume it.
    """

    folder: Path
    name: str = ""
    steps: int = 0
    status: RunStatus | None = None
    starting: bool = False
    stopping: bool = False
    problem: str = ""
    metrics: Columns = field(default_factory=dict[str, Sequence[float]])
    validation: Columns = field(default_factory=dict[str, Sequence[float]])
    log: str = ""
    has_model: bool = False
    resumable: bool = False

    @property
    def running(self) -> bool:
        """Whether its process is running, as far as is known."""
        state = None if self.status is None else self.status.state
        return self.starting or state in (RunState.RUNNING, RunState.UNKNOWN)


class RunReader:
    """Reads one run's folder.

    Args:
        run: The run.
    """

    def __init__(self, run: RecentRun) -> None:
        self.run = run
        self._metrics = GrowingCsv(run.folder / "metrics.csv")
        self._validation = GrowingCsv(run.folder / "validation.csv")

    def read(self) -> TrainingRun:
        """The run as it is now."""
        folder = self.run.folder
        self._metrics.read()
        self._validation.read()
        status = read_status(folder)
        name, steps = _settings(folder)
        problem = "" if status is None else status.message
        unanswered = self.run.launched > (0.0 if status is None else status.updated)
        starting = unanswered and time.time() - self.run.launched < START_TIMEOUT_S
        if unanswered:
            problem = _printed_error(folder)
            starting = starting and not problem
            if not starting and not problem:
                problem = "the process did not start: see the log"
        running = status is not None and status.state is RunState.RUNNING
        log = _tail(folder / "train.log")
        return TrainingRun(
            folder,
            name=name,
            steps=steps,
            status=status,
            starting=starting,
            stopping=running and is_stop_requested(folder),
            problem=problem,
            metrics=self._metrics.columns,
            validation=self._validation.columns,
            log=log or _tail(folder / OUTPUT),
            has_model=(folder / "model" / "manifest.json").is_file(),
            resumable=bool(self.run.arguments) or (folder / "cases.json").is_file(),
        )


def _settings(folder: Path) -> tuple[str, int]:
    """Name and steps of a run; "" and 0 if they cannot be read."""
    try:
        config = parsed_json((folder / "config.json").read_text(encoding="utf-8"))
        return str(config["name"]), int(config["steps"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", 0


def _printed_error(folder: Path) -> str:
    """The error that the process printed last; "" if there is none."""
    lines = _tail(folder / OUTPUT).splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    return errors[-1].removeprefix("error: ") if errors else ""


def _tail(path: Path) -> str:
    """The last lines of a text file; "" if it cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL_BYTES))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return text if size <= TAIL_BYTES else text.partition("\n")[2]
