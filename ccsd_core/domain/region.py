"""Tumour regions, and the integers that stand for them in the label maps of each data set.

    WT  whole tumour      ED ∪ NCR ∪ ET      BraTS reports these three nested regions,
    TC  tumour core            NCR ∪ ET      while label files hold the disjoint tissues.
    ET  enhancing tumour             ET

The same integers mean different tissues in different data sets (3 is enhancing tumour in
BraTS 2023 and MSD, 1 is necrosis in BraTS and oedema in MSD), so a scheme is always stated
and never guessed from the values alone.
"""

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.errors import LabelSchemeError, UnknownRegionError


class Region(enum.IntEnum):
    """One nested tumour region. Its value is its channel in every network output."""

    WT = 0
    TC = 1
    ET = 2

    @property
    def title(self) -> str:
        return ("whole tumour", "tumour core", "enhancing tumour")[self]

    @classmethod
    def parse(cls, text: str) -> "Region":
        """Read a region's name in any case.

        Raises:
            UnknownRegionError: If the name is not a region.
        """
        try:
            return cls[text.strip().upper()]
        except KeyError:
            raise UnknownRegionError(text, known=cls.__members__) from None


@dataclass(frozen=True, slots=True)
class LabelScheme:
    """The integers of the tissues in a label map.

    Args:
        name: Its name for users, for example `brats2021`.
        oedema: Integer of peritumoural oedema (ED / SNFH).
        necrosis: Integer of necrotic and non-enhancing core (NCR / NET / NETC).
        enhancing: Integer of enhancing tumour (ET).
        ignored: Integers that are known but belong to no region (resection cavity).
        merged: Further integers that are read as one of the three: (integer, read as).
    """

    name: str
    oedema: int
    necrosis: int
    enhancing: int
    ignored: tuple[int, ...] = ()
    merged: tuple[tuple[int, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> "LabelScheme":
        """Find a scheme by name.

        Raises:
            LabelSchemeError: If no scheme has this name.
        """
        name = text.strip().lower()
        if name not in SCHEMES:
            known = ", ".join(SCHEMES)
            raise LabelSchemeError(f"unknown label scheme {text!r}: use one of {known}")
        return SCHEMES[name]

    @property
    def integers(self) -> tuple[int, ...]:
        """Every integer that a label map of this scheme may contain, including background."""
        merged = (integer for integer, _ in self.merged)
        return (0, self.oedema, self.necrosis, self.enhancing, *self.ignored, *merged)

    def names(self) -> dict[int, str]:
        """What each tissue integer stands for."""
        return {
            self.necrosis: "necrotic and non-enhancing core",
            self.oedema: "oedema",
            self.enhancing: "enhancing tumour",
        }

    def unknown_labels(self, labels: NDArray[np.integer]) -> list[int]:
        """The integers of a label map that are not part of the scheme, in ascending order."""
        return sorted(set(np.unique(labels).tolist()) - set(self.integers))

    def check(self, labels: NDArray[np.integer]) -> None:
        """Check that a label map contains only integers of the scheme.

        Raises:
            LabelSchemeError: If it contains another integer.
        """
        unknown_labels = self.unknown_labels(labels)
        if unknown_labels:
            raise LabelSchemeError(
                f"label {unknown_labels[0]} does not belong to the label scheme {self.name} "
                f"({', '.join(map(str, sorted(self.integers)))}): choose the right label scheme"
            )

    def regions(self, labels: NDArray[np.integer]) -> NDArray[np.bool_]:
        """The nested regions of a label map: shape (3, x, y, z), order WT, TC, ET."""
        enhancing = self._is(labels, self.enhancing)
        core = enhancing | self._is(labels, self.necrosis)
        return np.stack([core | self._is(labels, self.oedema), core, enhancing])

    def _is(self, labels: NDArray[np.integer], tissue: int) -> NDArray[np.bool_]:
        found = labels == tissue
        for integer, read_as in self.merged:
            if read_as == tissue:
                found |= labels == integer
        return found

    def labels(self, regions: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """The label map of regions (3, x, y, z), which are made nested first: ET ⊂ TC ⊂ WT.

        A voxel of a smaller region is added to the larger ones. For nested regions this is
        the inverse of `regions`.
        """
        whole, core, enhancing = regions
        labels = np.zeros(whole.shape, np.uint8)
        labels[whole] = self.oedema
        labels[core] = self.necrosis
        labels[enhancing] = self.enhancing
        return labels


BRATS2021 = LabelScheme("brats2021", oedema=2, necrosis=1, enhancing=4)
"""BraTS 2018 to 2021: 1 NCR/NET, 2 ED, 4 ET. The default where the layout does not determine it."""
BRATS2023 = LabelScheme("brats2023", oedema=2, necrosis=1, enhancing=3)
"""BraTS 2023 adult glioma: 1 NCR, 2 ED, 3 ET."""
BRATS2024 = LabelScheme("brats2024", oedema=2, necrosis=1, enhancing=3, ignored=(4,))
"""BraTS 2024 post-treatment: as 2023, and 4 is the resection cavity, part of no region."""
MSD = LabelScheme("msd", oedema=1, necrosis=2, enhancing=3)
"""Medical Segmentation Decathlon Task01: 1 oedema, 2 non-enhancing, 3 enhancing."""

SCHEMES: dict[str, LabelScheme] = {s.name: s for s in (BRATS2021, BRATS2023, BRATS2024, MSD)}
