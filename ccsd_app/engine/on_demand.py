"""What a state wants of the inference process besides subsets, and what of it is new."""

from dataclasses import dataclass

from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset


@dataclass(frozen=True, slots=True)
class OnDemandWants:
    """What is shown somewhere and missing.

    Args:
        map: The subset whose probabilities are.
        criticality: Whether that is.
        hd95: The subset whose distances are.
    """

    map: ModalitySubset | None = None
    criticality: bool = False
    hd95: ModalitySubset | None = None

    @classmethod
    def of(cls, state: State) -> "OnDemandWants":
        return cls(state.map_wanted, state.criticality_wanted, state.hd95_wanted)

    def newer_than(self, before: "OnDemandWants") -> "OnDemandWants":
        """What was not wanted before, or of another subset."""
        return OnDemandWants(
            None if self.map == before.map else self.map,
            self.criticality and not before.criticality,
            None if self.hd95 == before.hd95 else self.hd95,
        )

    def __bool__(self) -> bool:
        return self != OnDemandWants()
