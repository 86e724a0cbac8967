"""A look into image files before they are opened: a small axial slice, and what the values are.

    file ──▶ volume (or one a channel) ──▶ slice through the patient's middle ──▶ grey levels

Names may say nothing; the eye tells FLAIR from T2 at a glance.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.foreground import corners, foreground_box, robust_window
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slice_image import grey_levels
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.by_hand import Channel, Part
from ccsd_core.storage.nifti import load_channels, load_volume
from ccsd_core.storage.nifti_header import read_header

SIDE = 128
"""The longer side in pixels, about: more are left out."""
MOST_VOXELS = 100_000_000
"""Of a file that is looked into: larger ones would fill the memory."""
PLANE = Plane.AXIAL


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """What is seen of one image.

    Args:
        grey: The slice as a radiologist looks at it: (rows, columns).
        size_mm: Its width and height; it is cut to the patient.
        values: The lowest and the highest value of the whole image.
    """

    grey: NDArray[np.uint8]
    size_mm: tuple[float, float]
    values: tuple[float, float]


def glimpses(path: Path) -> Iterator[tuple[Part, Glimpse]]:
    """What is seen of a file's image, or of each channel of a 4-D file; nothing of huge ones.

    Raises:
        NiftiError: If the file cannot be read.
    """
    shape = read_header(path).shape
    if math.prod(shape) > MOST_VOXELS:
        return
    if len(shape) == 4:
        for index, channel in enumerate(load_channels(path)):
            yield Channel(path, index), _glimpse(channel.volume)
    else:
        yield path, _glimpse(load_volume(path).volume)


def _glimpse(volume: Volume) -> Glimpse:
    array = volume.array
    geometry = SliceGeometry(PLANE, volume.shape, volume.spacing_mm, radiological=True)
    box = foreground_box(array)
    first, past = box[PLANE.normal_axis]
    (left, right), (top, bottom) = geometry.pixels_of_box(*corners(box))
    image = geometry.image_of(array, (first + past) // 2)[top : bottom + 1, left : right + 1]
    rows, columns = image.shape
    step = max(1, round(max(rows, columns) / SIDE))
    grey = np.ascontiguousarray(grey_levels(image[::step, ::step], robust_window(array)))
    size_mm = columns * geometry.column_mm, rows * geometry.row_mm
    return Glimpse(grey, size_mm, (float(array.min()), float(array.max())))
