"""Measurements as rows of a table and as a tree: points in world mm, lengths, areas, means."""

import math

from ccsd_app.scene.measured import measured
from ccsd_app.session.measurement import Measurement
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality

Row = dict[str, str | float | int | bool | None]

PLANES = {0: "sagittal", 1: "coronal", 2: "axial"}
RULES = {
    "diameters": "RANO-like: the axial slice, and in it the connected part, with the longest "
    "diameter of the lesion (3-D connected component), and the longest chord at a right angle to "
    "it; a diameter may cross holes",
    "mean": "over the voxels whose centres lie inside; sd is the sample standard deviation",
    "volume_ml": "area times the distance between slices",
    "points_mm": "RAS+ millimetres, world coordinates of the case files",
}


def measurement_rows(state: State, case: Case) -> list[Row]:
    """A row for each measurement on the images that are shown."""
    rows: list[Row] = []
    for number, one in _on_screen(state):
        found = measured(one, case)
        lengths = (*found.lengths_mm, None, None)
        inside = found.inside or {}
        cells: Row = {}
        for modality in Modality:
            values = inside.get(modality)
            cells[f"mean_{modality.label}"] = None if values is None else _finite(values.mean)
            cells[f"sd_{modality.label}"] = None if values is None else _finite(values.sd)
        rows.append(
            {
                "case": case.id,
                "number": number,
                "kind": one.kind.value.lower(),
                "plane": PLANES[one.axis],
                "region": None if one.region is None else one.region.name,
                "subset": None if one.subset is None else str(one.subset),
                "length_mm": _rounded(lengths[0]),
                "perpendicular_mm": _rounded(lengths[1]),
                "product_mm2": _rounded(found.product_mm2),
                "area_mm2": _rounded(found.area_mm2),
                "volume_ml": _rounded(found.volume_ml),
                "voxels": max((v.voxels for v in inside.values()), default=None),
                **cells,
                "points_mm": "; ".join(
                    " ".join(f"{mm:.2f}" for mm in point) for point in _world(one, case)
                ),
            }
        )
    return rows


def measurement_tree(state: State, case: Case) -> dict[str, object]:
    """The same as nested dictionaries; empty where nothing is measured."""
    rows = measurement_rows(state, case)
    if not rows:
        return {}
    left_out = {"case", "points_mm"}
    listed: list[dict[str, object]] = []
    for row, (_, one) in zip(rows, _on_screen(state), strict=True):
        cells = {k: v for k, v in row.items() if k not in left_out and v is not None}
        listed.append({**cells, "points_mm": [list(map(_rounded, p)) for p in _world(one, case)]})
    return {"rules": RULES, "measurements": listed}


def _on_screen(state: State) -> list[tuple[int, Measurement]]:
    numbered = enumerate(state.measurements, 1)
    return [(number, one) for number, one in numbered if one.on_scanned == state.on_scanned]


def _world(one: Measurement, case: Case) -> list[tuple[float, float, float]]:
    return [case.grid.world_from(point) for point in one.points_voxel]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _finite(number: float) -> float | None:
    return round(number, 6) if math.isfinite(number) else None
