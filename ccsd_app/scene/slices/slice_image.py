"""The pixels of one slice: a grey image and its overlay.

Volume ── slice, window ──▶ grey ── overlay ──▶ RGB (rows, columns, 3)
overlay, expert's labels ── outlines ──▶ closed lines in slice pixels, sharp at any zoom
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import CroppedRegions, SliceLocation
from ccsd_app.scene.foreground import Window
from ccsd_app.scene.overlays.outline import Line, outlines
from ccsd_app.scene.overlays.overlay import Overlay, Shape
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume


@dataclass(frozen=True, slots=True)
class SlicePicture:
    """Everything that decides the pixels of a slice. Equal pictures have equal pixels.

    Args:
        location: The slice: its plane, size, convention and number.
        background: The sequence drawn in grey.
        window: The intensities shown as black and as white.
        overlay: The overlay; None if there is none.
        reference: Expert's regions to outline; None to draw none.
        reference_drawn: Regions of the reference that are outlined.
    """

    location: SliceLocation
    background: Volume
    window: Window
    overlay: Overlay | None
    reference: CroppedRegions | None
    reference_drawn: frozenset[Region]


def compose(picture: SlicePicture) -> NDArray[np.uint8]:
    """The RGB image (rows, columns, 3), top left first."""
    location = picture.location
    image = location.geometry.image_of(picture.background.array, location.index)
    rgb = np.repeat(grey_levels(image, picture.window)[..., None], 3, axis=2)
    if picture.overlay is not None:
        picture.overlay.tint(rgb, location)
    return rgb


def grey_levels(image: NDArray[np.generic], window: Window) -> NDArray[np.uint8]:
    """Intensities as grey levels: `window` becomes black and white, NaN becomes black."""
    low, high = window
    levels = np.nan_to_num(image.astype(np.float32, order="C"), copy=False, nan=low)
    levels -= low
    levels *= 255 / max(high - low, 1e-12)
    np.clip(levels, 0, 255, out=levels)
    return levels.astype(np.uint8)


def overlay_shapes(picture: SlicePicture) -> tuple[Shape, ...]:
    """What is drawn over the pixels, without the expert's outlines."""
    return () if picture.overlay is None else picture.overlay.shapes(picture.location)


def reference_outlines(picture: SlicePicture) -> dict[Region, tuple[Line, ...]]:
    """The boundary of each of the expert's regions on the slice, outermost first."""
    if picture.reference is None:
        return {}
    found = {
        r: picture.reference.inside(picture.location, r) for r in sorted(picture.reference_drawn)
    }
    return {region: outlines(mask) for region, mask in found.items()}
