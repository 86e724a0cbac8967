"""The legend under an exported picture: what is drawn, and the meaning of its colours."""

from dataclasses import dataclass

from ccsd_app.scene.overlays.compared import comparison
from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.scene.palette import (
    CROSSHAIR_COLOUR,
    PLANE_COLOURS,
    REFERENCE_COLOUR,
    Rgb,
    label_colours,
    region_colours,
)
from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_app.viewmodel.panels.region_table import score_text, scores_of
from ccsd_app.viewmodel.slices.legend import Swatch, legend
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text


@dataclass(frozen=True, slots=True)
class PictureLegend:
    """The meaning of the colours in a picture.

    Args:
        about: What is drawn; "" if nothing is drawn.
        swatches: Colours with their names.
    """

    about: str = ""
    swatches: tuple[Swatch, ...] = ()


def slice_legend(state: State) -> PictureLegend:
    """The legend of a slice: that of the window, in one line."""
    if state.case is None or state.result is None or not state.show_overlay:
        return PictureLegend()
    shown = legend(state)
    about = shown.title
    if state.layer.about_one_region:
        about = f"{state.layer.value} of {state.region.name}"
    pair = comparison(state) if state.layer is Layer.DIFFERENCE else None
    if pair is not None:
        about += f", current vs {pair.name}"
    scale = shown.scale
    if scale is not None:
        about += f": {scale.low} to {scale.high}"
    if shown.note:
        about += f" ({shown.note})"
    if shown.expert_outlines:
        about += " · expert dashed"
    return PictureLegend(about.strip(" :"), shown.swatches)


def frame_numbers(state: State) -> str:
    """`WT 84.0 mL, Dice 0.90 · TC …`: the volumes and scores of the result on screen."""
    result = state.result
    if result is None:
        return ""
    scores, parts = scores_of(result, state), list[str]()
    for region in Region:
        score = score_text(scores.get(region), result, state, digits=2)
        volume = f"{region.name} {ml_text(result.volumes_ml[region])} mL"
        parts.append(f"{volume}, {score_name_in_text(state)} {score}" if score else volume)
    return " · ".join(parts)


def view3d_legend(state: State) -> PictureLegend:
    """The legend of the 3-D view: the predicted surfaces, and the expert's if shown."""
    if state.result is None:
        return PictureLegend()
    colours = region_colours(state.colours)
    drawn = [r for r in sorted(state.visible) if r < int(state.result.nested_labels.max(initial=0))]
    swatches = tuple(Swatch(colours[r], Pattern.NONE, f"{r.name} {r.title}") for r in drawn)
    expert = state.view3d.expert and state.case is not None and state.case.reference is not None
    return PictureLegend("surfaces" + (" · expert white" if expert else ""), swatches)


def colours_with_meaning(state: State) -> tuple[Rgb, ...]:
    """The colours that have a meaning, which a GIF's palette must keep exactly."""
    return (
        *region_colours(state.colours).values(),
        *label_colours(state.colours),
        *PLANE_COLOURS.values(),
        *(swatch.colour for swatch in legend(state).swatches),
        REFERENCE_COLOUR,
        CROSSHAIR_COLOUR,
    )
