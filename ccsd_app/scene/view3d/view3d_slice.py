"""The pictures on planes in space: grey slices, and the regions on a cut face.

Raw slices of the grid, not turned for the screen: rows along the plane's row axis, columns along
its column axis, beginning where `View3dPlane.corners_mm` does. Opacity is all or nothing, because
planes that cross each other cannot be blended in a correct order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import CroppedRegions, slice_of
from ccsd_app.scene.foreground import Window
from ccsd_app.scene.overlays.region_overlay import innermost
from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_app.scene.view3d.view3d_plane import View3dPlane
from ccsd_app.session.display import ColourScheme
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume

Rgba = NDArray[np.uint8]
"""Pixels (rows, columns, 4); transparent ones are black."""

FACE_OPACITY = 0.6
"""Opacity of the regions on a cut face that lies on a grey slice."""


@dataclass(frozen=True, slots=True)
class View3dSlice:
    """A grey slice in space. Equal ones have equal pixels.

    Args:
        place: Where it lies.
        background: The sequence drawn in grey.
        window: The intensities shown as black and as white.
    """

    place: View3dPlane
    background: Volume
    window: Window

    def rgba(self) -> Rgba:
        """Its pixels; transparent where the value is 0 or not a number."""
        image = np.take(
            self.background.array, self.place.index, axis=self.place.plane.normal_axis
        ).T
        there = np.isfinite(image) & (image != 0)
        grey, alpha = grey_levels(image, self.window) * there, there * np.uint8(255)
        return np.stack([grey, grey, grey, alpha], axis=-1)


@dataclass(frozen=True, slots=True)
class CutFace:
    """A cut through nested regions. Equal ones have equal pixels.

    Args:
        place: The plane of the cut.
        regions: The regions that are cut.
        visible: Regions that are drawn.
        colours: The colour scheme.
    """

    place: View3dPlane
    regions: CroppedRegions
    visible: frozenset[Region]
    colours: ColourScheme

    def rgba(self) -> Rgba:
        """Its pixels: as on the slices, the innermost visible region decides."""
        table = np.zeros((len(Region) + 1, 4), np.uint8)
        for level in range(1, len(Region) + 1):
            inner = innermost(self.visible, level)
            if inner is not None:
                table[level] = (*region_colours(self.colours)[inner], 255)
        return table[self._nested_labels()]

    def _nested_labels(self) -> NDArray[np.uint8]:
        plane, shape = self.place.plane, self.place.grid.shape
        raw = slice_of(
            self.regions.nested_labels,
            self.regions.offset_voxel,
            plane=plane,
            index=self.place.index,
            shape_voxel=shape,
        )
        if raw is None:
            return np.zeros((shape[plane.row_axis], shape[plane.column_axis]), np.uint8)
        return raw.T


def blended_over(face: Rgba, grey: Rgba) -> Rgba:
    """A cut face tinting the grey slice that lies at the same place."""
    inside = face[..., 3:] > 0
    tinted = grey[..., :3] * (1 - FACE_OPACITY) + face[..., :3] * FACE_OPACITY
    alpha = np.maximum(face[..., 3:], grey[..., 3:])
    colours = np.where(inside, tinted, grey[..., :3]).astype(np.uint8)
    return np.concatenate([colours, alpha], axis=-1)
