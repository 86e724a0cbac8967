"""Which part of a slice a view shows: zoom and pan, and the mapping to widget pixels.

    slice pixel (column, row) ── Placement ──▶ widget pixel (x, y), y downwards

Zoom 1 fits the patient into the widget, not the zeros that pad the volume. Pan is kept in
millimetres, so it survives resizing.
"""

from dataclasses import dataclass, replace
from typing import Self

from ccsd_app.scene.foreground import Box, corners
from ccsd_app.scene.planes import SliceGeometry

ZOOM_RANGE = (0.5, 24.0)
BORDER = 0.14
"""Share of the frame left free around the patient, for the letters."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of the slice plane.

    Args:
        column, row: Its centre, in slice pixels.
        width_mm, height_mm: Its size.
    """

    column: float
    row: float
    width_mm: float
    height_mm: float

    @classmethod
    def around(cls, geometry: SliceGeometry, box: Box) -> Self:
        """The rectangle around a box of voxels, the same for all slices of the plane."""
        (left, right), (top, bottom) = geometry.pixels_of_box(*corners(box))
        return cls(
            column=(left + right + 1) / 2,
            row=(top + bottom + 1) / 2,
            width_mm=(right - left + 1) * geometry.column_mm * (1 + BORDER),
            height_mm=(bottom - top + 1) * geometry.row_mm * (1 + BORDER),
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a slice lies in a widget.

    Args:
        left, top: Widget pixel of the slice's upper left corner.
        column_px, row_px: Size of one slice pixel on the widget.
    """

    left: float
    top: float
    column_px: float
    row_px: float

    def point_from_pixel(self, column: float, row: float) -> tuple[float, float]:
        """The widget point of a place in the slice; pixel centres lie at halves."""
        return self.left + column * self.column_px, self.top + row * self.row_px

    def pixel_from_point(self, x: float, y: float) -> tuple[float, float]:
        """The place in the slice under a widget point."""
        return (x - self.left) / self.column_px, (y - self.top) / self.row_px


@dataclass(frozen=True, slots=True)
class Viewport:
    """Zoom and pan of one view.

    Args:
        zoom: 1 fits the frame.
        pan_mm: How far the frame's centre is moved right and down from the widget's.
    """

    zoom: float = 1.0
    pan_mm: tuple[float, float] = (0.0, 0.0)

    def placement(
        self, geometry: SliceGeometry, frame: Frame, width: float, height: float
    ) -> Placement:
        """Lay the slice into a widget of this size, with its true proportions in mm."""
        fit = min(max(width, 1.0) / frame.width_mm, max(height, 1.0) / frame.height_mm)
        scale = fit * self.zoom
        column_px, row_px = geometry.column_mm * scale, geometry.row_mm * scale
        return Placement(
            left=width / 2 + self.pan_mm[0] * scale - frame.column * column_px,
            top=height / 2 + self.pan_mm[1] * scale - frame.row * row_px,
            column_px=column_px,
            row_px=row_px,
        )

    def panned(self, dx_mm: float, dy_mm: float) -> Self:
        """Move the slice right and down."""
        x, y = self.pan_mm
        return replace(self, pan_mm=(x + dx_mm, y + dy_mm))

    def zoomed(self, factor: float, *, about_mm: tuple[float, float]) -> Self:
        """Zoom so that one point of the widget keeps its place in the slice.

        Args:
            factor: Above 1 zooms in; the result stays within `ZOOM_RANGE`.
            about_mm: That point, right and down from the widget's centre, in millimetres
                at the present zoom.
        """
        low, high = ZOOM_RANGE
        zoom = min(max(self.zoom * factor, low), high)
        kept = self.zoom / zoom - 1
        x, y = about_mm
        return replace(self, zoom=zoom).panned(x * kept, y * kept)
