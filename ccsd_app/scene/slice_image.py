"""The pixels of one slice: a grey image with the regions blended over it, and their outlines.

    Volume ── slice, window ──▶ grey ─┐
    depth crop ── slice ──▶ tint ─────┴─▶ RGB (rows, columns, 3)
              └── outlines ──▶ closed lines in slice pixels, drawn sharp at any zoom

`depth` counts the nested regions a voxel lies in, so the colour of a voxel is that of the
innermost *visible* region around it: a table of four entries.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.foreground import Window
from ccsd_app.scene.outline import Line, outlines
from ccsd_app.scene.palette import REGION_COLOURS
from ccsd_app.scene.planes import SliceGeometry
from ccsd_app.session.look import OverlayStyle
from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.box import tight_box
from ccsd_core.domain.region import LabelScheme, Region
from ccsd_core.domain.volume import Volume

OUTLINE_FILL = 0.12
"""What is left of the fill where regions are drawn as outlines: a hint of which side is in."""


@dataclass(frozen=True, slots=True)
class SlicePicture:
    """Everything that decides the pixels of a slice. Equal pictures have equal pixels.

    Args:
        geometry: Plane, size and convention.
        index: Which slice.
        background: The sequence drawn in grey.
        window: Its intensities that become black and white.
        result: The segmentation drawn over it; None before the first.
        drawn: Regions that are drawn.
        style: Filled or outlined.
        opacity: Of the overlay, 0 to 1.
        reference: Expert labels to outline; None to draw none.
        scheme: Label scheme of the reference.
    """

    geometry: SliceGeometry
    index: int
    background: Volume
    window: Window
    result: SubsetResult | None
    drawn: frozenset[Region]
    style: OverlayStyle
    opacity: float
    reference: Volume | None
    scheme: LabelScheme


def compose(picture: SlicePicture) -> NDArray[np.uint8]:
    """The RGB image (rows, columns, 3), top left first."""
    image = picture.geometry.image_of(picture.background.array, picture.index)
    rgb = np.repeat(grey_levels(image, picture.window)[..., None], 3, axis=2)
    depth = depth_slice(picture)
    if depth is not None:
        tint(rgb, depth, picture)
    return rgb


def grey_levels(image: NDArray[np.generic], window: Window) -> NDArray[np.uint8]:
    """Intensities as grey levels: `window` becomes black and white, NaN becomes black."""
    low, high = window
    levels = np.nan_to_num(image.astype(np.float32, order="C"), copy=False, nan=low)
    levels -= low
    levels *= 255 / max(high - low, 1e-12)
    np.clip(levels, 0, 255, out=levels)
    return levels.astype(np.uint8)


def tint(rgb: NDArray[np.uint8], depth: NDArray[np.uint8], picture: SlicePicture) -> None:
    """Blend the regions' colours over `rgb`, in place."""
    box = tight_box(depth > 0)
    if box is None:
        return
    opacity = picture.opacity * (1.0 if picture.style is OverlayStyle.FILLED else OUTLINE_FILL)
    keep, add = _blend_table(picture.drawn, opacity)
    levels = depth[box]
    rgb[box] = ((rgb[box] * keep[levels][..., None] + add[levels]) >> 8).astype(np.uint8)


@lru_cache(maxsize=64)
def _blend_table(
    drawn: frozenset[Region], opacity: float
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """For each depth: how much of the grey stays (of 256), and the colour to add (times 256)."""
    share = round(min(max(opacity, 0.0), 1.0) * 256)
    keep = np.full(len(Region) + 1, 256, np.uint16)
    add = np.zeros((len(Region) + 1, 3), np.uint16)
    for depth in range(1, len(Region) + 1):
        around = [region for region in drawn if region < depth]
        if around:
            keep[depth] = 256 - share
            add[depth] = np.asarray(REGION_COLOURS[max(around)], np.uint16) * share
    return keep, add


def depth_slice(picture: SlicePicture) -> NDArray[np.uint8] | None:
    """The depth of every pixel of the slice; None where the result does not reach it."""
    if picture.result is None or not picture.drawn:
        return None
    geometry, crop = picture.geometry, picture.result.depth
    normal = geometry.plane.normal_axis
    index = picture.index - picture.result.offset_voxel[normal]
    if not 0 <= index < crop.shape[normal] or not crop.size:
        return None
    raw = np.zeros((geometry.columns, geometry.rows), np.uint8)
    across = picture.result.offset_voxel[geometry.plane.column_axis]
    down = picture.result.offset_voxel[geometry.plane.row_axis]
    piece = np.take(crop, index, axis=normal)
    raw[across : across + piece.shape[0], down : down + piece.shape[1]] = piece
    return np.ascontiguousarray(geometry.upright(raw))


def region_outlines(picture: SlicePicture) -> dict[Region, tuple[Line, ...]]:
    """The boundary of each drawn region on the slice, outermost region first."""
    depth = depth_slice(picture)
    if depth is None:
        return {}
    return {region: outlines(depth > region) for region in sorted(picture.drawn)}


def reference_outlines(picture: SlicePicture) -> dict[Region, tuple[Line, ...]]:
    """The same for the expert's labels."""
    if picture.reference is None:
        return {}
    labels = picture.geometry.image_of(picture.reference.array, picture.index)
    masks = picture.scheme.regions(labels.astype(np.uint8))
    return {region: outlines(masks[region]) for region in sorted(picture.drawn)}
