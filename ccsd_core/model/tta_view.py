"""Test-time augmentation: additional views of a case, averaged with the first one."""

from pydantic import BaseModel, ConfigDict, Field


class TtaView(BaseModel):
    """One view of a case, in addition to the one on the network's own grid.

    Args:
        spacing_mm: Edge length of its isotropic voxels.
        mirrored: Whether left and right are swapped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spacing_mm: float = Field(gt=0.3, le=8.0)
    mirrored: bool = False
