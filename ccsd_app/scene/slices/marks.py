"""Measurements as lines over a slice, in slice pixels: those drawn, and the one being drawn.

A measurement is drawn on the slice that it lies on, in the plane that it was drawn in. A distance
between slices shows each of its ends where it is.
"""

import math
from dataclasses import dataclass

from ccsd_app.scene.measured import measured, short_text
from ccsd_app.scene.planes import SliceGeometry
from ccsd_app.session.measurement import Drawing, MeasureKind, Measurement, Point
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case

HALF_SLICE = 0.5
ELLIPSE_POINTS = 72

Place = tuple[float, float]
"""(column, row); pixel centres lie at halves."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One measurement on a slice.

    Args:
        lines: Open or closed lines through places.
        ends: Places marked with a cross.
        text: Its numbers; "" while it is being drawn and has none.
        at: Where the text stands.
    """

    lines: tuple[tuple[Place, ...], ...]
    ends: tuple[Place, ...]
    text: str
    at: Place


def marks_on(
    state: State, case: Case, geometry: SliceGeometry, index: int, pointer: Point | None = None
) -> tuple[Mark, ...]:
    """What is drawn on a slice.

    Args:
        state: Its measurements, and the one being drawn.
        case: The images.
        geometry: The plane.
        index: The slice.
        pointer: Where the mouse is, as the next point of the one being drawn.
    """
    marks = [
        _mark(one, case, geometry, index)
        for one in state.measurements
        if one.on_scanned == state.on_scanned
    ]
    if state.drawing is not None:
        marks.append(_unfinished(state.drawing, case, geometry, index, pointer))
    return tuple(mark for mark in marks if mark is not None)


def _mark(one: Measurement, case: Case, geometry: SliceGeometry, index: int) -> Mark | None:
    axis, points = geometry.plane.normal_axis, one.points_voxel
    here = [p for p in points if abs(p[axis] - index) <= HALF_SLICE]
    if not here or (one.kind.in_one_slice and axis != one.axis):
        return None
    places = tuple(geometry.pixel_from_point(point) for point in points)
    seen = tuple(geometry.pixel_from_point(point) for point in here)
    whole = len(here) == len(points)
    lines = _lines(one.kind, places) if whole else ()
    ends = () if one.kind in (MeasureKind.ELLIPSE, MeasureKind.POLYGON) else seen
    return Mark(lines, ends, short_text(one, measured(one, case)), max(seen))


def _unfinished(
    drawing: Drawing, case: Case, geometry: SliceGeometry, index: int, pointer: Point | None
) -> Mark | None:
    axis = geometry.plane.normal_axis
    shown = drawing if pointer is None else drawing.with_point(pointer, axis)
    here = [p for p in shown.points_voxel if abs(p[axis] - index) <= HALF_SLICE]
    if not here or (drawing.kind.in_one_slice and axis != shown.axis):
        return None
    places = tuple(geometry.pixel_from_point(point) for point in here)
    text = ""
    if shown.enough and len(here) == len(shown.points_voxel):
        one = shown.finished(on_scanned=False)
        if drawing.kind is MeasureKind.DISTANCE:
            text = short_text(one, measured(one, case))
        return Mark(_lines(drawing.kind, places), places, text, max(places))
    return Mark((places,), places, text, max(places))


def _lines(kind: MeasureKind, places: tuple[Place, ...]) -> tuple[tuple[Place, ...], ...]:
    match kind:
        case MeasureKind.DISTANCE:
            return (places,)
        case MeasureKind.DIAMETERS:
            return places[:2], places[2:]
        case MeasureKind.POLYGON:
            return ((*places, places[0]),)
        case MeasureKind.ELLIPSE:
            (left, top), (right, bottom) = places
            middle, half = ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top)
            angles = (2 * math.pi * step / ELLIPSE_POINTS for step in range(ELLIPSE_POINTS + 1))
            return (
                tuple(
                    (
                        middle[0] + half[0] / 2 * math.cos(angle),
                        middle[1] + half[1] / 2 * math.sin(angle),
                    )
                    for angle in angles
                ),
            )
