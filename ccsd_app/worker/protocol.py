"""Messages between the window and the inference process: frozen, picklable, no torch.

    window                                  inference process
      LoadModel ───────────────────────────▶  ModelReady | Failed(generation=None)
      OpenCase(generation) ────────────────▶  ProgressUpdate… SubsetFinished(full set) … Idle
                                              a raw case first: Preparing, ProgressUpdate… then
                                              Prepared(case) or PreparationFailed
      KnownResults(generation, done) ──────▶  (these subsets are not computed again)
      Degrade(generation, degradations) ───▶  Degraded(volumes), SubsetFinished… Idle
      RequestSubset(generation, subset) ───▶  SubsetFinished(subset), then the rest … Idle
      Request(generation, kind, key) ──────▶  Answer(kind, key, value) or RequestFailed; before
                                              the remaining subsets
      Cancel(generation) ──────────────────▶  Stopped
      Quit ────────────────────────────────▶  (the process ends)

`generation` counts opened cases, and other images of one case. A message about an older generation
is about images that are no longer asked for, and is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccsd_app.session.on_demand import Key, Kind
from ccsd_app.settings import Settings
from ccsd_app.worker.shared_array import SharedArray
from ccsd_core.data.degradation.degradations import UNDEGRADED, Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.prepared import PreparedCase
from ccsd_core.storage.cases.overrides import Overrides


@dataclass(frozen=True, slots=True)
class Limits:
    """The user's limits for the inference process, and how it reads cases.

    Args:
        threads: Threads it computes with; 0 is one for each core.
        memory_mb: Limit of its main memory in MB, on Linux only; 0 is no limit.
        label_scheme: Label scheme of labels that do not state one; "" is BraTS 2021.
    """

    threads: int = 0
    memory_mb: int = 0
    label_scheme: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits in the preferences."""
        return cls(settings.threads, settings.memory_mb, settings.label_scheme)


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load weights; None is the bundled default."""

    model: str | None
    device: str
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Read a case, encode it, then compute its subsets.

    Args:
        generation: Number of this opening.
        path: Case folder or file.
        files: The user's overrides, or None to recognise all files by name.
        wanted: The subset to compute first, after the full set.
        done: Subsets whose results the window already has (after a restart).
        prepare: How a raw case is prepared first; None takes every case as it is.
        full: The prediction from all sequences, where the window has it.
        wait_for_known: Whether to compute only after `KnownResults` has come.
        degradations: What is done to the images; `done` is of these, `full` of the undegraded ones.
    """

    generation: int
    path: Path
    files: Overrides | None
    wanted: ModalitySubset | None = None
    done: frozenset[ModalitySubset] = frozenset()
    prepare: Adjustments | None = None
    full: NestedLabels | None = None
    wait_for_known: bool = False
    degradations: Degradations = UNDEGRADED


@dataclass(frozen=True, slots=True)
class Degrade:
    """Go on with other images of the open case: degraded ones, or those that it has.

    Args:
        generation: Number of what follows.
        degradations: What to do to the images as they are; none shows these again.
        wanted: The subset to compute first.
        done: Subsets whose results of these images the window already has.
        full: The prediction from all sequences, undegraded, which agreement is measured with.
    """

    generation: int
    degradations: Degradations
    wanted: ModalitySubset
    done: frozenset[ModalitySubset]
    full: NestedLabels


@dataclass(frozen=True, slots=True)
class KnownResults:
    """The subsets of a case whose results the window has stored; they are not computed again.

    Args:
        generation: Number of the opened case.
        prepared: Whether this is about the prepared images of a raw case, not those in the files.
        done: These subsets.
        full: The prediction from all sequences, if it is among them.
    """

    generation: int
    prepared: bool
    done: frozenset[ModalitySubset] = frozenset()
    full: NestedLabels | None = None


@dataclass(frozen=True, slots=True)
class RequestSubset:
    """Compute this subset next; also resumes after a cancel."""

    generation: int
    subset: ModalitySubset


@dataclass(frozen=True, slots=True)
class Request:
    """Compute an on-demand result; the newest request of a kind replaces an older one.

    Args:
        generation: Number of the opened case.
        kind: What is to be computed.
        key: The subset; None for a result of the whole case.
    """

    generation: int
    kind: Kind[Any]
    key: Key = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop computing after the current block."""

    generation: int


@dataclass(frozen=True, slots=True)
class Quit:
    """End the process."""


Command = LoadModel | OpenCase | Degrade | KnownResults | RequestSubset | Request | Cancel | Quit


@dataclass(frozen=True, slots=True)
class ModelReady:
    """The model is loaded."""

    name: str
    sha256: str
    device: str
    training_cases: frozenset[str]
    reference_scores: ReferenceScores | None = None
    postprocess: Postprocess = DEFAULT_POSTPROCESS


@dataclass(frozen=True, slots=True)
class ProgressUpdate:
    """What is being computed; `subset` is None while reading and encoding."""

    generation: int
    what: str
    done: int
    total: int
    subset: ModalitySubset | None = None


@dataclass(frozen=True, slots=True)
class Preparing:
    """The case is raw and is prepared now; results follow."""

    generation: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """The case was prepared: results are of the prepared images from now on.

    Args:
        generation: Number of the opened case.
        made: The prepared case, and what was done.
        adjustments: The user's adjustments.
    """

    generation: int
    made: PreparedCase
    adjustments: Adjustments


@dataclass(frozen=True, slots=True)
class PreparationFailed:
    """The case could not be prepared; nothing is computed until the next request."""

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A note for the user: something was done differently; the work continues."""

    generation: int
    message: str


@dataclass(frozen=True, slots=True)
class Degraded:
    """Degraded images; results are of these from now on.

    Args:
        generation: Number of the request.
        degradations: What was done.
        volumes: The degraded sequences: their values, float32, as bytes (x, y, 4 z).
    """

    generation: int
    degradations: Degradations
    volumes: Mapping[Modality, SharedArray]


@dataclass(frozen=True, slots=True)
class SubsetFinished:
    """One subset's result: nested labels cropped to the tumour, and its numbers."""

    generation: int
    subset: ModalitySubset
    nested_labels: SharedArray
    offset_voxel: tuple[int, int, int]
    volumes_ml: Mapping[Region, float]
    dice: Mapping[Region, float] | None
    agreement: Mapping[Region, float]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """An on-demand result.

    `value` has the type of `kind`, except in the pipe: its arrays are shared there, see
    `shared_array.share_arrays`.
    """

    generation: int
    kind: Kind[Any]
    key: Key
    value: Any


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """An on-demand result could not be computed; the work continues."""

    generation: int
    kind: Kind[Any]
    key: Key
    message: str


@dataclass(frozen=True, slots=True)
class Idle:
    """Every subset of the case is computed."""

    generation: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Acknowledges `Cancel`: nothing is computed any more."""

    generation: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Something failed; `generation` is None if it concerns the model."""

    generation: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Ending:
    """The process ends and gives the reason: out of memory, or the GPU cannot be used any more."""

    message: str


Reply = (
    ModelReady
    | ProgressUpdate
    | Preparing
    | Prepared
    | PreparationFailed
    | Notice
    | Degraded
    | SubsetFinished
    | Answer
    | RequestFailed
    | Idle
    | Stopped
    | Failed
    | Ending
)
