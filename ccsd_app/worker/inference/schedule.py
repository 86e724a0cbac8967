"""Which subset is computed next: the full set, then the one that is wanted, then its neighbours.

    1  the full set       agreement is measured against it
    2  the wanted subset  the toggles of the window; the newest request wins
    3  the others         by the number of toggles from the wanted one

A subset that is one toggle away is the most likely one to be selected next.
"""

from dataclasses import dataclass, replace
from typing import Self

from ccsd_core.domain.modality import ModalitySubset


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is to be computed for one case.

    Args:
        available: The sequences of the case.
        wanted: The subset of the newest request.
        done: Subsets that are computed.
        full_first: Whether the full set comes first; not where agreement is measured against the
            prediction from other images.
    """

    available: ModalitySubset
    wanted: ModalitySubset
    done: frozenset[ModalitySubset] = frozenset()
    full_first: bool = True

    @property
    def next(self) -> ModalitySubset | None:
        """The subset to compute now; None when all are computed."""
        pending = [s for s in self.available.subsets() if s not in self.done]
        if self.full_first and self.available in pending:
            return self.available
        return min(pending, key=self._distance, default=None)

    def with_wanted(self, subset: ModalitySubset) -> Self:
        """A newer request; it is ignored if it has sequences that are missing."""
        return replace(self, wanted=subset) if subset.issubset(self.available) else self

    def finished(self, subset: ModalitySubset) -> Self:
        return replace(self, done=self.done | {subset})

    def _distance(self, subset: ModalitySubset) -> int:
        return (subset.bits ^ self.wanted.bits).bit_count()
