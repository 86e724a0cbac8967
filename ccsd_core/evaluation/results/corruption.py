"""Scores with a sequence corrupted, withheld, and clean.

    case, encoded ─┬─▶ all its sequences ─────────────────────▶ clean
                   ├─▶ all but one ───────────────────────────▶ withheld
                   └─ that one corrupted, encoded again ─ all ▶ corrupted

The first two are among the subsets that an evaluation scores anyway; only the third needs
additional work: encoding one sequence, and one decode. The corrupted sequence is normalised by its
own voxels; the case's box is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ccsd_core.data.corruption import Corruption, corrupted
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.evaluation.metrics.registry import METRICS, ReferenceRegions, measure
from ccsd_core.progress import Progress, Steps

Encoded = TypeVar("Encoded")
SEED = 0
"""Seed of random corruptions; each case, kind and sequence gets different random numbers."""


class ReencodingPredictor(Protocol[Encoded]):
    """A model that can encode a changed sequence again, as `Predictor` can."""

    def reencode(self, encoded: Encoded, case: Case) -> Steps[Encoded]: ...

    def predict(self, encoded: Encoded, subset: ModalitySubset) -> Segmentation: ...


@dataclass(frozen=True, slots=True)
class CorruptedScore:
    """Dice of a region with a sequence corrupted, withheld and clean.

    Args:
        case: Id of the case.
        corruption: The corruption and its sequence.
        region: Region of the score.
        corrupted: Dice from all sequences, with one corrupted.
        withheld: Dice without that sequence; that of an empty prediction if no sequence is left.
        clean: Dice from all sequences, uncorrupted.
    """

    case: str
    corruption: Corruption
    region: Region
    corrupted: float
    withheld: float
    clean: float


@dataclass(frozen=True, slots=True)
class CorruptionTrial(Generic[Encoded]):
    """Corruptions to apply to every case of an evaluation.

    Args:
        predictor: The model, which encodes a changed sequence again.
        corruptions: Corruptions to apply.
    """

    predictor: ReencodingPredictor[Encoded]
    corruptions: Sequence[Corruption]

    def scores(
        self,
        case: Case,
        encoded: Encoded,
        truth: ReferenceRegions,
        dice: Mapping[tuple[ModalitySubset, Region], float],
        *,
        name: str,
    ) -> Steps[list[CorruptedScore]]:
        """One case's scores under each corruption of a sequence that it has.

        Args:
            case: The case.
            encoded: The encoded case.
            truth: The expert's regions.
            dice: Dice of the case's scored subsets.
            name: The case's name in the evaluation.
        """
        rows: list[CorruptedScore] = []
        for done, corruption in enumerate(self.corruptions):
            here = Progress(done, len(self.corruptions), str(corruption))
            yield here
            if corruption.sequence in case.available:
                bad = corrupted(case, corruption, seed=SEED)
                again = yield from _one_step(self.predictor.reencode(encoded, bad), here)
                predicted = self.predictor.predict(again, case.available)
                found = measure(predicted.regions, truth, metrics=METRICS[:1])
                rows += [
                    CorruptedScore(
                        case=name,
                        corruption=corruption,
                        region=region,
                        corrupted=value,
                        withheld=_withheld(case.available, corruption, region, truth, dice),
                        clean=dice[case.available, region],
                    )
                    for _, region, value in found
                ]
        return rows


def _one_step(steps: Steps[Encoded], here: Progress) -> Steps[Encoded]:
    """Work that counts as one step, whatever its number of steps."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value
        yield here


def _withheld(
    available: ModalitySubset,
    corruption: Corruption,
    region: Region,
    truth: ReferenceRegions,
    dice: Mapping[tuple[ModalitySubset, Region], float],
) -> float:
    if len(available) == 1:
        return 0.0 if truth.regions[region].voxels else 1.0
    return dice[available.toggled(corruption.sequence), region]
