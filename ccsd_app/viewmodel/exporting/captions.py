"""What stands under an exported picture: where it is from, and what its colours mean."""

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
from ccsd_app.viewmodel.slices.legend import Swatch, legend


@dataclass(frozen=True, slots=True)
class PictureWords:
    """The meaning of the colours in a picture.

    Args:
        about: What is drawn, in words; empty where nothing is.
        swatches: Colours with their names.
    """

    about: str = ""
    swatches: tuple[Swatch, ...] = ()


def slice_words(state: State) -> PictureWords:
    """Of the slices: what the legend in the window says, in one line."""
    if state.case is None or state.result is None or not state.show_overlay:
        return PictureWords()
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
    if shown.dashes:
        about += " · expert dashed"
    return PictureWords(about.strip(" :"), shown.swatches)


def view3d_words(state: State) -> PictureWords:
    """Of the 3-D view: its surfaces, and the expert's."""
    if state.result is None:
        return PictureWords()
    colours = region_colours(state.colours)
    drawn = [r for r in sorted(state.visible) if r < int(state.result.nested_labels.max(initial=0))]
    swatches = tuple(Swatch(colours[r], Pattern.NONE, f"{r.name} {r.title}") for r in drawn)
    expert = state.view3d.expert and state.case is not None and state.case.reference is not None
    return PictureWords("surfaces" + (" · expert white" if expert else ""), swatches)


def telling_colours(state: State) -> tuple[Rgb, ...]:
    """Colours with a meaning, which a picture of few colours must keep."""
    return (
        *region_colours(state.colours).values(),
        *label_colours(state.colours),
        *PLANE_COLOURS.values(),
        *(swatch.colour for swatch in legend(state).swatches),
        REFERENCE_COLOUR,
        CROSSHAIR_COLOUR,
    )
