"""The measures that the table of subsets can show: scores, distances, volumes, changes."""

import enum
import math

from ccsd_app.session.on_demand import HD95
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import scored
from ccsd_app.viewmodel.common.provenance import score_name, score_of_seen, score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.panels.region_table import score_text, scores_of
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_text import ml_text

NO_DISTANCE = "–"


class Measure(enum.Enum):
    """A measure; the value is its object name in the window."""

    SCORE = "score"
    SCORE_CHANGE = "score_change"
    HD95 = "hd95"
    VOLUME = "volume"
    VOLUME_CHANGE = "volume_change"


def short_name(measure: Measure, state: State) -> str:
    """The name of a measure on its button."""
    score = score_name(state) if score_name(state) == "Dice" else "Agree"
    return {
        Measure.SCORE: score,
        Measure.SCORE_CHANGE: f"Δ {score}",
        Measure.HD95: "HD95",
        Measure.VOLUME: "mL",
        Measure.VOLUME_CHANGE: "Δ mL",
    }[measure]


def full_name(measure: Measure, state: State) -> str:
    """The name of a measure in full, with its unit and its reference."""
    match measure:
        case Measure.SCORE:
            return scored(sentence(score_title(state)), state)
        case Measure.SCORE_CHANGE:
            change = f"Change vs all sequences: {score_title(state)}"
            return scored(change, state)
        case Measure.HD95:
            seen = " · seen in training" if score_of_seen(state) else ""
            return (
                "HD95, 95th percentile of the surface distance to the expert labels, mm "
                f"({NO_DISTANCE}: region absent in prediction or expert labels){seen}"
            )
        case Measure.VOLUME:
            return "Predicted volume, mL"
        case Measure.VOLUME_CHANGE:
            return "Change in predicted volume vs all sequences, mL"


def unavailable_reason(measure: Measure, state: State) -> str:
    """Why a measure cannot be shown for the open case; "" if it can."""
    absence = "" if state.case is None else state.case.labels_absence
    if measure is Measure.HD95 and absence:
        return f"HD95 is not available: {absence}"
    return ""


def cell_text(measure: Measure, result: SubsetResult, region: Region, state: State) -> str:
    """The text of one cell; "" if there is no number yet."""
    full = state.full_result
    match measure:
        case Measure.SCORE:
            score = scores_of(result, state).get(region)
            return score_text(score, result, state, digits=2)
        case Measure.SCORE_CHANGE:
            score = scores_of(result, state).get(region)
            of_full = None if full is None else scores_of(full, state).get(region)
            if score is None or of_full is None or full is result:
                return ""
            return signed_change(score, of_full, digits=2)
        case Measure.HD95:
            distance = state.on_demand.of(HD95).get(result.subset, {}).get(region)
            if distance is None:
                return ""
            return NO_DISTANCE if math.isnan(distance) else f"{distance:.1f}"
        case Measure.VOLUME:
            return ml_text(result.volumes_ml[region])
        case Measure.VOLUME_CHANGE:
            if full is None or full is result:
                return ""
            return signed_change(result.volumes_ml[region], full.volumes_ml[region])
