"""View-model of the toolbar and of the keys that change display settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ccsd_app.scene.slices.window_presets import WindowPreset, shown_preset, with_preset
from ccsd_app.session.display import ColourScheme, Layer, MousePreset, OverlayStyle
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.comparison_start import with_changed_region, with_other_side
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

OPACITY_STEP = 0.1


@dataclass(frozen=True, slots=True)
class Toolbar:
    """What the toolbar shows."""

    backgrounds: tuple[Modality, ...]
    background: Modality
    preset: WindowPreset | None
    show_overlay: bool
    layer: Layer
    region: Region
    region_enabled: bool
    outline: bool
    outline_enabled: bool
    opacity_percent: int
    reference_absence: str
    reference_shown: bool
    side_by_side: bool
    show_crosshair: bool
    colours: ColourScheme
    mouse: MousePreset
    window_tool: bool
    radiological: bool
    prepare: bool
    case_open: bool


def toolbar(state: State) -> Toolbar:
    """The toolbar for a state."""
    return Toolbar(
        backgrounds=state.available,
        background=state.background,
        preset=shown_preset(state),
        show_overlay=state.show_overlay,
        layer=state.layer,
        region=state.region,
        region_enabled=state.layer.about_one_region,
        outline=state.overlay is OverlayStyle.OUTLINE,
        outline_enabled=state.layer in (Layer.REGIONS, Layer.LABELS),
        opacity_percent=round(state.opacity * 100),
        reference_absence=NO_CASE if state.case is None else sentence(state.case.labels_absence),
        reference_shown=state.show_reference,
        side_by_side=state.side_by_side,
        show_crosshair=state.show_crosshair,
        colours=state.colours,
        mouse=state.mouse,
        window_tool=state.window_tool,
        radiological=state.radiological,
        prepare=state.prepare,
        case_open=state.case is not None,
    )


class ToolbarModel:
    """Shows `toolbar(state)`; each control and key makes one change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, toolbar, ignores=CROSSHAIR + PROGRESS)

    def set_background(self, modality: Modality) -> None:
        self._become(lambda state: state.with_background(modality))

    def set_window_preset(self, preset: WindowPreset) -> None:
        self._become(lambda state: with_preset(state, preset))

    def toggle_overlay(self) -> None:
        self._become(lambda state: replace(state, show_overlay=not state.show_overlay))

    def show_layer(self, layer: Layer) -> None:
        """Draw another layer; it is shown even if the overlay was hidden."""
        state = self._session.state
        if layer is Layer.DIFFERENCE and state.layer is not layer:
            state = with_changed_region(with_other_side(state))
        self._session.become(state.with_layer(layer))

    def next_layer(self) -> None:
        """Show the next layer in the order of the menu; after the last one, regions again."""
        layers = list(Layer)
        self.show_layer(layers[(layers.index(self._session.state.layer) + 1) % len(layers)])

    def toggle_difference(self) -> None:
        """Show the difference layer, or go back to the regions."""
        shown = self._session.state
        go_back = shown.show_overlay and shown.layer is Layer.DIFFERENCE
        self.show_layer(Layer.REGIONS if go_back else Layer.DIFFERENCE)

    def choose_region(self, region: Region) -> None:
        self._become(lambda state: replace(state, region=region, region_chosen=True))

    def next_region(self) -> None:
        """Choose the next region in the order WT, TC, ET, and WT again."""
        self.choose_region(Region((self._session.state.region + 1) % len(Region)))

    def toggle_outline(self) -> None:
        outline = self._session.state.overlay is OverlayStyle.OUTLINE
        self.set_overlay_style(OverlayStyle.FILLED if outline else OverlayStyle.OUTLINE)

    def set_overlay_style(self, style: OverlayStyle) -> None:
        self._become(lambda state: replace(state, overlay=style))

    def set_opacity_percent(self, percent: int) -> None:
        self._become(lambda state: state.with_opacity(percent / 100))

    def more_opaque(self) -> None:
        self._become(lambda state: state.with_opacity(state.opacity + OPACITY_STEP))

    def less_opaque(self) -> None:
        self._become(lambda state: state.with_opacity(state.opacity - OPACITY_STEP))

    def toggle_reference(self) -> None:
        self._become(lambda state: replace(state, show_reference=not state.show_reference))

    def toggle_side_by_side(self) -> None:
        state = self._session.state
        state = state if state.side_by_side else with_other_side(state)
        self._session.become(replace(state, side_by_side=not state.side_by_side))

    def toggle_crosshair(self) -> None:
        self._become(lambda state: replace(state, show_crosshair=not state.show_crosshair))

    def set_colours(self, colours: ColourScheme) -> None:
        self._become(lambda state: replace(state, colours=colours))

    def set_mouse(self, mouse: MousePreset) -> None:
        self._become(lambda state: replace(state, mouse=mouse))

    def go_to_tumour(self) -> str:
        """Move the crosshair to the predicted tumour; returns why it cannot be done, else ""."""
        state = self._session.state
        shown = without_hidden(state)
        if state.case is None:
            return NO_CASE
        if shown.result is None and shown.full_result is None:
            return "There is no segmentation yet"
        point = shown.at_tumour().cursor_voxel
        result = shown.result or shown.full_result
        if result is None or result.middle_voxel is None:
            return "No tumour is predicted from these sequences"
        self._session.become(state.with_cursor(point))
        return ""

    def toggle_window_tool(self) -> None:
        self._become(lambda state: replace(state, window_tool=not state.window_tool))

    def toggle_radiological(self) -> None:
        self._become(lambda state: replace(state, radiological=not state.radiological))

    def toggle_prepare(self) -> None:
        """Toggle whether raw cases are prepared, starting with the next case."""
        self._become(lambda state: replace(state, prepare=not state.prepare))

    def dismiss_problem(self) -> None:
        self._become(lambda state: replace(state, problem=""))

    def _become(self, change: Callable[[State], State]) -> None:
        self._session.become(change(self._session.state))
