"""A small picture of one subset's result on the slice that is shown: for comparing all at a glance.

    patient's box on the slice ──▶ every n-th pixel ──▶ grey + regions ──▶ RGB, at most SIDE wide

Slices are subsampled before blending, so fifteen thumbnails take a few milliseconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import SliceLocation
from ccsd_app.scene.foreground import Box, corners, foreground
from ccsd_app.scene.overlays.region_overlay import RegionOverlay
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_app.scene.slices.slice_scene import shown_sequence, shown_window
from ccsd_app.session.display import OverlayStyle
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.state import State
from ccsd_core.domain.modality import ModalitySubset

SIDE = 112
"""The longer side of a thumbnail, in pixels, at most."""
OPACITY = 0.65
PLANE = Plane.AXIAL


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a slice, and the subsampling step in pixels."""

    rows: slice
    columns: slice


def thumbnail(state: State, subset: ModalitySubset) -> NDArray[np.uint8] | None:
    """The axial slice through the crosshair with a subset's regions: (rows, columns, 3).

    None without a case. Without a result the slice is grey.
    """
    case = state.case
    if case is None:
        return None
    sequence = shown_sequence(case, state.background)
    volume = case.volumes[sequence]
    geometry = SliceGeometry(PLANE, volume.shape, volume.spacing_mm, state.radiological)
    location = SliceLocation(geometry, state.cursor_voxel[PLANE.normal_axis])
    original = state.original or case
    crop = _crop(geometry, foreground(original.grid.array).box)
    image = geometry.image_of(volume.array, location.index)[crop.rows, crop.columns]
    grey = grey_levels(image, shown_window(state.windows, original, sequence))
    rgb = np.repeat(grey[..., None], 3, axis=2)
    result = without_hidden(state).results.get(subset)
    if result is not None:
        nested_labels = location.slice_of(result.nested_labels, result.offset_voxel)
        if nested_labels is not None:
            overlay = RegionOverlay(
                result,
                state.visible,
                as_labels=False,
                style=OverlayStyle.FILLED,
                opacity=OPACITY,
                colours=state.colours,
            )
            overlay.tint_levels(rgb, nested_labels[crop.rows, crop.columns])
    return rgb


def _crop(geometry: SliceGeometry, box: Box) -> Crop:
    (left, right), (top, bottom) = geometry.pixels_of_box(*corners(box))
    step = -(-max(right - left + 1, bottom - top + 1) // SIDE)
    return Crop(slice(top, bottom + 1, step), slice(left, right + 1, step))
