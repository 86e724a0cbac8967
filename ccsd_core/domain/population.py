"""How a model scored on many patients, by subset: what one patient's curve is seen against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

WEAK = 0.5
"""Mean Dice of a region below which more is wrong than right."""
KEPT = 2 / 3
"""Of the full input's mean: a subset that keeps more is no weaker than the model is anyway."""
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
        dice: Mean by subset, then by region; all 15 subsets.
    """

    patients: int
    unseen: bool
    dice: Mapping[ModalitySubset, Mapping[Region, float]]

    @property
    def described(self) -> str:
        """Over whom the means were taken, in words."""
        many = "patient" if self.patients == 1 else "patients"
        if self.unseen:
            return f"{self.patients} unseen {many}"
        return f"{self.patients} {many}, some seen in training"

    def weak(self, subset: ModalitySubset) -> tuple[Region, ...]:
        """The regions of which the model finds little from a subset, on average."""
        mean, full = self.dice[subset], self.dice[ModalitySubset.full()]
        return tuple(r for r in Region if mean[r] < WEAK and mean[r] < KEPT * full[r])

    def caution(self, subset: ModalitySubset) -> str:
        """What must be known of a subset from which the model finds little; else ""."""
        means = [f"{r.name} {self.dice[subset][r]:.2f}" for r in self.weak(subset)]
        if not means:
            return ""
        return (
            f"from {subset.label} this model is weak: Dice of {', '.join(means)} on average over "
            f"{self.described}"
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
