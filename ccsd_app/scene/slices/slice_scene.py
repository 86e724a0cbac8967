"""From the state to what one slice view shows: `resolve(state, plane)`.

    State ──▶ SliceScene ── picture ──▶ pixels (recomputed only when it changes)
                         └─ crosshair, letters, texts (painted every time)

Nothing is drawn here; views paint a `SliceScene` without further decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ccsd_app.scene.cropped_regions import CroppedRegions, SliceLocation, reference_labels
from ccsd_app.scene.foreground import Window, foreground
from ccsd_app.scene.overlays.compared import comparison
from ccsd_app.scene.overlays.overlays import overlay_of
from ccsd_app.scene.planes import Edges, Plane, SliceGeometry
from ccsd_app.scene.slices.marks import Mark, marks_on
from ccsd_app.scene.slices.slice_image import SlicePicture
from ccsd_app.scene.slices.viewport import Frame
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN, SUBSTITUTED, hidden, is_substituted, without_hidden
from ccsd_app.session.measurement import Point
from ccsd_app.session.on_demand import PROBABILITIES
from ccsd_app.session.preparation import Stage
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import weak_text
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import describe_input

OBLIQUE_DEGREES = 1.0
"""From this angle on, the view notes that its planes are oblique to the anatomical ones."""

AXIS_NAMES = ("x", "y", "z")
"""World axes, towards the patient's Right, Anterior and Superior. The origin depends on the
file (BraTS: a corner of the volume), so the sign does not give the side of the head."""


BACKGROUND_ONLY = ("background only,", "not given to the model")
"""The note on a slice whose background is a withheld sequence."""


@dataclass(frozen=True, slots=True)
class SliceScene:
    """What a slice view shows.

    Args:
        picture: Everything that the pixels depend on.
        frame: The part of the slice plane that holds the patient; zoom 1 fits it.
        crosshair: (column, row) of the crosshair's pixel.
        crosshair_drawn: Whether its lines are drawn.
        edges: Orientation letters.
        title: Name of the plane and of the sequence in grey.
        window_text: Window width and level if the user chose them, else "".
        slice_number: `78/155`: the slice's number, and how many there are.
        coordinate: The slice's world coordinate along its normal, in mm.
        convention: `Radiological` or `Neurological`; "" in sagittal views.
        badge: What is being computed for the screen, or "".
        oblique: The angle of the voxel planes to the anatomical ones, "" if it is small.
        input_text: The sequences that the overlay was predicted from, and warnings about them.
        provenance: The same, with the model's name and hash.
        background_note: That the background is a sequence that the model was not given, as lines.
        marks: Measurements on it.
        degraded: That sequences are degraded, as lines: first the background, with what was done.
    """

    picture: SlicePicture
    frame: Frame
    crosshair: tuple[int, int]
    crosshair_drawn: bool
    edges: Edges
    title: str
    window_text: str
    slice_number: str
    coordinate: str
    convention: str
    badge: str
    oblique: str
    input_text: str
    provenance: str
    background_note: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    degraded: tuple[str, ...] = ()

    @property
    def position(self) -> str:
        """The slice's number, how many there are, and its coordinate in mm."""
        return f"{self.slice_number}  {self.coordinate}"


def resolve(
    state: State, plane: Plane, *, side: str = "A", pointer: Point | None = None
) -> SliceScene | None:
    """What the view of `plane` shows; None without a case.

    Args:
        state: The state; its hidden results are not drawn.
        plane: The plane.
        side: Letter of the view while two subsets are compared.
        pointer: Where the mouse is while something is measured.
    """
    state = without_hidden(state)
    case = state.case
    if case is None:
        return None
    background = shown_sequence(case, state.background)
    original = case if state.undegraded is None else state.undegraded
    window = shown_window(state.windows, original, background)
    title = f"{plane.value.capitalize()} · {background.label}"
    volume = case.volumes[background]
    geometry = SliceGeometry(
        plane, volume.shape, volume.spacing_mm, radiological=state.radiological
    )
    return SliceScene(
        picture=SlicePicture(
            location=SliceLocation(geometry, state.cursor_voxel[plane.normal_axis]),
            background=volume,
            window=window,
            overlay=overlay_of(state),
            reference=_reference(state, case),
            reference_drawn=reference_drawn(state),
        ),
        frame=Frame.around(geometry, foreground(original.grid.array).box),
        crosshair=geometry.pixel_from_voxel(state.cursor_voxel),
        crosshair_drawn=state.show_crosshair,
        edges=geometry.edges,
        title=f"{side} · {title}" if state.side_by_side else title,
        window_text=_window_text(window) if background in state.windows else "",
        slice_number=_slice_number(state, case, plane),
        coordinate=_coordinate(state, case, plane),
        convention=_convention(state, plane),
        badge=waiting_badge(state),
        oblique=_oblique(case),
        input_text=provenance(state, with_model=False),
        provenance=provenance(state),
        background_note=_background_note(state, background),
        marks=marks_on(state, case, geometry, state.cursor_voxel[plane.normal_axis], pointer),
        degraded=_degraded(state, background),
    )


def _background_note(state: State, background: Modality) -> tuple[str, ...]:
    given = state.used if state.shown is None else state.shown
    return () if background in given else BACKGROUND_ONLY


def _degraded(state: State, background: Modality) -> tuple[str, ...]:
    """What was done to the background, a line each, or which other sequences are degraded."""
    done = state.applied.of_sequence(background)
    others = [m.label for m in state.applied.sequences if m is not background]
    lines = [f"{background.label} degraded:", *(one.label for one in done)] if done else []
    if others:
        lines.append(
            f"{', '.join(others)} degraded, too" if done else f"{', '.join(others)} degraded"
        )
    return tuple(lines)


def reference_drawn(state: State) -> frozenset[Region]:
    """The expert regions that are outlined: the layer's region if it has one, else the visible."""
    return frozenset({state.region}) if state.layer.about_one_region else state.visible


def _reference(state: State, case: Case) -> CroppedRegions | None:
    nested_labels = reference_labels(case) if state.show_reference else None
    return None if nested_labels is None else CroppedRegions.of(nested_labels)


def shown_sequence(case: Case, wanted: Modality) -> Modality:
    """The sequence shown as background: the wanted one, else the first of the case."""
    return wanted if wanted in case.volumes else min(case.volumes)


def shown_window(windows: Mapping[Modality, Window], case: Case, sequence: Modality) -> Window:
    """The window the user chose for `sequence`, else robust percentiles."""
    chosen = windows.get(sequence)
    return chosen if chosen is not None else foreground(case.volumes[sequence].array).window


def with_window(state: State, window: Window) -> State:
    """The state with another window for the background; it cannot be narrower than a minimum."""
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
    """The state with the default window for the background."""
    if state.case is None:
        return state
    sequence = shown_sequence(state.case, state.background)
    return replace(state, windows={m: w for m, w in state.windows.items() if m != sequence})


def signed_mm(mm: float) -> str:
    """`+12.0`, `−33.5`: a coordinate, with a true minus sign."""
    return f"{'−' if round(mm, 1) < 0 else '+'}{abs(mm):.1f}"


def waiting_badge(state: State) -> str:
    """The text of the badge: what is being computed for the screen; "" if nothing is."""
    if is_substituted(state):
        pair = comparison(state) if state.layer is Layer.DIFFERENCE else None
        return HIDDEN.capitalize() if pair is not None and pair.with_itself else SUBSTITUTED
    if state.stopped or state.model_problem or state.case is None:
        return ""
    if state.waiting and state.model is None:
        return "Loading model…"
    if state.stage is Stage.RUNNING:
        return "Preparing the images…"
    hidden_subsets = hidden(state)
    if state.used in hidden_subsets:
        return HIDDEN.capitalize()
    if state.degradations != state.applied:
        return "Computing degraded images…"
    if state.waiting:
        return f"Computing {state.used.label}…"
    if not state.show_overlay:
        return ""
    if wanted_request(PROBABILITIES, state) is not None:
        return "Computing probabilities…"
    pair = comparison(state) if state.layer is Layer.DIFFERENCE else None
    if pair is None or pair.other is not None:
        return ""
    if state.compared_subset in hidden_subsets:
        return f"{pair.name}: {HIDDEN}"
    return f"No result of {pair.name}" if state.other_model_failed else f"Computing {pair.name}…"


def provenance(state: State, *, with_model: bool = True) -> str:
    """The sequences that the result on screen was predicted from, the model, and warnings."""
    if state.case is None:
        return ""
    if state.result is None and state.used in hidden(state):
        return f"{_input(state.used, state.case, state.applied.labels)} · {HIDDEN}"
    if state.result is None:
        return "No segmentation yet"
    line = _input(state.result.subset, state.case, state.applied.labels)
    if state.model is None:
        return line
    seen = " · seen in training" if state.seen_in_training else ""
    weak = weak_text(state.model.weak_from(state.result.subset) or ())
    network = f"{state.model.name} {state.model.sha256[:8]}" if with_model else ""
    parts = [line, network, weak]
    return " · ".join(filter(None, parts)) + seen


def _input(subset: ModalitySubset, case: Case, degraded: Mapping[Modality, str]) -> str:
    return describe_input(subset, case.available, case.not_opened, degraded=degraded)


def _window_text(window: Window) -> str:
    """The window as radiologists write it: width and level."""
    low, high = window
    return f"W {_short(high - low)} L {_short((low + high) / 2)}"


def _short(value: float) -> str:
    """A number without decimals from 100 on, else with three digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _slice_number(state: State, case: Case, plane: Plane) -> str:
    axis = plane.normal_axis
    return f"{state.cursor_voxel[axis] + 1}/{case.grid.shape[axis]}"


def _coordinate(state: State, case: Case, plane: Plane) -> str:
    return f"{signed_mm(case.grid.world_from(state.cursor_voxel)[plane.normal_axis])} mm"


def _convention(state: State, plane: Plane) -> str:
    if plane is Plane.SAGITTAL:
        return ""
    return "Radiological" if state.radiological else "Neurological"


def _oblique(case: Case) -> str:
    degrees = case.grid.oblique_degrees
    return f"oblique {degrees:.0f}°" if degrees > OBLIQUE_DEGREES else ""
