"""Regions of which there is nothing to find: their score is 1 or 0, and nothing between.

One wrong voxel costs such a region its whole score. That is how challenges count, so the score
stands as it is; but what a sequence is worth cannot be told from it.
"""

from collections.abc import Iterable

from ccsd_app.scene.kept import KeptByArray
from ccsd_app.scene.reference_depth import reference_depth
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region

_found = KeptByArray[int]()


def absent_regions(state: State) -> tuple[Region, ...]:
    """What the expert has none of; without labels, what the full input's result has none of."""
    expert = None if state.case is None else reference_depth(state.case)
    if expert is not None:
        found = _found.get(expert.values, lambda: int(expert.values.max(initial=0)))  # nested
        return tuple(region for region in Region if region >= found)
    full = state.full_result
    return () if full is None else tuple(r for r in Region if full.volumes_ml[r] == 0)


def judged_regions(state: State) -> tuple[Region, ...]:
    """The others, of which a score says how well they are found.

    Where there is nothing to find at all they are all judged: by what is marked by mistake.
    """
    absent = absent_regions(state)
    return tuple(region for region in Region if region not in absent) or tuple(Region)


def scored(title: str, state: State) -> str:
    """What a score is, and where it is all or nothing: `Dice … · no ET to find: 1 or 0`."""
    names = listed(absent_regions(state))
    if not names:
        return title
    return f"{title} · {whose_absence(state)} no {names}: 1 if none is marked, else 0"


def unjudged_regions(state: State) -> tuple[Region, ...]:
    """Those from whose scores nothing is concluded."""
    return tuple(region for region in Region if region not in judged_regions(state))


def unjudged_words(state: State) -> str:
    """Why nothing is concluded from some regions' scores; "" where all are judged."""
    names = listed(unjudged_regions(state))
    if not names:
        return ""
    return (
        f"{whose_absence(state).capitalize()} no {names}: a score of 1 or 0 measures no sequence."
    )


def whose_absence(state: State) -> str:
    """Who found none of an absent region, with the verb: `the expert has`."""
    labelled = state.case is not None and state.case.reference is not None
    return "the expert has" if labelled else "the full input's result has"


def listed(regions: Iterable[Region]) -> str:
    """`WT, TC`."""
    return ", ".join(region.name for region in regions)
