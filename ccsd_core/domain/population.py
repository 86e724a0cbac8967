"""How a model scored on many patients, by subset: what one patient's curve is seen against."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

WEAK = 0.5
"""Mean Dice of the whole tumour below which more is wrong than right."""


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

    def caution(self, subset: ModalitySubset) -> str:
        """What must be known of a subset from which the model finds little; else ""."""
        mean = self.dice[subset][Region.WT]
        if mean >= WEAK:
            return ""
        return (
            f"from {subset.label} this model is weak: Dice of WT {mean:.2f} on average over "
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
