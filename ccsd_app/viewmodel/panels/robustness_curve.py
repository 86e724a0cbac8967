"""The robustness curve of one region of the open case, of the score that panels and files show."""

from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.region_table import scores_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve


def curve_of(state: State, case: Case, region: Region) -> RobustnessCurve:
    """The curve as far as it is computed, subsets in table order."""
    computed = [s for s in case.available.subsets() if s in state.results]
    found = {subset: scores_of(state.results[subset], state).get(region) for subset in computed}
    scores = {subset: score for subset, score in found.items() if score is not None}
    return RobustnessCurve(case.available, scores)
