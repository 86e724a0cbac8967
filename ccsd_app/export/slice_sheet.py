"""A sheet of slices with the predicted regions, drawn without a window.

slices through the regions, in the plane they were scanned in ──▶ grey + regions ──▶ one picture
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ccsd_app.export.png import Rgb
from ccsd_app.scene.foreground import foreground
from ccsd_app.scene.overlays.overlay import blend
from ccsd_app.scene.palette import region_colours
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_app.session.display import ColourScheme
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER, Segmentation
from ccsd_core.domain.volume import Volume

COLUMNS, ROWS = 4, 3
TILE = 320
"""Edge of a slice in the picture, pixels."""
LINE = 22
"""Height of a line of text."""
OPACITY = 0.45
SAME_MM = 0.1
"""Voxel edges that differ by less are equal."""
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def slice_sheet(volume: Volume, segmentation: Segmentation, *, title: str) -> Rgb:
    """Slices from one end of the regions to the other; of the whole image where there are none.

    Args:
        volume: The image, canonical.
        segmentation: The regions on the same grid.
        title: A line of text without the patient's name.

    Returns:
        (rows, columns, 3).
    """
    plane = scanned_plane(volume)
    geometry = SliceGeometry(plane, volume.shape, volume.spacing_mm, radiological=True)
    nested = segmentation.regions.sum(axis=0, dtype=np.uint8)
    places = _places(nested, plane)
    sheet = Image.new("RGB", (COLUMNS * TILE, ROWS * TILE + 3 * LINE), BLACK)
    for n, index in enumerate(places):
        tile = _tile(volume, nested, geometry, index)
        left, top = (n % COLUMNS) * TILE, (n // COLUMNS) * TILE
        offset = (TILE - tile.width) // 2, (TILE - tile.height) // 2
        sheet.paste(tile, (left + offset[0], top + offset[1]))
        text = ImageDraw.Draw(sheet)
        text.text((left + 4, top + 4), f"{plane.value} {index + 1}/{geometry.count}", fill=WHITE)
        text.text((left + 4, top + TILE // 2), geometry.edges.left, fill=WHITE)
        text.text((left + TILE - 12, top + TILE // 2), geometry.edges.right, fill=WHITE)
    _write_below(sheet, title)
    return np.asarray(sheet)


def scanned_plane(volume: Volume) -> Plane:
    """The plane of the slices: across the longest voxel edge; axial where all are alike."""
    spacing = volume.spacing_mm
    if max(spacing) - min(spacing) < SAME_MM:
        return Plane.AXIAL
    longest = int(np.argmax(spacing))
    return next(plane for plane in Plane if plane.normal_axis == longest)


def _places(nested: NDArray[np.uint8], plane: Plane) -> list[int]:
    """The slices that are shown, evenly spread, each once."""
    axis = plane.normal_axis
    shown = np.flatnonzero(nested.any(axis=tuple(a for a in range(3) if a != axis)))
    first, last = (int(shown[0]), int(shown[-1])) if shown.size else (0, nested.shape[axis] - 1)
    steps = COLUMNS * ROWS - 1
    return sorted({round(first + (last - first) * i / steps) for i in range(steps + 1)})


def _tile(
    volume: Volume, nested: NDArray[np.uint8], geometry: SliceGeometry, index: int
) -> Image.Image:
    image = geometry.image_of(volume.array, index)
    grey = grey_levels(image, foreground(volume.array).window)
    rgb = np.repeat(grey[..., None], 3, axis=2)
    colours = np.zeros((len(Region) + 1, 3), np.uint8)
    opacities = np.zeros(len(Region) + 1)
    for region, colour in region_colours(ColourScheme.OKABE_ITO).items():
        colours[region + 1], opacities[region + 1] = colour, OPACITY
    blend(rgb, np.ascontiguousarray(geometry.image_of(nested, index)), colours, opacities)
    size = geometry.columns * geometry.column_mm, geometry.rows * geometry.row_mm
    factor = (TILE - 2) / max(size)
    width, height = (max(1, round(mm * factor)) for mm in size)
    return Image.fromarray(rgb).resize((width, height), Image.Resampling.BILINEAR)


def _write_below(sheet: Image.Image, title: str) -> None:
    """The title, the regions' colours and what the picture is not for."""
    text = ImageDraw.Draw(sheet)
    top = ROWS * TILE + 4
    text.text((6, top), title, fill=WHITE)
    left = 6
    for region, colour in region_colours(ColourScheme.OKABE_ITO).items():
        text.rectangle((left, top + LINE, left + 10, top + LINE + 10), fill=colour)
        text.text((left + 16, top + LINE), region.name, fill=WHITE)
        left += 60
    text.text((6, top + 2 * LINE), DISCLAIMER.removesuffix("."), fill=WHITE)
