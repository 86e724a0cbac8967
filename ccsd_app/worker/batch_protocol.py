"""Messages between the window and the process that segments a folder of cases.

window    BatchRequest ─▶ … StopBatch
process   BatchModel ─▶ (CaseStarted ─▶ CaseProgress … ─▶ CaseDone | CaseSkipped | CaseFailed) …
          ─▶ BatchEnded | BatchFailed
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.overrides import Overrides


@dataclass(frozen=True, slots=True)
class BatchCase:
    """One case, and its name among the cases of the folder."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What to segment, and how.

    Args:
        cases: The cases, in the order of the work.
        out: Folder of the label maps, one `NAME.nii.gz` for each case.
        subset: The sequences given to the model; None is all that a case has.
        model: A bundled name, a training run or a weights file; None is the default model.
        device: `auto`, `cpu`, `cuda`, `cuda:1` …
        skip_existing: Whether cases whose label map exists are left out.
        prepare: Whether raw cases are prepared first.
        limits: The user's limits for the process.
        corrections: The user's choice of files, by the real path of the case.
    """

    cases: tuple[BatchCase, ...]
    out: Path
    subset: ModalitySubset | None = None
    model: str | None = None
    device: str = "auto"
    skip_existing: bool = True
    prepare: bool = True
    limits: Limits = field(default_factory=Limits)
    corrections: Mapping[str, Overrides] = field(default_factory=dict[str, Overrides])


@dataclass(frozen=True, slots=True)
class StopBatch:
    """Stop at once: the running case is abandoned, those that are done keep their label maps."""


@dataclass(frozen=True, slots=True)
class BatchModel:
    """The model is loaded: its name and the hash of its weights."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The numbers of one segmented case.

    Args:
        input: The line about the input, such as `input: FLAIR, T1 · T2 withheld`.
        subset: The sequences given to the model.
        available: The sequences that the case has.
        volumes_ml: Volume of each region.
        intervals_ml: Prediction interval of each volume, low and high; empty if none hold.
        level: Coverage of these intervals, such as 0.9; 0 if there are none.
        dice: Dice with the expert labels; None without any.
        agreement: Agreement with the prediction from all sequences; None if the case was given
            with all of them.
        seen_in_training: Whether the model was trained on this case.
        notes: Notes and warnings about the case.
        outputs: The label maps that were written.
    """

    input: str
    subset: ModalitySubset
    available: ModalitySubset
    volumes_ml: Mapping[Region, float]
    intervals_ml: Mapping[Region, tuple[float, float]]
    level: float
    dice: Mapping[Region, float] | None
    agreement: Mapping[Region, float] | None
    seen_in_training: bool
    notes: tuple[str, ...]
    outputs: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """Work on a case begins."""

    path: Path


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """How far the work on a case is: the part that is done, 0 to 1, and what is being done."""

    path: Path
    fraction: float
    what: str


@dataclass(frozen=True, slots=True)
class CaseDone:
    """A case is segmented."""

    path: Path
    result: CaseResult


@dataclass(frozen=True, slots=True)
class CaseSkipped:
    """The label map of a case exists."""

    path: Path


@dataclass(frozen=True, slots=True)
class CaseFailed:
    """A case could not be segmented; the work goes on with the next one."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class BatchFailed:
    """Nothing (more) can be segmented: the model or the folder cannot be used."""

    message: str


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """Every case was tried, or the user has stopped the work."""

    stopped: bool


BatchEvent = (
    BatchModel
    | CaseStarted
    | CaseProgress
    | CaseDone
    | CaseSkipped
    | CaseFailed
    | BatchFailed
    | BatchEnded
)
