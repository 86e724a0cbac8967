"""What a network is built from: the part of a configuration that a checkpoint must remember."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ModelConfig(BaseModel):
    """Architecture of one network.

    The defaults are the bundled `light` model.

    Args:
        backbone: `light` is a small 3-D U-Net composed at every level.
        base_channels: Feature channels at the finest level; doubled at each level below.
        levels: Resolution levels, the input's included; the lattice of boxes (16) allows 5.
        composition: `residual` f = s + act(norm(conv(s, p))) (our choice), or `plain` without
            the s (the paper's text).
        spacing_mm: Edge length of the isotropic voxels the network works on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: Literal["light"] = "light"
    base_channels: int = Field(default=8, ge=2, le=64)
    levels: int = Field(default=4, ge=2, le=5)
    composition: Literal["residual", "plain"] = "residual"
    spacing_mm: float = Field(default=2.0, gt=0.3, le=8.0)

    @property
    def channels(self) -> tuple[int, ...]:
        """Feature channels of each level, finest first."""
        return tuple(self.base_channels * 2**level for level in range(self.levels))

    @property
    def divisor(self) -> int:
        """Every side of an input must be a multiple of this."""
        return 2 ** (self.levels - 1)
