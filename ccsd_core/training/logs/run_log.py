"""The log of a run: CSV tables, TensorBoard events and a sample picture.

Only the first process writes; a log without a folder discards everything.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from ccsd_core.training.config.config import EngineConfig
from ccsd_core.training.logs.metrics_log import METRICS, VALIDATION, GrowingTable, metrics_line
from ccsd_core.training.logs.sample_file import write_sample
from ccsd_core.training.logs.sample_picture import SamplePicture
from ccsd_core.training.logs.tensorboard_log import TensorboardLog
from ccsd_core.training.step import StepReport
from ccsd_core.training.validation import Validation


class RunLog:
    """Writes metrics.csv, validation.csv and the TensorBoard log.

    Args:
        run: Folder of the run; None writes nothing.
        engine: How often to write, and whether to write TensorBoard events.
        after_step: Entries of later steps belong to an interrupted run, and are dropped.
    """

    def __init__(self, run: Path | None, engine: EngineConfig, *, after_step: int):
        self._run = run
        self._engine = engine
        self._after_step = after_step
        self._open = ExitStack()

    def __enter__(self) -> "RunLog":
        run, after = self._run, self._after_step
        self._tensorboard = self._open.enter_context(
            TensorboardLog(run if self._engine.tensorboard else None, after_step=after)
        )
        if run is not None:
            self._metrics = self._open.enter_context(
                GrowingTable(run / "metrics.csv", METRICS, after_step=after)
            )
            self._validation = self._open.enter_context(
                GrowingTable(run / "validation.csv", VALIDATION, after_step=after)
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def step(self, step: int, report: StepReport, *, last: bool) -> None:
        """Log an optimiser step, counted from 1: every `log_every`-th one, and the last."""
        if self._run is not None and ((step - 1) % self._engine.log_every == 0 or last):
            self._metrics.write(metrics_line(step, report))
            self._tensorboard.step(step, report)

    def validation(self, step: int, found: Validation) -> None:
        """Log the scores of a validation."""
        if self._run is not None:
            self._validation.write({"step": step, **found.as_columns()})
            self._tensorboard.validation(step, found)

    def picture(self, step: int, draw: Callable[[], SamplePicture]) -> None:
        """Draw a sample picture and write it as `sample.png`, whether TensorBoard is on or not."""
        if self._run is not None:
            sample = draw()
            self._tensorboard.picture(f"sample/{sample.inputs}", sample.image, step)
            write_sample(self._run, sample, step=step)
