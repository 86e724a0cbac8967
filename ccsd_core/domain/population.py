"""How a model scored on many patients, by subset: what one patient's curve is seen against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

WEAK = 0.5
"""Mean Dice of a region below which more is wrong than right."""
WEAK_WORDS = "weak on average"


def weak_words(regions: Sequence[Region]) -> str:
    """What a picture says of regions that a model finds little of; "" of none.

    >>> weak_words([Region.TC, Region.ET]), weak_words(list(Region)), weak_words([])
    ('weak on average: TC, ET', 'weak on average', '')
    """
    if len(regions) == len(Region):
        return WEAK_WORDS
    names = ", ".join(region.name for region in regions)
    return f"{WEAK_WORDS}: {names}" if names else ""


@dataclass(frozen=True, slots=True)
class Population:
    """Mean Dice of one model over some patients.

    Args:
        patients: How many.
        unseen: Whether the model was trained on none of them.
        dice: Mean by subset, then by region; all 15 subsets. Of a region over those who have it,
            where `having` tells how many they are.
        having: How many have a region; empty where that is not known.
        ids: Their names.
    """

    patients: int
    unseen: bool
    dice: Mapping[ModalitySubset, Mapping[Region, float]]
    having: Mapping[Region, int] = field(default_factory=dict[Region, int])
    ids: frozenset[str] = frozenset()

    @property
    def described(self) -> str:
        """Over whom the means were taken, in words."""
        many = "patient" if self.patients == 1 else "patients"
        if self.unseen:
            return f"{self.patients} unseen {many}"
        return f"{self.patients} {many}, some seen in training"

    def over(self, case: Case | None) -> str:
        """Over whom, for who looks at one case: `7 unseen patients (ET: the 6 with it)`."""
        fewer = {r: n for r, n in self.having.items() if 0 < n < self.patients}
        notes = [f"{region.name}: the {count} with it" for region, count in fewer.items()]
        if case is not None and case.is_among(self.ids):
            notes.append("this patient among them")
        return f"{self.described} ({'; '.join(notes)})" if notes else self.described

    def weak(self, subset: ModalitySubset) -> tuple[Region, ...]:
        """The regions of which the model finds little from a subset, on average."""
        return tuple(r for r in Region if self.dice[subset][r] < WEAK)

    def caution(self, subset: ModalitySubset, case: Case | None = None) -> str:
        """What must be known of a subset from which the model finds little; else "".

        Args:
            subset: What the model is given.
            case: Whom it is said of, who may be one of the patients.
        """
        means = [f"{r.name} {self.dice[subset][r]:.2f}" for r in self.weak(subset)]
        if not means:
            return ""
        return (
            f"from {subset.label} this model is weak: Dice of {', '.join(means)} on average over "
            f"{self.over(case)}"
        )

    def means(self, region: Region) -> dict[int, float]:
        """D_k: the mean over all subsets of k sequences."""
        found: dict[int, float] = {}
        for count in range(1, len(Modality) + 1):
            subsets = ModalitySubset.full().of_size(count)
            found[count] = sum(self.dice[s][region] for s in subsets) / len(subsets)
        return found

    def gain(self, used: ModalitySubset, added: Modality) -> dict[Region, float]:
        """How much higher the mean is with one more sequence; nothing if it is used already."""
        if added in used:
            return {}
        with_it = self.dice[used.toggled(added)]
        return {region: with_it[region] - self.dice[used][region] for region in Region}
