"""Reference scores: how a model scored on many patients, by subset.

They are shown next to the scores and the robustness curve of one patient.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals

WEAK_DICE = 0.5
"""Mean Dice of a region below which the model is called poor."""
WEAK_TEXT = "low mean Dice"


def weak_text(regions: Sequence[Region]) -> str:
    """The text about regions with low mean Dice; "" if there are none.

    >>> weak_text([Region.TC, Region.ET]), weak_text(list(Region)), weak_text([])
    ('low mean Dice for TC, ET', 'low mean Dice', '')
    """
    if len(regions) == len(Region):
        return WEAK_TEXT
    names = ", ".join(region.name for region in regions)
    return f"{WEAK_TEXT} for {names}" if names else ""


@dataclass(frozen=True, slots=True)
class ReferenceScores:
    """Mean Dice of one model over a cohort of patients.

    Args:
        patients: Size of the cohort.
        unseen: Whether the model was trained on none of them.
        dice: Mean Dice, 0 to 1, by subset and then by region, for all 15 subsets. The mean of a
            region is taken over the patients who have it, if `patients_with` gives their number.
        patients_with: Number of patients who have each region; empty if unknown.
        ids: Names of the patients.
        volumes: Prediction intervals of volumes; None where too few patients were scored.
    """

    patients: int
    unseen: bool
    dice: Mapping[ModalitySubset, Mapping[Region, float]]
    patients_with: Mapping[Region, int] = field(default_factory=dict[Region, int])
    ids: frozenset[str] = frozenset()
    volumes: VolumeIntervals | None = None

    @property
    def cohort_text(self) -> str:
        """The patients of the means: `7 test patients`."""
        many = "patient" if self.patients == 1 else "patients"
        if self.unseen:
            return f"{self.patients} test {many}"
        return f"{self.patients} {many}, some seen in training"

    def cohort_text_for(self, case: Case | None) -> str:
        """The cohort as named next to one case: `7 test patients (ET: 6)`."""
        fewer = {r: n for r, n in self.patients_with.items() if 0 < n < self.patients}
        notes = [f"{region.name}: {count}" for region, count in fewer.items()]
        if case is not None and case.is_among(self.ids):
            notes.append("including this patient")
        return f"{self.cohort_text} ({'; '.join(notes)})" if notes else self.cohort_text

    def weak_regions(self, subset: ModalitySubset) -> tuple[Region, ...]:
        """The regions with low mean Dice from a subset."""
        return tuple(r for r in Region if self.dice[subset][r] < WEAK_DICE)

    def warning(self, subset: ModalitySubset, case: Case | None = None) -> str:
        """A warning about a subset with low mean Dice; "" for other subsets.

        Args:
            subset: The sequences given to the model.
            case: The case that it is shown for; its patient may belong to the cohort.
        """
        means = [f"{r.name} {self.dice[subset][r]:.2f}" for r in self.weak_regions(subset)]
        if not means:
            return ""
        return (
            f"With {subset.label} the model performs poorly: mean Dice {', '.join(means)}, "
            f"{self.cohort_text_for(case)}"
        )

    def means(self, region: Region) -> dict[int, float]:
        """D_k by k: the mean Dice of a region over all subsets of k sequences."""
        found: dict[int, float] = {}
        for count in range(1, len(Modality) + 1):
            subsets = ModalitySubset.full().of_size(count)
            found[count] = sum(self.dice[s][region] for s in subsets) / len(subsets)
        return found

    def gain(self, used: ModalitySubset, added: Modality) -> dict[Region, float]:
        """How much higher the mean Dice is with one more sequence; empty if it is used already."""
        if added in used:
            return {}
        with_it = self.dice[used.toggled(added)]
        return {region: with_it[region] - self.dice[used][region] for region in Region}
