"""View-model of the status line: where the picture comes from, the probe, what is being done."""

from dataclasses import dataclass

from ccsd_app.scene.slice_scene import AXIS_NAMES, signed_mm
from ccsd_app.session.hidden import hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.asides import WantedAsides
from ccsd_app.viewmodel.provenance import computing_line, input_line, model_line
from ccsd_core.domain.byte_probability import CERTAIN
from ccsd_core.domain.region import Region

REGION_OF_DEPTH = ("background", *(region.name for region in Region))
"""The innermost region at a voxel, by how many nested regions it lies in."""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What the status line shows.

    Args:
        problem: The latest message the user must see.
        provenance: The input of what is on screen.
        model: Name, hash and device.
        probe: What lies under the crosshair.
        activity: What is being worked on.
        done, total: Steps of it; `total` 0 while nobody knows.
        cancellable: Whether Esc does something.
        stopped: Whether the user stopped the computing of something that is still missing.
    """

    problem: str
    provenance: str
    model: str
    probe: str
    activity: str
    done: int
    total: int
    cancellable: bool
    stopped: bool


def status_line(state: State) -> StatusLine:
    """The texts of the status line."""
    activity = state.activity
    what, done, total = "", 0, 0
    if activity is not None:
        what = activity.what
        if activity.subset is not None:
            what = f"computing {activity.what}"
        done, total = activity.done, activity.total
    return StatusLine(
        state.problem,
        input_line(state),
        model_line(state),
        probe_line(state),
        computing_line(state) if state.shown and computing_line(state) else what,
        done,
        total,
        activity is not None,
        state.stopped and state.case is not None and not _all_there(state),
    )


def _intensity(value: float) -> str:
    """Four digits, and all before the point: never an exponent.

    >>> _intensity(0.51234), _intensity(15243.7)
    ('0.5123', '15244')
    """
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"


def _all_there(state: State) -> bool:
    """Whether nothing is missing that could be computed; what is hidden is no matter of this."""
    subsets = () if state.case is None else state.case.available.subsets()
    known = state.results.keys() | hidden(state)
    return all(subset in known for subset in subsets) and not WantedAsides.of(state)


def probe_line(state: State) -> str:
    """`x +12.0 y −33.5 z +8.0 mm · voxel 121 134 82 · FLAIR 412 · ET 0.93`."""
    case = state.case
    if case is None:
        return ""
    coordinates = case.grid.world_from(state.cursor_voxel)
    named = zip(AXIS_NAMES, coordinates, strict=True)
    world = " ".join(f"{name} {signed_mm(mm)}" for name, mm in named) + " mm"
    voxel = "voxel " + " ".join(str(index + 1) for index in state.cursor_voxel)
    parts = [world, voxel]
    volume = case.volumes.get(state.background)
    if volume is not None:
        intensity = _intensity(float(volume.array[state.cursor_voxel]))
        parts.append(f"{state.background.label} {intensity}")
    found = region_at(state, state.cursor_voxel)
    if found:
        parts.append(" ".join([found, *_probability(state, found)]))
    return " · ".join(parts)


def _probability(state: State, region_found: str) -> list[str]:
    """Of the region that the layer is about, else of the innermost one there, else of WT."""
    found = state.shown_map
    if found is None:
        return []
    innermost = next((r for r in Region if r.name == region_found), Region.WT)
    region = state.region if state.layer.about_one_region else innermost
    index = tuple(p - o for p, o in zip(state.cursor_voxel, found.offset_voxel, strict=True))
    values = found.values[region]
    inside = all(0 <= i < n for i, n in zip(index, values.shape, strict=True))
    probability = int(values[index]) / CERTAIN if inside else 0.0
    return [f"(p {region.name} {probability:.2f})"]


def region_at(state: State, point_voxel: tuple[int, int, int]) -> str:
    """The innermost predicted region at a voxel; "" before the first result."""
    result = state.result
    if result is None:
        return ""
    index = tuple(p - o for p, o in zip(point_voxel, result.offset_voxel, strict=True))
    inside = all(0 <= i < n for i, n in zip(index, result.depth.shape, strict=True))
    return REGION_OF_DEPTH[int(result.depth[index]) if inside else 0]
