"""The result of an evaluation: one long table of scores, and the cases that could not be scored."""

from dataclasses import dataclass
from pathlib import Path

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.results.corruption import CorruptedScore
from ccsd_core.evaluation.results.evaluated_criticality import EvaluatedCriticality


@dataclass(frozen=True, slots=True)
class Score:
    """One number: a metric of a region, predicted for a case from a subset of its sequences.

    Its policy is the convention of the metric and the post-processing, written by
    `ccsd_core.evaluation.results.policy`.
    """

    case: str
    subset: ModalitySubset
    region: Region
    metric: str
    value: float
    policy: str
    seen_in_training: bool


@dataclass(frozen=True, slots=True)
class EvaluatedCase:
    """A case that was scored.

    Args:
        id: Name of the case.
        available: The sequences it has.
        seen_in_training: Whether the model was trained on it.
        absent_regions: Regions absent in the expert labels.
        unpredicted: Subsets of its sequences without a prediction.
        criticality: Criticality from the network's features; None if not requested.
    """

    id: str
    available: ModalitySubset
    seen_in_training: bool
    absent_regions: frozenset[Region] = frozenset()
    unpredicted: frozenset[ModalitySubset] = frozenset()
    criticality: EvaluatedCriticality | None = None

    @property
    def subsets(self) -> tuple[ModalitySubset, ...]:
        """The subsets it was scored for, in table order."""
        return tuple(s for s in self.available.subsets() if s not in self.unpredicted)

    @property
    def has_all_subsets(self) -> bool:
        """Whether it was scored for all 15 subsets, so that its curve has an area."""
        return self.subsets == ModalitySubset.every()


@dataclass(frozen=True, slots=True)
class UnscoredCase:
    """A case that was not scored, and the reason.

    Args:
        path: Path of the case.
        reason: Sentence that says why it was not scored.
        broken: Whether the case has an error; a case without labels is not broken.
    """

    path: Path
    reason: str
    broken: bool


@dataclass(frozen=True, slots=True)
class PredictionFolder:
    """Label maps predicted by any program, scored instead of a model.

    Args:
        folder: Folder of the label maps, as the user named it.
        files: Number of scored files.
        cases_without: Ids of labelled cases without one; no mean includes them.
    """

    folder: Path
    files: int
    cases_without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """The part of a split that was evaluated.

    Args:
        name: `brats2020:test`.
        listed: Number of its patients; None for a part by site, where it is unknown.
    """

    name: str
    listed: int | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores of one model over a set of cases.

    Args:
        model_name, model_sha256: Name and hash of the model; for label maps, of their folder and
            files.
        cases: The cases that were scored, in order.
        scores: Scores of all cases, subsets, regions and metrics.
        unscored: Cases without labels, and cases that could not be read.
        notes: Corrections made on reading the scored cases, each with its case's name.
        corrupted: Scores with a sequence corrupted, if requested.
        predictions: The label maps that were scored; None for predictions of a model.
        postprocess: Post-processing of the model's output, as text; empty for label maps.
        part: The part of a split that was scored; None for all cases of a folder.
    """

    model_name: str
    model_sha256: str
    cases: tuple[EvaluatedCase, ...]
    scores: tuple[Score, ...]
    unscored: tuple[UnscoredCase, ...] = ()
    notes: tuple[str, ...] = ()
    corrupted: tuple[CorruptedScore, ...] = ()
    predictions: PredictionFolder | None = None
    postprocess: str = ""
    part: ScoredPart | None = None

    def cases_with(self, region: Region) -> frozenset[str]:
        """Ids of the scored cases whose expert labels have a region."""
        return frozenset(c.id for c in self.cases if region not in c.absent_regions)

    @property
    def seen_cases(self) -> tuple[str, ...]:
        """Ids of the scored cases that the model was trained on."""
        return tuple(c.id for c in self.cases if c.seen_in_training)
