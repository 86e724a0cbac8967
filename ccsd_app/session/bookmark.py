"""A bookmark: a place in the case with the subset and layer it was marked in, and a sentence."""

from dataclasses import dataclass

from ccsd_app.session.display import Layer
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What is shown when the bookmark is gone to.

    Args:
        text: The user's sentence.
        used: The sequences given to the model.
        layer: What lies over the slices.
        region: The region that layers about one region show.
        background: The sequence shown as background.
        cursor_voxel: The crosshair, in voxels of the images it was marked on.
        compared: The subset compared with; None is all sequences.
        against_reference: Whether the expert labels are compared with instead.
        side_by_side: Whether the compared subset is shown beside it.
        on_scanned: Whether it was marked on the images of a prepared case as they were scanned.
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
