"""The preview of an image that is not opened yet: a small axial slice and the range of its values.

    volume ──▶ slice through the patient's middle, cropped to the patient ▶ grey levels

File names may not state the sequence, but the image shows whether it is FLAIR or T2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.foreground import Window, corners, foreground_box, robust_window
from ccsd_app.scene.planes import Plane, SliceGeometry
from ccsd_app.scene.slices.slice_image import grey_levels
from ccsd_core.domain.volume import Volume

SIDE = 128
"""The longer side in pixels, approximately: larger slices are subsampled."""
PLANE = Plane.AXIAL
MOST_LABELS = 10
"""An image of integers up to this value is treated as a label map."""


@dataclass(frozen=True, slots=True, eq=False)
class ImagePreview:
    """The preview of one image.

    Args:
        grey: The slice, anterior at the top: (rows, columns).
        size_mm: Its width and height; it is cropped to the patient.
        values: The lowest and the highest value of the whole image.
    """

    grey: NDArray[np.uint8]
    size_mm: tuple[float, float]
    values: tuple[float, float]


def preview_of(volume: Volume, *, radiological: bool) -> ImagePreview:
    """The preview of a canonical volume.

    Args:
        volume: The volume.
        radiological: Patient's right on the left.
    """
    array = volume.array
    geometry = SliceGeometry(PLANE, volume.shape, volume.spacing_mm, radiological)
    box = foreground_box(array)
    first, past = box[PLANE.normal_axis]
    (left, right), (top, bottom) = geometry.pixels_of_box(*corners(box))
    image = geometry.image_of(array, (first + past) // 2)[top : bottom + 1, left : right + 1]
    rows, columns = image.shape
    step = max(1, round(max(rows, columns) / SIDE))
    values = float(array.min()), float(array.max())
    grey = grey_levels(image[::step, ::step], _window(array, image, values))
    size_mm = columns * geometry.column_mm, rows * geometry.row_mm
    return ImagePreview(np.ascontiguousarray(grey), size_mm, values)


def _window(
    array: NDArray[np.generic], image: NDArray[np.generic], values: tuple[float, float]
) -> Window:
    """The grey range; of a label map all values, as percentiles would hide the smallest label."""
    low, high = values
    labels = low == 0 < high <= MOST_LABELS and np.array_equal(image, np.rint(image))
    return values if labels else robust_window(array)
