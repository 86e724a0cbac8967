"""View-model of the list of measurements: the tools, and the numbers of each."""

import math
from dataclasses import dataclass

from ccsd_app.scene.measured import Measured, measured
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.measurement.roi import Intensities

HELP = {
    MeasureKind.DISTANCE: "Distance: click both ends (slices may differ), or press Return at each.",
    MeasureKind.ELLIPSE: "Ellipse: drag from corner to corner, or press Return at both.",
    MeasureKind.POLYGON: "Polygon: click its corners; a double click, or Return twice, closes it.",
}


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measurement in the list.

    Args:
        title: `1  Distance 34.2 mm`.
        detail: Its other numbers; "" if it has none.
    """

    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class MeasurePanel:
    """What the panel shows.

    Args:
        case_open: Whether something can be measured.
        regions: Whether there is a segmentation, which diameters need.
        tool: The chosen tool; None if none is.
        help: What to do with it.
        rows: The measurements, in their order.
    """

    case_open: bool
    regions: bool
    tool: MeasureKind | None
    help: str
    rows: tuple[MeasureRow, ...]


def measure_panel(state: State) -> MeasurePanel:
    """The panel for a state."""
    tool = None if state.drawing is None else state.drawing.kind
    rows = (
        ()
        if state.case is None
        else tuple(
            _row(number, one, state, state.case) for number, one in enumerate(state.measurements, 1)
        )
    )
    has_case = state.case is not None
    return MeasurePanel(
        has_case, state.result is not None, tool, "" if tool is None else HELP[tool], rows
    )


def title(one: Measurement, found: Measured) -> str:
    """The kind and its main number: `Distance 34.2 mm`, `ET diameters 41.0 × 28.5 mm`."""
    lengths = " × ".join(f"{length:.1f}" for length in found.lengths_mm)
    match one.kind:
        case MeasureKind.DISTANCE:
            return f"Distance {lengths} mm"
        case MeasureKind.DIAMETERS:
            region = "" if one.region is None else f"{one.region.name} "
            return f"{region}diameters {lengths} mm"
        case MeasureKind.ELLIPSE | MeasureKind.POLYGON:
            assert found.area_mm2 is not None
            return f"{one.kind.value} {found.area_mm2:.1f} mm², {found.volume_ml:.3f} mL"


def detail(one: Measurement, found: Measured) -> str:
    """`product 1168 mm² · from FLAIR + T2`, `FLAIR 412 ± 31 · T1 …`; "" for a distance."""
    if found.product_mm2 is not None:
        subset = "" if one.subset is None else f" · from {one.subset.label}"
        return f"product {found.product_mm2:.0f} mm²{subset}"
    inside = found.inside or {}
    return " · ".join(f"{m.label} {mean_text(values)}" for m, values in inside.items())


def mean_text(values: Intensities) -> str:
    """`412 ± 31`: mean and standard deviation, with the digits that a person reads."""
    if not values.voxels:
        return "no voxel"
    spread = "" if math.isnan(values.sd) else f" ± {values.sd:.3g}"
    return f"{values.mean:.4g}{spread}"


def _row(number: int, one: Measurement, state: State, case: Case) -> MeasureRow:
    if one.on_scanned != state.on_scanned:
        other = "the original slices" if one.on_scanned else "the prepared images"
        return MeasureRow(f"{number}  {one.kind.value}", f"on {other}")
    found = measured(one, case)
    return MeasureRow(f"{number}  {title(one, found)}", detail(one, found))
