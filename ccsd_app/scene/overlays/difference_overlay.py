"""Where two segmentations of one region differ, by colour and by pattern.

both           green, plain
only current    vermilion, striped     vs expert labels: false positive
only reference  sky blue, dotted       vs expert labels: false negative
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import CroppedRegions, SliceLocation
from ccsd_app.scene.overlays.outline import outlines
from ccsd_app.scene.overlays.overlay import Pattern, Shape, blend, line_opacity
from ccsd_app.scene.palette import BOTH_COLOUR, ONLY_CURRENT_COLOUR, ONLY_REFERENCE_COLOUR
from ccsd_core.domain.region import Region

FILL_SHARE = 0.7
"""Opacity of the fill, relative to that of the overlay, so that lines and patterns stand out."""


@dataclass(frozen=True, slots=True)
class DifferenceOverlay:
    """One region of the current prediction compared with the same region of a reference.

    Args:
        shown: The result on screen.
        other: The reference that it is compared with.
        region: The region.
        opacity: 0 to 1.
    """

    shown: CroppedRegions
    other: CroppedRegions
    region: Region
    opacity: float

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        both, shown, other = self.parts(location)
        levels = both + np.uint8(2) * shown + np.uint8(3) * other
        colours = np.array(
            [(0, 0, 0), BOTH_COLOUR, ONLY_CURRENT_COLOUR, ONLY_REFERENCE_COLOUR], np.uint8
        )
        fill = self.opacity * FILL_SHARE
        blend(rgb, levels, colours, np.array([0.0, fill, fill, fill]))

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        opacity = line_opacity(self.opacity)
        _, shown, other = self.parts(location)
        striped = Shape(outlines(shown), ONLY_CURRENT_COLOUR, Pattern.STRIPES, opacity=opacity)
        dotted = Shape(outlines(other), ONLY_REFERENCE_COLOUR, Pattern.DOTS, opacity=opacity)
        return tuple(shape for shape in (striped, dotted) if shape.lines)

    def parts(
        self, location: SliceLocation
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Voxels in both, only in the current one, only in the reference: (rows, columns) each."""
        shown = self.shown.inside(location, self.region)
        other = self.other.inside(location, self.region)
        return shown & other, shown & ~other, other & ~shown
