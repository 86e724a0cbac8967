"""The numbers of a measurement: lengths, areas, and the intensities of every sequence inside.

distance    34.2 mm
diameters   ET 41.0 × 28.5 mm, product 1168 mm²
ellipse     120.4 mm² (0.120 mL) · FLAIR 412 ± 31 · T1 …
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.measurement.plane_mm import distance_mm, in_plane_axes, mm_from_plane, slice_mm
from ccsd_core.measurement.roi import (
    Intensities,
    ellipse_area_mm2,
    ellipse_mask,
    intensities,
    polygon_area_mm2,
    polygon_mask,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement measures; None and empty where it does not measure that.

    Args:
        lengths_mm: Of a distance one, of diameters the longest and its perpendicular.
        product_mm2: The product of two diameters.
        area_mm2: Of a region of interest.
        volume_ml: The same times the distance between slices.
        inside: Mean and standard deviation by sequence.
    """

    lengths_mm: tuple[float, ...] = ()
    product_mm2: float | None = None
    area_mm2: float | None = None
    volume_ml: float | None = None
    inside: Mapping[Modality, Intensities] | None = None


_known = PerArrayCache[Measured]()


def measured(one: Measurement, case: Case) -> Measured:
    """The numbers of a measurement on the images of a case."""
    return _known.get(case.grid.array, lambda: _measure(one, case), what=one)


def _measure(one: Measurement, case: Case) -> Measured:
    affine, points = case.grid.world_from_voxel, one.points_voxel
    if one.kind is MeasureKind.DISTANCE:
        return Measured((distance_mm(affine, points[0], points[1]),))
    if one.kind is MeasureKind.DIAMETERS:
        longest = distance_mm(affine, points[0], points[1])
        across = distance_mm(affine, points[2], points[3])
        return Measured((longest, across), product_mm2=longest * across)
    first, second = in_plane_axes(one.axis)
    flat = [(point[first], point[second]) for point in points]
    shape = case.grid.shape[first], case.grid.shape[second]
    to_mm = mm_from_plane(affine, one.axis)
    if one.kind is MeasureKind.ELLIPSE:
        area = ellipse_area_mm2(flat[0], flat[1], to_mm)
        mask = ellipse_mask(flat[0], flat[1], shape)
    else:
        area, mask = polygon_area_mm2(flat, to_mm), polygon_mask(flat, shape)
    index = min(max(round(points[0][one.axis]), 0), case.grid.shape[one.axis] - 1)
    inside = {
        modality: intensities(np.asarray(volume.array.take(index, one.axis)), mask)
        for modality, volume in sorted(case.volumes.items())
    }
    volume_ml = area * slice_mm(affine, one.axis) / 1000
    return Measured(area_mm2=area, volume_ml=volume_ml, inside=inside)


def short_text(one: Measurement, found: Measured) -> str:
    """What stands beside it on the slice: `34.2 mm`, `41.0 × 28.5 mm`, `120.4 mm²`."""
    if found.area_mm2 is not None:
        return f"{found.area_mm2:.1f} mm²"
    lengths = " × ".join(f"{length:.1f}" for length in found.lengths_mm)
    region = "" if one.region is None else f"{one.region.name} "
    return f"{region}{lengths} mm"
