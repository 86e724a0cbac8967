"""One region's robustness curve of the open case, of the score that panels and files show.

Agreement of the prediction from all sequences with itself is 1 by definition and says nothing, so
the curve that is drawn, its means and its area leave it out, as the tables print a dash for it.
Differences to it (criticality) still count it.
"""

from statistics import fmean

from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.panels.region_table import scores_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve


def curve_of(state: State, case: Case, region: Region) -> RobustnessCurve:
    """The curve as far as it is computed, subsets in table order, with the full input."""
    computed = [s for s in case.available.subsets() if s in state.results]
    found = {subset: scores_of(state.results[subset], state).get(region) for subset in computed}
    scores = {subset: score for subset, score in found.items() if score is not None}
    return RobustnessCurve(case.available, scores)


def informative_curve(state: State, case: Case, region: Region) -> RobustnessCurve:
    """The curve without the agreement of the full input with itself."""
    curve = curve_of(state, case, region)
    if score_name(state) == "Dice":
        return curve
    scores = {s: score for s, score in curve.scores.items() if s != case.available}
    return RobustnessCurve(case.available, scores)


def counted_subsets(state: State, case: Case) -> int:
    """How many subsets the mean of a complete curve is over: 15, or 14 for agreement."""
    return len(case.available.subsets()) - (score_name(state) != "Dice")


def mean_of(curve: RobustnessCurve, count: int) -> float | None:
    """The mean score of all `count` subsets; None while some are missing, or there are none."""
    return fmean(curve.scores.values()) if count and len(curve.scores) == count else None
