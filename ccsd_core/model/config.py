"""The architecture of a network: the part of a configuration that a checkpoint stores."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS, Postprocess
from ccsd_core.errors import BadInputError
from ccsd_core.model.choices import (
    FORMER_FILLS,
    Backbone,
    Composition,
    Head,
    MissingFill,
    with_current_names,
)
from ccsd_core.model.tta_view import TtaView

Sides = tuple[int, int, int]

SIZES: dict[str, dict[str, Any]] = {
    "light": {"base_channels": 8, "levels": 4, "spacing_mm": 2.0},
    "unet": {"base_channels": 32, "levels": 5, "spacing_mm": 1.0},
    "shaspec": {"spacing_mm": 1.0},
}
"""The default sizes of each backbone."""

SHASPEC_CHANNELS = (64, 256, 512, 1024, 256)
SHASPEC_DIVISORS: Sides = (32, 32, 16)

COARSEST_LATTICE = 16
"""Smallest step in voxels by which boxes grow, so that small changes of a brain's extent rarely
change its box."""


class ModelConfig(BaseModel):
    """Architecture of one network.

    The defaults are the bundled `light` model. Defaults that depend on the backbone are in `SIZES`.

    Args:
        backbone: `light` and `unet` are a 3-D U-Net in two sizes, composed at every level;
            `shaspec` is ShaSpec's residual network, composed at the deepest level.
        base_channels: Feature channels at the finest level; doubled at each level below. Not
            for `shaspec`, which has fixed sizes.
        levels: Resolution levels, including the input's. Not for `shaspec`.
        composition: `residual` f = s + act(norm(conv(s, p))) (our choice), `plain` without the
            s (the paper's text), or `bare` f = s + conv(s, p) (ShaSpec's).
        missing_fill: Fill of a missing sequence; see `ccsd_core.model.fill`.
        head: Three region channels, or a softmax over four classes.
        spacing_mm: Edge length of the isotropic voxels the network works on.
        tta: Test-time augmentation: additional views of a case, on grids that are not finer; their
            logits are averaged when the case is segmented. Training uses only `spacing_mm`.
        tile: Largest box, in voxels, that is encoded as a whole when a case is segmented; larger
            ones are encoded in overlapping tiles of this size. None for no tiles.
        postprocess: Rules applied to the output, in every command and in validation; see
            `ccsd_core.domain.postprocess_rules`. An empty list leaves the output unchanged.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: Backbone = "light"
    base_channels: int | None = Field(default=None, ge=2, le=64)
    levels: int | None = Field(default=None, ge=2, le=5)
    composition: Composition = "residual"
    missing_fill: MissingFill = "constant"
    head: Head = "regions"
    spacing_mm: float = Field(default=2.0, gt=0.3, le=8.0)
    tta: tuple[TtaView, ...] = ()
    tile: Sides | None = None
    postprocess: tuple[str, ...] = tuple(map(str, DEFAULT_POSTPROCESS.rules))

    @field_validator("postprocess")
    @classmethod
    def _rules_are_known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(map(str, Postprocess.of(given).rules))
        except BadInputError as error:
            raise ValueError(str(error)) from error

    @model_validator(mode="before")
    @classmethod
    def _sizes_of_the_backbone(cls, given: Any) -> Any:
        """Fill in missing sizes; None counts as missing, because it is stored that way."""
        if not isinstance(given, Mapping):
            return given
        given = with_current_names(given)
        backbone = given.get("backbone", "light")
        sizes = SIZES.get(backbone, {}) if isinstance(backbone, str) else {}
        stated = {k: v for k, v in given.items() if v is not None or k not in sizes}
        fill = stated.get("missing_fill")
        if isinstance(fill, str) and fill in FORMER_FILLS:
            stated["missing_fill"] = FORMER_FILLS[fill]
        return {**sizes, **stated}

    @model_validator(mode="after")
    def _sizes_fit_the_backbone(self) -> "ModelConfig":
        if self.backbone == "shaspec":
            for name in ("base_channels", "levels"):
                if (value := getattr(self, name)) is not None:
                    raise ValueError(
                        f"{name} is {value}, but the sizes of the backbone shaspec are fixed: "
                        f"leave {name} out, or use the backbone unet"
                    )
        return self

    @model_validator(mode="after")
    def _tta_is_no_finer(self) -> "ModelConfig":
        finer = [view.spacing_mm for view in self.tta if view.spacing_mm < self.spacing_mm]
        if finer:
            raise ValueError(
                f"a tta view at {finer[0]:g} mm is finer than spacing_mm, {self.spacing_mm:g}: "
                "results lie on that grid, so spacing_mm must be the finest"
            )
        return self

    @model_validator(mode="after")
    def _tile_fits_the_network(self) -> "ModelConfig":
        if self.tile is not None and any(
            side < divisor or side % divisor
            for side, divisor in zip(self.tile, self.divisors, strict=True)
        ):
            raise ValueError(
                f"tile {self.tile}: its sides must be multiples of {self.divisors}, "
                "or leave it out to encode every case whole"
            )
        return self

    @property
    def channels(self) -> tuple[int, ...]:
        """Feature channels of each level, finest first."""
        if self.base_channels is None or self.levels is None:
            return SHASPEC_CHANNELS
        return tuple(self.base_channels * 2**level for level in range(self.levels))

    @property
    def divisors(self) -> Sides:
        """Every side of an input must be a multiple of these."""
        if self.levels is None:
            return SHASPEC_DIVISORS
        side = 2 ** (self.levels - 1)
        return side, side, side

    @property
    def lattice(self) -> Sides:
        """Boxes begin and end at multiples of these: the divisors, but no finer than 16."""
        x, y, z = (max(COARSEST_LATTICE, divisor) for divisor in self.divisors)
        return x, y, z
