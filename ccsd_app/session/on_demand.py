"""On-demand results, which the inference process computes only when something shows them.

    panel ── state.asking(kind) ─▶ asked ──▶ `requests.wanted_requests` ──▶ engine ──▶ worker
    views ◀── values, failed ◀── state.with_answer, state.with_failed_request ◀─────────┘

A new kind of result is one `Kind` here, and in the worker one function and its entry in
`ccsd_app.worker.inference.on_demand_kinds.KINDS`; nothing else names the kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ccsd_app.session.degraded_views import DegradedViews, DegradedViewsKey
from ccsd_app.session.result import SubsetResult
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class DegradationCurveKey:
    """What a degradation curve is about.

    Args:
        sequence: The sequence that is degraded more and more.
        kind: By which kind; a name in `ccsd_core.data.degradation.kinds.KINDS`.
        subset: The sequences given to the model.
        others: What else is done to sequences, the same along the whole curve.
    """

    sequence: Modality
    kind: str
    subset: ModalitySubset
    others: Degradations

    @property
    def label(self) -> str:
        """A text for the status line."""
        return f"{self.kind} of {self.sequence.label}"


@dataclass(frozen=True, slots=True)
class OtherModelKey:
    """A subset that another model than the loaded one is to segment.

    Args:
        model: What `find_model` accepts; None is the bundled default.
        sha256: Hash of its weights: if these are others by now, there is no result.
        name: Its name.
        subset: The sequences given to it.
    """

    model: str | None
    sha256: str
    name: str
    subset: ModalitySubset

    @property
    def label(self) -> str:
        """A text for the status line."""
        return f"{self.subset.label} with {self.name}"


Key = ModalitySubset | DegradationCurveKey | DegradedViewsKey | OtherModelKey | None
"""The subset, the curve or the views of a result; None for a result of the whole case."""


@dataclass(frozen=True, slots=True, eq=False)
class ProbabilityMap:
    """Probabilities of WT ⊇ TC ⊇ ET from one subset, cropped to those that are drawn.

    Args:
        subset: The sequences given to the network.
        values: Probabilities as bytes (`ccsd_core.domain.byte_probability`), uint8
            (region, x, y, z), on the case's canonical grid. May be empty.
        offset_voxel: Position of the crop's first voxel on the case's grid. Outside the crop: 0.
    """

    subset: ModalitySubset
    values: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Criticality:
    """How hard each sequence of the case is to replace.

    See `ccsd_core.inference.case_criticality.CaseCriticality`, whose values these are.
    """

    cosine: Mapping[Modality, float]
    gradient: Mapping[Modality, float]
    path: tuple[ModalitySubset, ...]
    against_expert: bool


@dataclass(frozen=True, slots=True)
class DegradationCurve:
    """Scores of a subset as one of its sequences gets worse, and without that sequence.

    Args:
        scores: Score by region, by severity; severity 0 is without this kind of degradation.
        withheld: Score by region of the same subset without the sequence; None where it is the
            only one.
        against_expert: Whether scores are Dice with the expert labels, not agreement with the
            prediction from all sequences, undegraded.
    """

    scores: Mapping[float, Mapping[Region, float]]
    withheld: Mapping[Region, float] | None
    against_expert: bool


@dataclass(frozen=True, slots=True)
class Kind(Generic[Value]):
    """A kind of on-demand result.

    Args:
        name: Its name in messages and in the status line.
        of_case: Whether there is one result for the whole case, not one for each subset.
        needs_labels: Whether it is computed only for cases with expert labels.
        kept: How many of the newest results are kept; None keeps all.
    """

    name: str
    of_case: bool = False
    needs_labels: bool = False
    kept: int | None = None

    def description(self, key: Key) -> str:
        """What is computed, for the status line."""
        return self.name if key is None else f"{self.name} of {key.label}"


PROBABILITIES: Kind[ProbabilityMap] = Kind("probabilities", kept=6)
"""The probability map of one subset: some megabytes each, so only the newest are kept."""
CRITICALITY: Kind[Criticality] = Kind("criticality", of_case=True)
"""How hard each sequence of the case is to replace."""
HD95: Kind[Mapping[Region, float]] = Kind("HD95", needs_labels=True)
"""HD95 in mm of one subset against the expert by region; nan where a side is empty."""
DEGRADATION_CURVE: Kind[DegradationCurve] = Kind("degradation curve", kept=24)
"""How the score falls as one sequence gets worse by one kind of degradation."""
DEGRADED_VIEWS: Kind[DegradedViews] = Kind("degraded images", kept=1)
"""Images and results of several degradations: 9 MB each, so only the newest are kept."""
OTHER_MODEL: Kind[SubsetResult] = Kind("segmentation", kept=1)
"""A subset's result of the model that the loaded one is compared with; `State` keeps it there."""

KINDS: tuple[Kind[Any], ...] = (
    PROBABILITIES,
    OTHER_MODEL,
    CRITICALITY,
    HD95,
    DEGRADATION_CURVE,
    DEGRADED_VIEWS,
)


@dataclass(frozen=True, slots=True)
class OnDemand:
    """The on-demand results of the open case.

    Args:
        asked: Kinds that a panel has shown since the case was opened.
        values: Results by kind and key, the oldest first.
        failed: Why a result could not be computed, by kind and key.
    """

    asked: frozenset[Kind[Any]] = frozenset()
    values: Mapping[Kind[Any], Mapping[Key, Any]] = field(
        default_factory=dict[Kind[Any], Mapping[Key, Any]]
    )
    failed: Mapping[Kind[Any], Mapping[Key, str]] = field(
        default_factory=dict[Kind[Any], Mapping[Key, str]]
    )

    def of(self, kind: Kind[Value]) -> Mapping[Key, Value]:
        """All results of a kind, by key."""
        return cast("Mapping[Key, Value]", self.values.get(kind, {}))

    def value(self, kind: Kind[Value], key: Key = None) -> Value | None:
        """One result; None while it is not computed."""
        return self.of(kind).get(key)

    def problem(self, kind: Kind[Any], key: Key = None) -> str:
        """Why a result could not be computed; "" if it was not tried, or succeeded."""
        return self.failed.get(kind, {}).get(key, "")

    def is_settled(self, kind: Kind[Any], key: Key = None) -> bool:
        """Whether a result is computed or has failed, so that it is not requested."""
        return key in self.of(kind) or key in self.failed.get(kind, {})

    def forgetting(self, kind: Kind[Any]) -> Self:
        """The results without those of a kind, and without its failures."""
        values = {k: v for k, v in self.values.items() if k != kind}
        return replace(self.retrying(kind), values=values)

    def asking(self, kind: Kind[Any]) -> Self:
        """A panel shows this kind; failed results are tried again."""
        return replace(self.retrying(kind), asked=self.asked | {kind})

    def retrying(self, kind: Kind[Any]) -> Self:
        """Failed results of this kind are tried again."""
        return replace(self, failed={k: v for k, v in self.failed.items() if k != kind})

    def with_value(self, kind: Kind[Value], key: Key, value: Value) -> Self:
        """A result is computed; the oldest of its kind are dropped if there are too many."""
        results = {k: v for k, v in self.of(kind).items() if k != key} | {key: value}
        if kind.kept is not None:
            results = dict(list(results.items())[-kind.kept :])
        return replace(self, values={**self.values, kind: results})

    def with_failure(self, kind: Kind[Any], key: Key, message: str) -> Self:
        """A result could not be computed."""
        failed = {**self.failed.get(kind, {}), key: message}
        return replace(self, failed={**self.failed, kind: failed})

    def without(self, subsets: frozenset[ModalitySubset]) -> Self:
        """The results without those of some subsets."""
        kept = {
            kind: {key: value for key, value in results.items() if key not in subsets}
            for kind, results in self.values.items()
        }
        return replace(self, values={kind: results for kind, results in kept.items() if results})
