"""Regions of which there is nothing to find, or hardly anything: their score measures nothing.

One wrong voxel costs an absent region its whole score, 1 or 0 and nothing between. That is how
challenges count, so the score stands as it is; but what a sequence is worth cannot be told from
it. The same holds for a speck that the network alone found, with everything given.
"""

from collections.abc import Iterable

from ccsd_app.scene.cropped_regions import reference_labels
from ccsd_app.scene.per_array_cache import PerArrayCache
from ccsd_app.session.state import State
from ccsd_core.domain.region import Region

SPECK_ML = 0.5
"""The bundled model finds or misses smaller enhancing parts by chance (its card); the same is taken
for the other regions."""

_found = PerArrayCache[int]()


def absent_regions(state: State) -> tuple[Region, ...]:
    """What the expert has none of; without labels, what the full input's result has none of."""
    expert = None if state.case is None else reference_labels(state.case)
    if expert is not None:
        found = _found.get(expert.values, lambda: int(expert.values.max(initial=0)))  # nested
        return tuple(region for region in Region if region >= found)
    full = state.full_result
    return () if full is None else tuple(r for r in Region if full.volumes_ml[r] == 0)


def specks(state: State) -> tuple[Region, ...]:
    """Of what the full input's result has too little to measure by; the expert's are measured.

    Where nothing else was found they are what there is, and are judged.
    """
    full, labelled = state.full_result, state.case is not None and state.case.reference is not None
    if full is None or labelled:
        return ()
    found = tuple(region for region in Region if 0 < full.volumes_ml[region] < SPECK_ML)
    return found if len(found) + len(absent_regions(state)) < len(Region) else ()


def judged_regions(state: State) -> tuple[Region, ...]:
    """The others, of which a score says how well they are found.

    Where there is nothing to find at all they are all judged: by what is marked by mistake.
    """
    away = absent_regions(state) + specks(state)
    return tuple(region for region in Region if region not in away) or tuple(Region)


def scored(title: str, state: State) -> str:
    """What a score is, and of what it is none: `Dice … · no ET to find: 1 or 0`."""
    parts, names = [title], listed(absent_regions(state))
    if names:
        parts.append(f"{whose_absence(state)} no {names}: scored 1 if none is predicted, else 0")
    little = _specks_words(state)
    if little:
        parts.append(f"{whose_absence(state)} {little}, too little for a score")
    return " · ".join(parts)


def unjudged_regions(state: State) -> tuple[Region, ...]:
    """Those from whose scores nothing is concluded."""
    return tuple(region for region in Region if region not in judged_regions(state))


def unjudged_words(state: State) -> str:
    """Why nothing is concluded from some regions' scores; "" where all are judged."""
    return " ".join(_reasons(state).values())


def unjudged_reason(region: Region, state: State) -> str:
    """The same of one region."""
    absent = region in absent_regions(state)
    return _reasons(state)[absent] if region in unjudged_regions(state) else ""


def _reasons(state: State) -> dict[bool, str]:
    """A sentence for the regions of which there is nothing (True) and too little (False)."""
    whose, sentences = whose_absence(state).capitalize(), dict[bool, str]()
    names, little = listed(absent_regions(state)), _specks_words(state)
    if names and unjudged_regions(state):
        sentences[True] = f"{whose} no {names}, so its score does not rate a sequence."
    if little:
        sentences[False] = f"{whose} {little}, too little to rate a sequence by its score."
    return sentences


def _specks_words(state: State) -> str:
    """`less than 0.5 mL of ET`; "" where there are none."""
    names = listed(specks(state))
    return f"less than {SPECK_ML} mL of {names}" if names else ""


def whose_absence(state: State) -> str:
    """Who found none of an absent region, with the verb: `the expert labels have`."""
    labelled = state.case is not None and state.case.reference is not None
    return "the expert labels have" if labelled else "the prediction from all sequences has"


def listed(regions: Iterable[Region]) -> str:
    """`WT, TC`."""
    return ", ".join(region.name for region in regions)
