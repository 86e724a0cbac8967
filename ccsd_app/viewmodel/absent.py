"""Regions of which there is nothing to find: their score is 1 or 0, and nothing between.

One wrong voxel costs such a region its whole score. That is how challenges count, so the score
stands as it is; but what a sequence is worth cannot be told from it.
"""

from collections.abc import Iterable

from ccsd_app.scene.reference_depth import reference_depth
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region


def absent_regions(state: State) -> tuple[Region, ...]:
    """What the expert has none of; without labels, what the full input's result has none of."""
    expert = None if state.case is None else reference_depth(state.case)
    if expert is not None:
        found = int(expert.values.max(initial=0))  # regions are nested
        return tuple(region for region in Region if region >= found)
    full = state.full_result
    return () if full is None else tuple(r for r in Region if full.volumes_ml[r] == 0)


def judged_regions(state: State) -> tuple[Region, ...]:
    """The others, of which a score says how well they are found; all, where there are none."""
    absent = absent_regions(state)
    return tuple(region for region in Region if region not in absent) or tuple(Region)


def scored(title: str, state: State) -> str:
    """What a score is, and where it is all or nothing: `Dice … · no ET to find: 1 or 0`."""
    names = listed(absent_regions(state))
    return f"{title} · no {names} to find: 1 if none is marked, else 0" if names else title


def listed(regions: Iterable[Region]) -> str:
    """`WT, TC`."""
    return ", ".join(region.name for region in regions)
