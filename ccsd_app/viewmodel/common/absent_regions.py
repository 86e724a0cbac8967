"""Absent and very small regions, whose scores say nothing about the quality of a prediction.

One wrong voxel costs an absent region its whole score, 1 or 0 and nothing between. That is how
challenges count, so the score is shown as it is, but does not rate a sequence. The same holds for a
speck that only the network found, given all sequences.
"""

from collections.abc import Iterable

from ccsd_app.scene.cropped_regions import reference_labels
from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region

SPECK_ML = 0.5
"""The bundled model finds or misses smaller enhancing parts by chance (see its card); the same is
assumed for the other regions."""

_found = PerArrayCache[int]()


def absent_regions(state: State) -> tuple[Region, ...]:
    """Regions absent from the expert labels; without labels, from the full-input prediction."""
    expert = None if state.case is None else reference_labels(state.case)
    if expert is not None:
        found = _found.get(expert.values, lambda: int(expert.values.max(initial=0)))  # nested
        return tuple(region for region in Region if region >= found)
    full = state.full_result
    return () if full is None else tuple(r for r in Region if full.volumes_ml[r] == 0)


def specks(state: State) -> tuple[Region, ...]:
    """Regions too small in the full-input result to be measured; expert regions always are.

    If nothing else was found, they are judged.
    """
    full, labelled = state.full_result, state.case is not None and state.case.reference is not None
    if full is None or labelled:
        return ()
    found = tuple(region for region in Region if 0 < full.volumes_ml[region] < SPECK_ML)
    return found if len(found) + len(absent_regions(state)) < len(Region) else ()


def judged_regions(state: State) -> tuple[Region, ...]:
    """The regions whose score says how well they are segmented.

    If all regions are absent, all are judged: false positives count.
    """
    away = absent_regions(state) + specks(state)
    return tuple(region for region in Region if region not in away) or tuple(Region)


def scored(title: str, state: State) -> str:
    """The title, with the regions whose score is 1 or 0 because they are absent."""
    parts, names = [title], listed(absent_regions(state))
    if names:
        parts.append(f"{whose_absence(state)} no {names}: scored 1 if none is predicted, else 0")
    little = _specks_text(state)
    if little:
        parts.append(f"{whose_absence(state)} {little}, too little for a score")
    return " · ".join(parts)


def unjudged_regions(state: State) -> tuple[Region, ...]:
    """The regions whose scores are not used for rankings and means."""
    return tuple(region for region in Region if region not in judged_regions(state))


def unjudged_text(state: State) -> str:
    """Why the scores of some regions are not used; "" if all are used."""
    return " ".join(_reasons(state).values())


def unjudged_reason(region: Region, state: State) -> str:
    """Why the score of one region is not used; "" if it is."""
    absent = region in absent_regions(state)
    return _reasons(state)[absent] if region in unjudged_regions(state) else ""


def _reasons(state: State) -> dict[bool, str]:
    """A sentence about absent regions (True) and about very small ones (False)."""
    whose, sentences = whose_absence(state).capitalize(), dict[bool, str]()
    names, little = listed(absent_regions(state)), _specks_text(state)
    if names and unjudged_regions(state):
        sentences[True] = f"{whose} no {names}, so its score does not rate a sequence."
    if little:
        sentences[False] = f"{whose} {little}, too little to rate a sequence by its score."
    return sentences


def _specks_text(state: State) -> str:
    """`less than 0.5 mL of ET`; "" where there are none."""
    names = listed(specks(state))
    return f"less than {SPECK_ML} mL of {names}" if names else ""


def whose_absence(state: State) -> str:
    """Where an absent region is absent from, with the verb: `the expert labels have`."""
    labelled = state.case is not None and state.case.reference is not None
    return "the expert labels have" if labelled else "the prediction from all sequences has"


def listed(regions: Iterable[Region]) -> str:
    """The regions' names in a list: `WT, TC`."""
    return ", ".join(region.name for region in regions)
