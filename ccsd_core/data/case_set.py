"""Labelled cases on the network's grid, in order, in memory or on disk.

ids      A    B    C
present  ████ ██·█ ·██·      known without reading images, so that batches can be planned
[i]      │    │    │
         ▼    ▼    ▼
         TrainingCase        images and regions, read on request
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCase:
    """One labelled case on the network's grid.

    Args:
        id: Name of the case.
        images: Normalised sequences in channel order, float16; absent ones are 0.
        present: Whether the case has each sequence, by channel.
        regions: The expert's WT, TC, ET.
    """

    id: str
    images: Float[Tensor, "m x y z"]
    present: Bool[Tensor, " m"]
    regions: Bool[Tensor, "r x y z"]

    @property
    def available(self) -> ModalitySubset:
        """The sequences it has, as a subset."""
        return ModalitySubset.of(*(m for m in Modality if bool(self.present[m])))


@dataclass(frozen=True, slots=True, eq=False)
class CaseSet:
    """The cases of a run.

    Args:
        ids: Their unique names.
        present: Whether each case has each sequence, (case, m).
        read: Returns a case by its index in `ids`.
        skipped: Names of the cases that were skipped because they have no labels.
        notes: Notes on the cases, each with the case's name.

    Raises:
        BadInputError: If two cases have the same name.
    """

    ids: tuple[str, ...]
    present: Bool[Tensor, "n m"]
    read: Callable[[int], TrainingCase]
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.ids) == len(self.present), f"{len(self.ids)} ids, {len(self.present)} rows"
        check_unique(self.ids)

    @classmethod
    def of(
        cls,
        cases: Sequence[TrainingCase],
        *,
        skipped: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> "CaseSet":
        """A set of cases that are already in memory."""
        kept = tuple(cases)
        present = torch.stack([case.present for case in kept])
        return cls(
            tuple(case.id for case in kept), present, kept.__getitem__, tuple(skipped), tuple(notes)
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> TrainingCase:
        return self.read(index)


def check_unique(ids: Sequence[str]) -> None:
    """Refuse two cases with the same name.

    Raises:
        BadInputError: Naming the first such name.
    """
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise BadInputError(
                f"two cases have the name {id!r}: rename one, as scores are stored by name"
            )
        seen.add(id)
