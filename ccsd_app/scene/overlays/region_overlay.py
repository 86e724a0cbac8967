"""The predicted regions, or the labels they are made of, over a slice.

`nested_labels` counts the nested regions a voxel lies in. As regions, a voxel takes the colour of
the innermost *visible* region around it; as labels, that of the one label it has:

    label       1       2       3
    regions     WT      TC      ET         without TC, label 2 looks like WT
    labels      ED      NCR     ET         without NCR, label 2 is left grey
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import SliceLocation
from ccsd_app.scene.overlays.outline import outlines
from ccsd_app.scene.overlays.overlay import Shape, blend, line_opacity
from ccsd_app.scene.palette import label_colours, region_colours
from ccsd_app.session.display import ColourScheme, OverlayStyle
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.region import Region

OUTLINE_FILL = 0.12
"""Opacity of the fill where regions are drawn as outlines: it shows which side is inside."""


def innermost(drawn: Collection[Region], level: int) -> Region | None:
    """The region whose colour a voxel of this label has: the innermost that is drawn around it."""
    return max((region for region in drawn if region < level), default=None)


@dataclass(frozen=True, slots=True)
class RegionOverlay:
    """A result's nested regions, or its disjoint labels.

    Args:
        result: The segmentation.
        drawn: Regions that are drawn; for labels, the labels of the same index.
        as_labels: Labels instead of regions.
        style: Filled or outlined.
        opacity: 0 to 1.
        colours: The colour scheme.
    """

    result: SubsetResult
    drawn: frozenset[Region]
    as_labels: bool
    style: OverlayStyle
    opacity: float
    colours: ColourScheme

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        nested_labels = location.slice_of(self.result.nested_labels, self.result.offset_voxel)
        if nested_labels is not None:
            self.tint_levels(rgb, nested_labels)

    def tint_levels(self, rgb: NDArray[np.uint8], nested_labels: NDArray[np.uint8]) -> None:
        """Blend over pixels whose labels are known, in place: (rows, columns)."""
        opacity = self.opacity * (1.0 if self.style is OverlayStyle.FILLED else OUTLINE_FILL)
        colours = np.zeros((len(Region) + 1, 3), np.uint8)
        opacities = np.zeros(len(Region) + 1)
        for level in range(1, len(Region) + 1):
            region = self._region_at(level)
            if region is not None:
                colours[level] = self._colour(region)
                opacities[level] = opacity
        blend(rgb, nested_labels, colours, opacities)

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        nested_labels = location.slice_of(self.result.nested_labels, self.result.offset_voxel)
        if nested_labels is None:
            return ()
        bold = self.style is OverlayStyle.OUTLINE
        found: list[Shape] = []
        for region in sorted(self.drawn):  # the outermost first
            mask = nested_labels == region + 1 if self.as_labels else nested_labels > region
            lines = outlines(mask)
            if lines:
                colour, opacity = self._colour(region), line_opacity(self.opacity)
                found.append(Shape(lines, colour, bold=bold, opacity=opacity))
        return tuple(found)

    def _region_at(self, level: int) -> Region | None:
        """The region whose colour a label has; None if nothing is drawn."""
        if self.as_labels:
            region = Region(level - 1)
            return region if region in self.drawn else None
        return innermost(self.drawn, level)

    def _colour(self, region: Region) -> tuple[int, int, int]:
        if self.as_labels:
            return label_colours(self.colours)[region]
        return region_colours(self.colours)[region]
