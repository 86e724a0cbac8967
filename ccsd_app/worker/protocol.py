"""What the window and the inference process say to each other: frozen, picklable, no torch.

    window                                  inference process
      LoadModel ───────────────────────────▶  ModelReady | Failed(generation=None)
      OpenCase(generation) ────────────────▶  ProgressUpdate… SubsetFinished(full set) … Idle
      RequestSubset(generation, subset) ───▶  SubsetFinished(subset), then the rest … Idle
      RequestMap(generation, subset) ──────▶  MapAnswer(subset)         ┐ or RequestFailed;
      RequestCriticality(generation) ──────▶  CriticalityAnswer         ├ before the remaining
      RequestDistances(generation, subset) ▶  DistancesAnswer(subset)   ┘ subsets
      Cancel(generation) ──────────────────▶  Stopped
      Quit ────────────────────────────────▶  (the process ends)

`generation` counts opened cases. A message about an older generation is about a case that is
no longer open, and is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.worker.shared_array import SharedArray
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.storage.cases.overrides import FilesByHand


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load weights; None is the bundled default."""

    model: str | None
    device: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Read a case, encode it, then compute its subsets.

    Args:
        generation: Number of this opening.
        path: Case folder or file.
        files: What was said about the files by hand, or None to recognise them by name.
        wanted: The subset to compute first (after the full set).
        done: Subsets whose results the window already has (after a restart).
    """

    generation: int
    path: Path
    files: FilesByHand | None
    wanted: ModalitySubset | None = None
    done: frozenset[ModalitySubset] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestSubset:
    """Compute this subset next; also resumes what was cancelled."""

    generation: int
    subset: ModalitySubset


@dataclass(frozen=True, slots=True)
class RequestMap:
    """Compute how sure the network is from this subset; the newest request replaces an older."""

    generation: int
    subset: ModalitySubset


@dataclass(frozen=True, slots=True)
class RequestCriticality:
    """Compute how hard each sequence of the case is to replace."""

    generation: int


@dataclass(frozen=True, slots=True)
class RequestDistances:
    """Compute how far the surfaces of a computed subset lie from the expert's."""

    generation: int
    subset: ModalitySubset


OnDemandRequest = RequestMap | RequestCriticality | RequestDistances
"""What is wanted besides the subsets; of each kind the newest request counts."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop computing after the current block."""

    generation: int


@dataclass(frozen=True, slots=True)
class Quit:
    """End the process."""


Command = LoadModel | OpenCase | RequestSubset | OnDemandRequest | Cancel | Quit


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
class Notice:
    """Something had to be done differently, for the user to know; the work goes on."""

    generation: int
    message: str


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
class MapAnswer:
    """How sure the network is from one subset: see `ccsd_app.session.probability_map`.

    `values` holds the regions one after another along the first axis: (3 x, y, z).
    """

    generation: int
    subset: ModalitySubset
    values: SharedArray
    offset_voxel: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class CriticalityAnswer:
    """How hard each sequence is to replace: see `ccsd_core.inference.case_criticality`."""

    generation: int
    cosine: Mapping[Modality, float]
    gradient: Mapping[Modality, float]
    path: tuple[ModalitySubset, ...]
    against_expert: bool


@dataclass(frozen=True, slots=True)
class DistancesAnswer:
    """HD95 in mm of one subset against the expert; nan where a side is empty."""

    generation: int
    subset: ModalitySubset
    hd95_mm: Mapping[Region, float]


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """Something besides the subsets could not be computed; the work goes on."""

    generation: int
    request: OnDemandRequest
    message: str


@dataclass(frozen=True, slots=True)
class Idle:
    """Every subset of the case is computed."""

    generation: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """Acknowledges `Cancel`: nothing is being computed any more."""

    generation: int


@dataclass(frozen=True, slots=True)
class Failed:
    """Something did not work; `generation` is None when it is about the model."""

    generation: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Ending:
    """The process ends after saying why: memory gave out, or it cannot use the GPU any more."""

    message: str


Reply = (
    ModelReady
    | ProgressUpdate
    | Notice
    | SubsetFinished
    | MapAnswer
    | CriticalityAnswer
    | DistancesAnswer
    | RequestFailed
    | Idle
    | Stopped
    | Failed
    | Ending
)
