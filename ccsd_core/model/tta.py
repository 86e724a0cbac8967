"""One look of a network at a case: its voxel size, and whether left and right are swapped."""

from pydantic import BaseModel, ConfigDict, Field


class Look(BaseModel):
    """A further look, beside the one on the network's own grid.

    Args:
        spacing_mm: Edge length of its isotropic voxels.
        mirrored: Whether it sees left and right swapped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spacing_mm: float = Field(gt=0.3, le=8.0)
    mirrored: bool = False
