"""Absent and very small regions, whose scores say nothing about the quality of a prediction.

The score of an absent region is 1, or 0 if a single voxel is predicted. That is the convention of
challenges, so the score is shown, but it is not used to rate a sequence. The same holds for a tiny
region that only the network found, from all sequences.
"""

from collections.abc import Iterable

from ccsd_app.scene.cropped_regions import reference_labels
from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region

TINY_ML = 0.5
"""The bundled model finds or misses smaller enhancing parts by chance (see its card); the same is
assumed for the other regions."""

_found = PerArrayCache[int]()


def absent_regions(state: State) -> tuple[Region, ...]:
    """Regions absent from the expert labels, or else from the prediction of all sequences."""
    expert = None if state.case is None else reference_labels(state.case)
    if expert is not None:
        found = _found.get(expert.values, lambda: int(expert.values.max(initial=0)))  # nested
        return tuple(region for region in Region if region >= found)
    full = state.full_result
    return () if full is None else tuple(r for r in Region if full.volumes_ml[r] == 0)


def tiny_regions(state: State) -> tuple[Region, ...]:
    """Regions too small in the result of all sequences to be rated; none if there are labels.

    If no larger region was found, all are rated.
    """
    full, labelled = state.full_result, state.case is not None and state.case.reference is not None
    if full is None or labelled:
        return ()
    found = tuple(region for region in Region if 0 < full.volumes_ml[region] < TINY_ML)
    return found if len(found) + len(absent_regions(state)) < len(Region) else ()


def rated_regions(state: State) -> tuple[Region, ...]:
    """The regions whose score says how well they are segmented.

    If all regions are absent, all are rated: false positives count.
    """
    not_rated = absent_regions(state) + tiny_regions(state)
    return tuple(region for region in Region if region not in not_rated) or tuple(Region)


def scored(title: str, state: State) -> str:
    """The title, with the regions whose score is 1 or 0 because they are absent."""
    parts, names = [title], listed(absent_regions(state))
    if names:
        parts.append(f"{absent_from_text(state)} no {names}: scored 1 if none is predicted, else 0")
    tiny = _tiny_text(state)
    if tiny:
        parts.append(f"{absent_from_text(state)} {tiny}, too little for a score")
    return " · ".join(parts)


def unrated_regions(state: State) -> tuple[Region, ...]:
    """The regions whose scores are not used for rankings and means."""
    return tuple(region for region in Region if region not in rated_regions(state))


def unrated_text(state: State) -> str:
    """Why the scores of some regions are not used; "" if all are used."""
    return " ".join(_reasons(state).values())


def unrated_reason(region: Region, state: State) -> str:
    """Why the score of one region is not used; "" if it is."""
    absent = region in absent_regions(state)
    return _reasons(state)[absent] if region in unrated_regions(state) else ""


def _reasons(state: State) -> dict[bool, str]:
    """A sentence about absent regions (True) and about very small ones (False)."""
    subject, sentences = absent_from_text(state).capitalize(), dict[bool, str]()
    names, tiny = listed(absent_regions(state)), _tiny_text(state)
    if names and unrated_regions(state):
        sentences[True] = f"{subject} no {names}, so its score does not rate a sequence."
    if tiny:
        sentences[False] = f"{subject} {tiny}, too little to rate a sequence by its score."
    return sentences


def _tiny_text(state: State) -> str:
    """`less than 0.5 mL of ET`; "" if there are none."""
    names = listed(tiny_regions(state))
    return f"less than {TINY_ML} mL of {names}" if names else ""


def absent_from_text(state: State) -> str:
    """What an absent region is absent from, with the verb: `the expert labels have`."""
    labelled = state.case is not None and state.case.reference is not None
    return "the expert labels have" if labelled else "the prediction from all sequences has"


def listed(regions: Iterable[Region]) -> str:
    """The regions' names in a list: `WT, TC`."""
    return ", ".join(region.name for region in regions)
