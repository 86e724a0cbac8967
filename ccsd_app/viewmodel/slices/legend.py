"""View-model of the legend: what each colour, pattern and line over the slices means.

regions       ■ WT  ■ TC  ■ ET                                ┄ expert (long dash WT …)
difference    ■ both  ▨ only in A  ░ only in B                of one region, and of what
probability   ▭▭▭▭ 0.05 … 1                                   of one region
"""

from dataclasses import dataclass, replace

from ccsd_app.scene.overlays.colour_map import CONSENSUS, PROBABILITY, UNCERTAINTY
from ccsd_app.scene.overlays.compared import Comparison, comparison
from ccsd_app.scene.overlays.map_overlay import LEAST_BITS, LEAST_PROBABILITY, MOST_BITS
from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.scene.palette import (
    BOTH_COLOUR,
    LABEL_NAMES,
    LABEL_TITLES,
    ONLY_CURRENT_COLOUR,
    ONLY_REFERENCE_COLOUR,
    Rgb,
    label_colours,
    region_colours,
)
from ccsd_app.scene.slices.slice_scene import reference_drawn
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN, hidden, without_hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.subset_state import map_pending, pending_reference
from ccsd_core.domain.postprocess_rules import DEFAULT_POSTPROCESS
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class Swatch:
    """One colour and its meaning; `short` is a shorter text for narrow windows."""

    colour: Rgb
    pattern: Pattern
    text: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """A colour map and what its ends mean."""

    name: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What the legend shows.

    Args:
        title: What is drawn over the slices.
        swatches: Colours with a meaning each.
        scale: A colour map, or None.
        note: An explanation; `short_note` is used if there is little space.
        expert_outlines: The expert's regions that are outlined.
    """

    title: str
    swatches: tuple[Swatch, ...] = ()
    scale: Scale | None = None
    note: str = ""
    short_note: str = ""
    expert_outlines: tuple[Region, ...] = ()


def legend(state: State) -> Legend:
    """The legend for the layer that is drawn."""
    state = without_hidden(state)
    if state.case is None:
        return Legend("")
    has_outlines = state.show_reference and state.case.reference is not None
    expert_outlines = tuple(sorted(reference_drawn(state))) if has_outlines else ()
    if not state.show_overlay:
        return Legend("Overlay hidden (S)", expert_outlines=expert_outlines)
    if state.shown in hidden(state):
        return Legend(HIDDEN.capitalize(), expert_outlines=expert_outlines)
    if state.result is None:
        return Legend("No segmentation yet", expert_outlines=expert_outlines)
    result = _of_layer(state)
    return replace(result, expert_outlines=expert_outlines)


def _of_layer(state: State) -> Legend:
    match state.layer:
        case Layer.REGIONS:
            colours = region_colours(state.colours)
            drawn = sorted(state.visible)
            texts = [Swatch(colours[r], Pattern.NONE, f"{r.name} {r.title}", r.name) for r in drawn]
            return Legend("Regions", tuple(texts))
        case Layer.LABELS:
            named = zip(label_colours(state.colours), LABEL_NAMES, LABEL_TITLES, strict=True)
            swatches = [
                Swatch(c, Pattern.NONE, f"{name} {title}", name) for c, name, title in named
            ]
            return Legend("Labels", tuple(swatches[r] for r in sorted(state.visible)))
        case Layer.PROBABILITY:
            scale = Scale(PROBABILITY, f"{LEAST_PROBABILITY}", "1")
            note = sentence(map_pending(state)) or f"white outline: p = {_threshold_text(state)}"
            return Legend("Probability", scale=scale, note=note)
        case Layer.UNCERTAINTY:
            scale = Scale(UNCERTAINTY, f"{LEAST_BITS}", f"{MOST_BITS:.0f} bits")
            classes = "entropy over background, ED, NCR and ET"
            waits = sentence(map_pending(state))
            short = "" if waits else "entropy over 4 classes"
            return Legend("Uncertainty", scale=scale, note=waits or classes, short_note=short)
        case Layer.CONSENSUS:
            done = len(state.results)
            scale = Scale(CONSENSUS, "1", f"{done} subsets")
            note = "white outline: current prediction"
            if not state.complete:
                more = (
                    "the others are stopped" if state.stopped else "the others are being computed"
                )
                if hidden(state):
                    more = f"the others are {HIDDEN}"
                note = f"so far, {more}; {note}"
            return Legend("Subsets that mark a voxel", scale=scale, note=note)
        case Layer.DIFFERENCE:
            result = _of_difference(state, comparison(state))
            return _with_region_of_b(result, state) if state.side_by_side else result


def _threshold_text(state: State) -> str:
    """The probability threshold of a region's outline, as text.

    It also encloses the inner regions, whose thresholds may differ.
    """
    rules = DEFAULT_POSTPROCESS if state.model is None else state.model.postprocess
    own = rules.threshold(state.region)
    inner = [r for r in Region if r > state.region and rules.threshold(r) != own]
    others = "".join(f", {r.name} {_probability(rules.threshold(r))}" for r in inner)
    return f"{_probability(own)}{others}"


def _probability(value: float) -> str:
    return f"{value:g}"


def _of_difference(state: State, pair: Comparison | None) -> Legend:
    if pair is None:
        return Legend("Difference")
    if pair.other is None:
        return Legend("", note=f"{pair.name}: {pending_reference(state)}")
    if pair.with_itself:
        note = "Same sequences on both sides: withhold one or choose another reference"
        if state.used in hidden(state):
            return Legend("", note=HIDDEN.capitalize())
        return Legend("", note=note, short_note="Same sequences on both sides")
    # Names of two subsets would not fit side by side; the line begins with the reference's name.
    ours, theirs = ("A", "B") if state.side_by_side else ("current", "reference")
    region = state.region.name
    only_ours, only_other = f"{region} only in {ours}", f"only in {theirs}"
    short = f"only {ours}", f"only {theirs}"
    if pair.with_expert:
        only_ours, only_other = (
            "only in prediction (false positive)",
            "only in expert labels (false negative)",
        )
        short = "false positive", "false negative"
    return Legend(
        "",
        (
            Swatch(BOTH_COLOUR, Pattern.NONE, "both"),
            Swatch(ONLY_CURRENT_COLOUR, Pattern.STRIPES, only_ours, short[0]),
            Swatch(ONLY_REFERENCE_COLOUR, Pattern.DOTS, only_other, short[1]),
        ),
    )


def _with_region_of_b(result: Legend, state: State) -> Legend:
    """The legend with the region that side B draws next to the difference."""
    if state.compared_result is None:
        return result
    region = state.region
    colour = region_colours(state.colours)[region]
    of_b = Swatch(colour, Pattern.NONE, f"B: {region.name}")
    return replace(result, swatches=(*result.swatches, of_b))


class LegendModel:
    """Shows `legend(state)`."""

    def __init__(self, session: Session) -> None:
        self.shown = DerivedValue(session, legend, ignores=CROSSHAIR + PROGRESS)
