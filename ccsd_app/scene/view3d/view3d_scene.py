"""From the state to what the 3-D view shows: `resolve_view3d(state)`.

Moving the crosshair gives an equal scene, and needs no new frame, unless a slice or a clipping
plane moves with it.
"""

from dataclasses import dataclass

from ccsd_app.scene.cropped_regions import CroppedRegions, reference_labels
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import provenance, shown_sequence, shown_window
from ccsd_app.scene.view3d.view3d_plane import View3dPlane
from ccsd_app.scene.view3d.view3d_slice import CutFace, View3dSlice
from ccsd_app.session.display import ColourScheme, Cut, Layer
from ccsd_app.session.hidden import SUBSTITUTED, is_substituted, without_hidden
from ccsd_app.session.result import TINY_SHARE, SubsetResult
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume import Volume
from ccsd_core.domain.volume_text import ml_text

CUT_PLANES = {Cut.AXIAL: Plane.AXIAL, Cut.SAGITTAL: Plane.SAGITTAL, Cut.CORONAL: Plane.CORONAL}


@dataclass(frozen=True, slots=True)
class View3dScene:
    """What the 3-D view shows. Volumes and results compare by identity.

    Args:
        head: The volume whose outer surface is drawn; also the grid of the result.
        result: The segmentation whose surfaces are drawn; None before the first.
        visible: Regions that are drawn, of the result and of the expert.
        colours: The colour scheme.
        brain: Whether the brain surface is drawn.
        expert: The expert's regions, drawn translucent; None if they are not drawn.
        slices: Grey slices that are drawn in space.
        cut: The clipping plane, if any.
        provenance: The input and the model.
    """

    head: Volume
    result: SubsetResult | None
    visible: frozenset[Region]
    colours: ColourScheme
    brain: bool
    expert: CroppedRegions | None
    slices: tuple[View3dSlice, ...]
    cut: View3dPlane | None
    provenance: str

    @property
    def innermost(self) -> Region | None:
        """The innermost region that is drawn, which is opaque; None if none is.

        With hardly any ET, the whole tumour core would be translucent: then the core is opaque.
        """
        drawn = {region for region in self.visible if region < self._found}
        if self._et_is_tiny and Region.TC in drawn:
            drawn -= {Region.ET}
        return max(drawn, default=None)

    @property
    def note(self) -> str:
        """A note: why another region than ET is opaque, and what the white surfaces are."""
        marked = 0 if self.expert is None else int(self.expert.nested_labels.max(initial=0))
        expert_names = [region for region in sorted(self.visible) if region < marked]
        white = f"white: expert {', '.join(r.name for r in expert_names)}" if expert_names else ""
        return " · ".join(filter(None, (self._why_opaque, white)))

    @property
    def _why_opaque(self) -> str:
        """Why another region than ET is opaque; "" if ET is."""
        opaque = self.innermost
        inner = [] if opaque is None else [region for region in Region if region > opaque]
        if opaque is None or not inner:
            return ""
        if Region.ET in self.visible and opaque is Region.TC and self._et_is_tiny:
            assert self.result is not None
            found_ml = self.result.volumes_ml[Region.ET]
            return f"TC shown opaque: ET is only {ml_text(found_ml)} mL"
        hidden = [region.name for region in inner if region < self._found]
        why = f"{' and '.join(hidden)} hidden" if hidden else f"no {inner[0].name} predicted"
        return f"{why}; {opaque.name} shown opaque"

    @property
    def _et_is_tiny(self) -> bool:
        if self.result is None or self._found <= Region.ET:
            return False
        volumes = self.result.volumes_ml
        return volumes[Region.ET] < TINY_SHARE * volumes[Region.TC]

    @property
    def _found(self) -> int:
        """How many of the regions, from the outermost on, were found."""
        return 0 if self.result is None else int(self.result.nested_labels.max(initial=0))

    @property
    def face(self) -> CutFace | None:
        """The regions on the cut face; None if there is no clipping plane or nothing to clip."""
        if self.cut is None or self.result is None or not self.visible:
            return None
        return CutFace(self.cut, CroppedRegions.of(self.result), self.visible, self.colours)


def resolve_view3d(state: State) -> View3dScene | None:
    """What the 3-D view shows; None without a case."""
    state = without_hidden(state)
    case = state.case
    if case is None:
        return None
    line = provenance(state)
    return View3dScene(
        head=case.grid,
        result=state.result,
        visible=state.visible,
        colours=state.colours,
        brain=state.view3d.brain,
        expert=_expert(state, case),
        slices=_slices(state, case),
        cut=_cut(state, case),
        provenance=f"{SUBSTITUTED} · {line}" if is_substituted(state) else line,
    )


def layer_text(state: State) -> str:
    """A note that the surfaces are the regions, if another layer lies over the slices; else ""."""
    by_region = state.layer in (Layer.REGIONS, Layer.LABELS) or not state.show_overlay
    drawn = state.result is not None and state.visible
    return "surfaces: predicted regions" if drawn and not by_region else ""


def _expert(state: State, case: Case) -> CroppedRegions | None:
    nested_labels = reference_labels(case) if state.view3d.expert else None
    return None if nested_labels is None else CroppedRegions.of(nested_labels)


def _slices(state: State, case: Case) -> tuple[View3dSlice, ...]:
    if not state.view3d.slices:
        return ()
    sequence = shown_sequence(case, state.background)
    window = shown_window(state.windows, state.original or case, sequence)
    return tuple(
        View3dSlice(_through_crosshair(state, case, plane), case.volumes[sequence], window)
        for plane in Plane
    )


def _cut(state: State, case: Case) -> View3dPlane | None:
    plane = CUT_PLANES.get(state.view3d.cut)
    return None if plane is None else _through_crosshair(state, case, plane)


def _through_crosshair(state: State, case: Case, plane: Plane) -> View3dPlane:
    return View3dPlane(plane, state.cursor_voxel[plane.normal_axis], case.grid)
