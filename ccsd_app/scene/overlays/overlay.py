"""What lies over a slice: a tint of its pixels, and shapes drawn sharp at any zoom.

grey slice ── tint ──▶ RGB          shapes: closed lines, each with a colour,
                                    some with a pattern inside
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import SliceLocation
from ccsd_app.scene.overlays.outline import Line
from ccsd_app.scene.palette import Rgb
from ccsd_core.domain.box import tight_box


class Pattern(Enum):
    """What fills a shape, so that nothing is shown by colour alone."""

    NONE = auto()
    STRIPES = auto()
    DOTS = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Closed lines in slice pixels.

    Args:
        lines: The lines, holes included.
        colour: Of line and pattern.
        pattern: What fills the inside.
        bold: Whether the shape is an outline only, which is drawn wider.
        opacity: Of line and pattern, 0 to 1.
    """

    lines: tuple[Line, ...]
    colour: Rgb
    pattern: Pattern = Pattern.NONE
    bold: bool = False
    opacity: float = 1.0


class Overlay(Protocol):
    """Something that can be drawn over a slice. Equal overlays have equal pixels."""

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        """Blend over the slice's pixels (rows, columns, 3), in place."""
        ...

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        """What is drawn over it, in drawing order."""
        ...


def blend(
    rgb: NDArray[np.uint8],
    levels: NDArray[np.uint8],
    colours: NDArray[np.uint8],
    opacities: NDArray[np.float64],
) -> None:
    """Blend the colour of each pixel's level over `rgb`, in place.

    Args:
        rgb: The slice, (rows, columns, 3).
        levels: A small number for each pixel, (rows, columns); 0 leaves it as it is.
        colours: One for each level, (levels, 3).
        opacities: One for each level, 0 to 1; that of level 0 is ignored.
    """
    box = tight_box(levels > 0)
    if box is None:
        return
    weights = np.round(np.clip(opacities, 0, 1) * 256).astype(np.uint16)
    weights[0] = 0
    keep = (256 - weights).astype(np.uint16)
    add = colours.astype(np.uint16) * weights[:, None]
    inside = levels[box]
    rgb[box] = ((rgb[box] * keep[inside][..., None] + add[inside]) >> 8).astype(np.uint8)


def line_opacity(opacity: float) -> float:
    """The opacity of lines, which stay legible where the fill is faint."""
    return min(1.0, 0.35 + opacity)
