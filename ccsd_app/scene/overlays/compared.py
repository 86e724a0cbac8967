"""What the result on screen is compared with: the result of another subset, or expert labels."""

from dataclasses import dataclass

from ccsd_app.scene.cropped_regions import CroppedRegions, reference_labels
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State

EXPERT = "expert labels"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two segmentations of one case.

    Args:
        shown: The result on screen.
        other: The reference that it is compared with; None until that is computed.
        name: Name of the reference.
    """

    shown: SubsetResult
    other: CroppedRegions | None
    name: str

    @property
    def with_expert(self) -> bool:
        return self.name == EXPERT

    @property
    def with_itself(self) -> bool:
        """Whether a result is compared with itself: there is no difference to show."""
        return self.other is not None and self.other.nested_labels is self.shown.nested_labels


def comparison(state: State) -> Comparison | None:
    """The comparison that is shown; None before the first result."""
    case, shown = state.case, state.result
    if case is None or shown is None:
        return None
    if state.against_reference:
        expert = reference_labels(case)
        if expert is not None:
            return Comparison(shown, CroppedRegions.of(expert), EXPERT)
    other = state.compared_result
    found = None if other is None else CroppedRegions.of(other)
    return Comparison(shown, found, state.compared_name)
