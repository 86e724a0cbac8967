"""A running preparation: its study, what it did so far, and how much of the time is spent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.needs import Needs
from ccsd_core.preparation.record import Done
from ccsd_core.preparation.scans import Scans
from ccsd_core.progress import Progress


@dataclass(slots=True, eq=False)
class Work:
    """A running preparation.

    Args:
        scans: The study.
        volumes: Its sequences as scanned.
        adjustments: The user's adjustments.
        needs: The steps that are needed.
        total: Planned seconds.
        spent: Planned seconds of the steps so far.
        steps: The record of the steps.
        warnings: Warnings for the user.
    """

    scans: Scans
    volumes: Mapping[Modality, Volume]
    adjustments: Adjustments
    needs: Needs
    total: int
    spent: int = 0
    steps: list[Done] = field(default_factory=list[Done])
    warnings: list[str] = field(default_factory=list[str])

    def skips(self, step: Step) -> bool:
        """Whether the user skips a step."""
        return step in self.adjustments.skipped

    def progress(self, seconds: int, what: str) -> Progress:
        """The progress at the beginning of a piece that is planned to take `seconds`."""
        progress = Progress(min(self.spent, self.total), self.total, what)
        self.spent += seconds
        return progress

    def add(
        self,
        step: Step,
        why: str,
        *,
        done: bool,
        of: Modality | None = None,
        numbers: Mapping[str, float] | None = None,
    ) -> None:
        """Record a step."""
        self.steps.append(Done(step, done, why, of, numbers or {}))
