"""What the user changes about the preparation of a study."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ccsd_core.domain.modality import Modality
from ccsd_core.preparation.rigid import Nudge


class Step(Enum):
    """The steps of the preparation, in order."""

    REGISTRATION = "registration"
    BRAIN_MASK = "brain mask"
    BIAS = "bias correction"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Adjustments:
    """The user's adjustments.

    Args:
        reference: The sequence that the others are registered onto; chosen automatically if None.
        skipped: Steps that are not done even if they are necessary.
        nudges: Manual movement of each sequence after its registration, in the reference's world
            coordinates.
        mask_mm: Distance by which the brain mask is dilated; eroded if negative.
        bias: Whether the bias field is corrected (N4).
        always: Whether steps are done even if they do not seem necessary.
    """

    reference: Modality | None = None
    skipped: frozenset[Step] = frozenset()
    nudges: Mapping[Modality, Nudge] = field(default_factory=dict[Modality, Nudge])
    mask_mm: float = 0.0
    bias: bool = False
    always: bool = False

    @property
    def changes_anything(self) -> bool:
        """Whether even a study that needs no preparation is prepared."""
        nudged = any(not nudge.is_none for nudge in self.nudges.values())
        return self.always or nudged or self.mask_mm != 0 or self.bias

    def as_json(self) -> dict[str, object]:
        """The adjustments as in `preparation.json`."""
        return {
            "reference": None if self.reference is None else self.reference.label,
            "skipped": sorted(step.value for step in self.skipped),
            "nudges": {
                m.label: {"shift_mm": list(n.shift_mm), "turn_degrees": list(n.turn_degrees)}
                for m, n in sorted(self.nudges.items())
            },
            "mask_mm": self.mask_mm,
            "bias": self.bias,
            "always": self.always,
        }
