"""The probe: position, intensity and prediction at the crosshair, as the status bar shows them.

x +12.0 y −33.5 z +8.0 mm · voxel 121 134 82 · FLAIR 412 · ET (p ET 0.93)

regions, labels, probability   (p ET 0.93)       once probabilities are computed
uncertainty                    (0.85 bits)
difference                     (WT: in both)     or only in one of them, or in neither
consensus                      (WT: 12 of 15)    number of subsets that mark it
"""

import numpy as np

from ccsd_app.scene.overlays.compared import comparison
from ccsd_app.scene.overlays.map_overlay import entropy_bits
from ccsd_app.scene.slices.slice_scene import AXIS_NAMES, signed_mm
from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_core.domain.byte_probability import CERTAIN
from ccsd_core.domain.region import Region

Point = tuple[int, int, int]
BACKGROUND = "background"
REGION_OF_LABEL = (None, *Region)
"""The innermost region at a voxel, by how many nested regions it lies in."""


def probe_line(state: State) -> str:
    """Position, intensity and prediction at the crosshair; "" without a case."""
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
    if state.result is not None:
        innermost = region_at(state, state.cursor_voxel)
        name = BACKGROUND if innermost is None else innermost.name
        of_layer = _of_layer(state, innermost)
        parts.append(f"{name} ({of_layer})" if of_layer else name)
    return " · ".join(parts)


def region_at(state: State, point_voxel: Point) -> Region | None:
    """The innermost predicted region at a voxel; None in the background, and before any result."""
    result = state.result
    if result is None:
        return None
    return REGION_OF_LABEL[_value_at(result.nested_labels, result.offset_voxel, point_voxel)]


def _of_layer(state: State, innermost: Region | None) -> str:
    voxel, region = state.cursor_voxel, state.region
    match state.layer:
        case Layer.CONSENSUS:
            found = sum(
                _value_at(r.nested_labels, r.offset_voxel, voxel) > region
                for r in state.results.values()
            )
            return f"{region.name} in {found} of {len(state.results)} subsets"
        case Layer.DIFFERENCE:
            return _difference(state)
        case Layer.UNCERTAINTY:
            found = state.shown_map
            if found is None:
                return ""
            classes = [np.array([_value_at(v, found.offset_voxel, voxel)]) for v in found.values]
            return f"{float(entropy_bits(*classes)[0]):.2f} bits"
        case _:
            shown = innermost if innermost is not None else Region.WT
            return _probability(state, region if state.layer.about_one_region else shown)


def _probability(state: State, region: Region) -> str:
    found = state.shown_map
    if found is None:
        return ""
    value = _value_at(found.values[region], found.offset_voxel, state.cursor_voxel)
    return f"{region.name} probability {value / CERTAIN:.2f}"


def _difference(state: State) -> str:
    """Which side of the comparison contains the voxel; "" while there is nothing to compare."""
    pair = comparison(state)
    if pair is None or pair.other is None or pair.with_itself:
        return ""
    voxel, region = state.cursor_voxel, state.region
    ours = _value_at(pair.shown.nested_labels, pair.shown.offset_voxel, voxel) > region
    theirs = _value_at(pair.other.nested_labels, pair.other.offset_voxel, voxel) > region
    other = "expert labels" if pair.with_expert else pair.name
    texts = {
        (True, True): "in both",
        (True, False): "only in prediction" if pair.with_expert else f"not in {other}",
        (False, True): f"only in {other}",
        (False, False): "in neither",
    }
    return f"{region.name}: {texts[ours, theirs]}"


def _value_at(values: np.ndarray, offset_voxel: Point, point_voxel: Point) -> int:
    """The value at a voxel in a crop of the case's grid; 0 outside the crop."""
    index = tuple(p - o for p, o in zip(point_voxel, offset_voxel, strict=True))
    inside = all(0 <= i < n for i, n in zip(index, values.shape, strict=True))
    return int(values[index]) if inside else 0


def _intensity(value: float) -> str:
    """A number with at least four digits and without an exponent.

    >>> _intensity(0.51234), _intensity(15243.7)
    ('0.5123', '15244')
    """
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
