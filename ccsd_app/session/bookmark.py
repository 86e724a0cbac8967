"""A bookmark: a place in the case, the subset and layer that were shown, and a comment."""

from dataclasses import dataclass, field

from ccsd_app.session.display import Layer
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What is shown when the user goes to the bookmark.

    Args:
        text: The user's comment.
        used: The sequences given to the model.
        layer: What lies over the slices.
        region: The region that layers about one region show.
        background: The sequence shown as background.
        cursor_voxel: The crosshair, in voxels of the images that were shown.
        compared: The subset that it is compared with; None is all sequences.
        against_reference: Whether it is compared with the expert labels instead.
        side_by_side: Whether both are shown side by side.
        on_scanned: Whether it was marked on the original images of a prepared case.
        degradations: What was done to sequences.
    """

    text: str
    used: ModalitySubset
    layer: Layer
    region: Region
    background: Modality
    cursor_voxel: tuple[int, int, int]
    compared: ModalitySubset | None = None
    against_reference: bool = False
    side_by_side: bool = False
    on_scanned: bool = False
    degradations: Degradations = field(default_factory=Degradations)
