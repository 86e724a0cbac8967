"""Display settings, which are kept from one case to the next.

A `Layer` is what is drawn over the slices; colour schemes and mouse presets follow other programs;
`View3dSettings` concerns only the 3-D view.
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
        """Whether it shows a single region, which the user chooses."""
        return self in (Layer.PROBABILITY, Layer.DIFFERENCE, Layer.CONSENSUS)

    @property
    def needs_probabilities(self) -> bool:
        """Whether it is drawn from the network's probabilities."""
        return self in (Layer.PROBABILITY, Layer.UNCERTAINTY)


class ColourScheme(Enum):
    """The colours of regions and labels. The value is its name on the screen."""

    OKABE_ITO = "Colour-blind safe"
    BRATS = "BraTS 2020 figure"
    ITK_SNAP = "ITK-SNAP"


class MousePreset(Enum):
    """The program whose mouse buttons slice views follow. The value is its name on the screen."""

    ITK_SNAP = "ITK-SNAP / MITK"
    PACS = "PACS"


class Cut(Enum):
    """The plane through the crosshair along which the 3-D view is clipped."""

    NONE = "No clipping"
    AXIAL = "Axial"
    SAGITTAL = "Sagittal"
    CORONAL = "Coronal"


Member = TypeVar("Member", bound=Enum)


def member_named(kind: type[Member], name: str) -> Member:
    """The member of that name; the first one if there is none, as in other versions' settings."""
    members = list(kind)
    return next((member for member in members if member.name == name), members[0])


@dataclass(frozen=True, slots=True)
class View3dSettings:
    """What the 3-D view shows in addition to the predicted surfaces.

    Args:
        brain: The translucent brain surface.
        slices: The three slices through the crosshair, as planes in space.
        expert: The expert's surfaces.
        cut: The clipping plane through the crosshair.
    """

    brain: bool = True
    slices: bool = False
    expert: bool = False
    cut: Cut = Cut.NONE
