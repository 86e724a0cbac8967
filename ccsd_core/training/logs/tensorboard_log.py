"""The run's TensorBoard log.

loss/…            the total and its terms, unweighted
criticality/…     of each sequence, over time
validation/…      D_k of each region, mean Dice
pictures          a slice with the expert's outline and the prediction, from three subsets
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.region import Region
from ccsd_core.training.run.run_folder import log
from ccsd_core.training.step import StepReport
from ccsd_core.training.validation import Validation

FOLDER = "tensorboard"


class TensorboardLog:
    """Writes TensorBoard events; does nothing if `run` is None or TensorBoard is not installed.

    Args:
        run: The run's folder.
        after_step: Events of later steps belong to an interrupted run, and are hidden.
    """

    def __init__(self, run: Path | None, *, after_step: int):
        self._run = run
        self._after_step = after_step
        self._writer = None

    def __enter__(self) -> "TensorboardLog":
        if self._run is not None:
            # Imported here, because it takes a second and only the first process writes.
            try:
                from torch.utils.tensorboard.writer import SummaryWriter
            except ImportError:  # everything is in the CSV tables, too
                log(self._run, "no TensorBoard log: the package tensorboard is not installed")
                return self
            self._writer = SummaryWriter(str(self._run / FOLDER), purge_step=self._after_step + 1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def step(self, step: int, report: StepReport) -> None:
        """Log the losses, criticality and learning rate of an optimiser step."""
        self._scalars("loss", {"total": report.loss, **report.parts}, step)
        self._scalars("criticality", report.criticality, step)
        optim = {"learning_rate": report.learning_rate, "gradient_norm": report.gradient_norm}
        self._scalars("optim", optim, step)

    def validation(self, step: int, found: Validation) -> None:
        """Log the robustness curve and the mean Dice of a validation."""
        self._scalars("validation", {"mean_dice": found.mean}, step)
        for count, row in found.by_count().items():
            curve = {f"D{count}_{region.name}": row[region] for region in Region}
            self._scalars("validation", curve, step)

    def picture(self, name: str, image: NDArray[np.uint8], step: int) -> None:
        """Log a picture (height, width, 3), uint8."""
        if self._writer is not None:
            self._writer.add_image(name, image, step, dataformats="HWC")

    def _scalars(self, group: str, values: Mapping[str, float], step: int) -> None:
        if self._writer is not None:
            for name, value in values.items():
                self._writer.add_scalar(f"{group}/{name}", value, step)
