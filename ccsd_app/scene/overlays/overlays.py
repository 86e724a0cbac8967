"""From the state to what lies over the slices: `overlay_of(state)`."""

from ccsd_app.scene.cropped_regions import CroppedRegions
from ccsd_app.scene.overlays.compared import comparison
from ccsd_app.scene.overlays.difference_overlay import DifferenceOverlay
from ccsd_app.scene.overlays.map_overlay import (
    ConsensusOverlay,
    ProbabilityOverlay,
    UncertaintyOverlay,
)
from ccsd_app.scene.overlays.overlay import Overlay
from ccsd_app.scene.overlays.region_overlay import RegionOverlay
from ccsd_app.session.display import Layer
from ccsd_app.session.state import State


def overlay_of(state: State) -> Overlay | None:
    """What lies over the slices; None while it is hidden or not computed."""
    result = state.result
    if result is None or not state.show_overlay:
        return None
    shown, region, opacity = CroppedRegions.of(result), state.region, state.opacity
    match state.layer:
        case Layer.REGIONS | Layer.LABELS:
            return RegionOverlay(
                result,
                state.visible,
                state.layer is Layer.LABELS,
                state.overlay,
                opacity,
                state.colours,
            )
        case Layer.DIFFERENCE:
            pair = comparison(state)
            if pair is None or pair.other is None or pair.with_itself:
                return None
            return DifferenceOverlay(shown, pair.other, region, opacity)
        case Layer.CONSENSUS:
            votes = tuple(CroppedRegions.of(one) for one in state.results.values())
            return ConsensusOverlay(votes, region, shown, opacity)
        case Layer.PROBABILITY:
            found = state.shown_map
            return None if found is None else ProbabilityOverlay(found, region, shown, opacity)
        case Layer.UNCERTAINTY:
            found = state.shown_map
            return None if found is None else UncertaintyOverlay(found, shown, opacity)
