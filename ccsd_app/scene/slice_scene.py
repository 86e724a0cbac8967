"""From the state to what one slice view shows: `resolve(state, plane)`.

    State ──▶ SliceScene ── picture ──▶ pixels (recomputed only when it changes)
                         └─ crosshair, letters, words (painted every time)

Nothing here is drawn and nothing is decided later: a view paints what it is handed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ccsd_app.scene.foreground import Window, foreground
from ccsd_app.scene.planes import Edges, Plane, SliceGeometry
from ccsd_app.scene.slice_image import SlicePicture
from ccsd_app.scene.viewport import Frame
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.segmentation import describe_input

OBLIQUE_DEGREES = 1.0
"""From this angle on the view says that it shows voxel planes, not anatomical ones."""

AXIS_LETTERS = ("LR", "PA", "IS")


@dataclass(frozen=True, slots=True)
class SliceScene:
    """What a slice view shows.

    Args:
        picture: What decides the pixels.
        frame: The part of the slice plane that holds the patient; zoom 1 fits it.
        crosshair: (column, row) of the crosshair's pixel.
        edges: Orientation letters.
        title: Name of the plane and of the sequence in grey.
        position: Which slice of how many, and where it lies.
        convention: `RADIOLOGICAL` or `NEUROLOGICAL` where it matters, else empty.
        badge: What the user waits for, or empty.
        oblique: Says so where the voxel planes are not anatomical ones, else empty.
        provenance: What the network was given for the overlay.
    """

    picture: SlicePicture
    frame: Frame
    crosshair: tuple[int, int]
    edges: Edges
    title: str
    position: str
    convention: str
    badge: str
    oblique: str
    provenance: str


def resolve(state: State, plane: Plane) -> SliceScene | None:
    """What the view of `plane` shows; None without a case."""
    case = state.case
    if case is None:
        return None
    background = shown_sequence(case, state.background)
    volume = case.volumes[background]
    geometry = SliceGeometry(
        plane, volume.shape, volume.spacing_mm, radiological=state.radiological
    )
    index = state.cursor_voxel[plane.normal_axis]
    return SliceScene(
        picture=SlicePicture(
            geometry=geometry,
            index=index,
            background=volume,
            window=shown_window(state.windows, case, background),
            result=state.result,
            drawn=state.drawn,
            style=state.overlay,
            opacity=state.opacity,
            reference=case.reference if state.show_reference else None,
            scheme=case.scheme,
        ),
        frame=Frame.around(geometry, foreground(case.grid.array).box),
        crosshair=geometry.pixel_from_voxel(state.cursor_voxel),
        edges=geometry.edges,
        title=f"{plane.value} · {background.label}",
        position=_position(state, case, plane),
        convention=_convention(state, plane),
        badge=waiting_badge(state),
        oblique=_oblique(case),
        provenance=provenance(state),
    )


def shown_sequence(case: Case, wanted: Modality) -> Modality:
    """The sequence to draw in grey: the one asked for, else the first the case has."""
    return wanted if wanted in case.volumes else min(case.volumes)


def shown_window(windows: Mapping[Modality, Window], case: Case, sequence: Modality) -> Window:
    """The window the user chose for `sequence`, else robust percentiles."""
    chosen = windows.get(sequence)
    return chosen if chosen is not None else foreground(case.volumes[sequence].array).window


def with_window(state: State, window: Window) -> State:
    """The state with another window for the sequence in grey; it never closes entirely."""
    if state.case is None:
        return state
    low, high = window
    sequence = shown_sequence(state.case, state.background)
    smallest = 1e-3 * max(abs(low), abs(high), 1e-6)
    if high - low < smallest:
        middle = (low + high) / 2
        low, high = middle - smallest / 2, middle + smallest / 2
    return replace(state, windows={**state.windows, sequence: (low, high)})


def without_window(state: State) -> State:
    """The state with the default window for the sequence in grey."""
    if state.case is None:
        return state
    sequence = shown_sequence(state.case, state.background)
    return replace(state, windows={m: w for m, w in state.windows.items() if m != sequence})


def waiting_badge(state: State) -> str:
    """What is awaited while something older (or nothing) is on screen, or empty."""
    if not state.waiting or state.stopped or state.model_problem:
        return ""
    return f"computing {state.used.label} …" if state.model is not None else "loading the model …"


def provenance(state: State) -> str:
    """What the network was given for what is on screen, and which network it was."""
    if state.case is None:
        return ""
    if state.result is None:
        return "no segmentation yet"
    line = describe_input(state.result.subset, state.case.available)
    if state.model is None:
        return line
    seen = " · seen in training" if state.seen_in_training else ""
    return f"{line} · {state.model.name} {state.model.sha256[:8]}{seen}"


def _position(state: State, case: Case, plane: Plane) -> str:
    axis = plane.normal_axis
    index, count = state.cursor_voxel[axis], case.grid.shape[axis]
    mm = case.grid.world_from(state.cursor_voxel)[axis]
    letter = AXIS_LETTERS[axis][mm >= 0]
    return f"{index + 1} / {count}   {letter} {abs(mm):.1f} mm"


def _convention(state: State, plane: Plane) -> str:
    if plane is Plane.SAGITTAL:
        return ""
    return "RADIOLOGICAL" if state.radiological else "NEUROLOGICAL"


def _oblique(case: Case) -> str:
    degrees = case.grid.oblique_degrees
    return f"oblique {degrees:.0f}°" if degrees > OBLIQUE_DEGREES else ""
