"""The position of a file's slices, from classic fields or from the groups of each frame."""

from typing import Any

from ccsd_core.dicom.dataset_values import item, items, number, numbers, whole
from ccsd_core.dicom.instance import Placement, Point

SAME_DIRECTION = 1e-3


def placement_of(dataset: Any) -> Placement:
    """Read the geometry of a dataset; what is not stated stays empty."""
    rows, columns = whole(dataset, "Rows") or 0, whole(dataset, "Columns") or 0
    shared = item(dataset, "SharedFunctionalGroupsSequence")
    frames = items(dataset, "PerFrameFunctionalGroupsSequence")
    if not frames:
        position = _point(numbers(dataset, "ImagePositionPatient"))
        return Placement(
            rows,
            columns,
            _pair(numbers(dataset, "PixelSpacing")),
            number(dataset, "SliceThickness"),
            _six(numbers(dataset, "ImageOrientationPatient")),
            () if position is None else (position,),
        )
    measures = item(shared, "PixelMeasuresSequence") or item(frames[0], "PixelMeasuresSequence")
    directions = [
        _six(
            numbers(
                item(frame, "PlaneOrientationSequence") or item(shared, "PlaneOrientationSequence"),
                "ImageOrientationPatient",
            )
        )
        for frame in frames
    ]
    positions = [
        _point(numbers(item(frame, "PlanePositionSequence"), "ImagePositionPatient"))
        for frame in frames
    ]
    return Placement(
        rows,
        columns,
        _pair(numbers(measures, "PixelSpacing")),
        number(measures, "SliceThickness"),
        directions[0],
        tuple(p for p in positions if p is not None),
        mixed=any(_differ(d, directions[0]) for d in directions),
    )


def _differ(one: tuple[float, ...] | None, other: tuple[float, ...] | None) -> bool:
    if one is None or other is None:
        return one is not other
    return any(abs(a - b) > SAME_DIRECTION for a, b in zip(one, other, strict=True))


def _pair(values: tuple[float, ...]) -> tuple[float, float] | None:
    return (values[0], values[1]) if len(values) == 2 and min(values) > 0 else None


def _six(values: tuple[float, ...]) -> tuple[float, ...] | None:
    return values if len(values) == 6 and any(values) else None


def _point(values: tuple[float, ...]) -> Point | None:
    return (values[0], values[1], values[2]) if len(values) == 3 else None
