"""Test-time augmentation: further views of a case whose logits are averaged with the first's."""

from pydantic import BaseModel, ConfigDict, Field


class TtaView(BaseModel):
    """One further view of a case, beside the one on the network's own grid.

    Args:
        spacing_mm: Edge length of its isotropic voxels.
        mirrored: Whether left and right are swapped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spacing_mm: float = Field(gt=0.3, le=8.0)
    mirrored: bool = False
