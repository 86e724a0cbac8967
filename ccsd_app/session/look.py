"""How the user wants things drawn: choices with names, remembered between cases.

Nothing here depends on a case. What is drawn over the slices is a `Layer`; which colours and
which mouse are habits of other programs; `SpaceLook` is about the 3-D view alone.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar


class OverlayStyle(Enum):
    """How regions are drawn over a slice."""

    FILLED = "filled"
    OUTLINE = "outline"


class Layer(Enum):
    """What is drawn over the slices. The value is its name on the screen."""

    REGIONS = "Regions"
    LABELS = "Labels"
    PROBABILITY = "Probability"
    UNCERTAINTY = "Uncertainty"
    DIFFERENCE = "Difference"
    CONSENSUS = "Consensus"

    @property
    def about_one_region(self) -> bool:
        """Whether it shows one region, which has to be chosen."""
        return self in (Layer.PROBABILITY, Layer.DIFFERENCE, Layer.CONSENSUS)

    @property
    def needs_probabilities(self) -> bool:
        """Whether it is drawn from how sure the network is."""
        return self in (Layer.PROBABILITY, Layer.UNCERTAINTY)


class ColourScheme(Enum):
    """Whose colours regions and labels have. The value is its name on the screen."""

    OKABE_ITO = "Colour-blind safe"
    BRATS = "BraTS 2020 figure"
    ITK_SNAP = "ITK-SNAP"


class MousePreset(Enum):
    """Whose habits the mouse follows over a slice. The value is its name on the screen."""

    ITK_SNAP = "ITK-SNAP / MITK"
    PACS = "PACS"


class Cut(Enum):
    """Along which plane through the crosshair the 3-D view is cut open."""

    NONE = "No clipping"
    AXIAL = "Axial"
    SAGITTAL = "Sagittal"
    CORONAL = "Coronal"


Named = TypeVar("Named", bound=Enum)


def remembered(kind: type[Named], name: str) -> Named:
    """The member of that name; the first one where there is none, in a file of another version."""
    members = list(kind)
    return next((member for member in members if member.name == name), members[0])


@dataclass(frozen=True, slots=True)
class SpaceLook:
    """What the 3-D view shows besides the predicted surfaces.

    Args:
        brain: The translucent shell of the brain.
        slices: The three slices through the crosshair, as planes in space.
        ghost: The expert's surfaces.
        cut: The plane through the crosshair along which everything is cut open.
    """

    brain: bool = True
    slices: bool = False
    ghost: bool = False
    cut: Cut = Cut.NONE
