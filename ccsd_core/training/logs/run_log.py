"""What a run writes down as it goes: tables that grow line by line, and TensorBoard.

Only the first process writes; a journal without a folder takes everything and keeps nothing.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ccsd_core.training.config.config import EngineConfig
from ccsd_core.training.logs.metrics_log import METRICS, VALIDATION, GrowingTable, metrics_line
from ccsd_core.training.logs.tensorboard_log import Board
from ccsd_core.training.step import StepReport
from ccsd_core.training.validation import Validation


class Journal:
    """Writes metrics.csv, validation.csv and the TensorBoard log.

    Args:
        run: The run's folder; None writes nothing.
        engine: How often, and whether for TensorBoard too.
        after_step: What was written of later steps is from a run that was cut off, and goes.
    """

    def __init__(self, run: Path | None, engine: EngineConfig, *, after_step: int):
        self._run = run
        self._engine = engine
        self._after_step = after_step
        self._open = ExitStack()

    def __enter__(self) -> "Journal":
        run, after = self._run, self._after_step
        self._draws = run is not None and self._engine.tensorboard
        self._board = self._open.enter_context(
            Board(run if self._draws else None, after_step=after)
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
        """One optimiser step, counted from 1; every few are written, and the last one."""
        if self._run is not None and ((step - 1) % self._engine.log_every == 0 or last):
            self._metrics.write(metrics_line(step, report))
            self._board.step(step, report)

    def validation(self, step: int, found: Validation) -> None:
        """One validation."""
        if self._run is not None:
            self._validation.write({"step": step, **found.line()})
            self._board.validation(step, found)

    def picture(self, step: int, draw: Callable[[], tuple[str, NDArray[np.uint8]]]) -> None:
        """A sample picture, drawn only if it is looked at."""
        if self._draws:
            given, image = draw()
            self._board.picture(f"sample/{given}", image, step)
