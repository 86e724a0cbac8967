"""Removal orders: from all sequences of a case to a single one, one sequence per step.

    FLAIR + T1 + T1c + T2  ⊃  FLAIR + T1c + T2  ⊃  FLAIR + T1c  ⊃  T1c

    critical   the network's features; the order that the method trains with (most critical first)
    drop       this case's results: at every step the largest or the smallest drop
    random     any order, given by its seed

A drop is one of the mean score of WT, TC and ET without absent regions: Dice if there are expert
labels, else agreement with the prediction from all sequences. A path by drops is known as far as
the results are computed.
"""

import random
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from ccsd_app.session.removal import PathKind
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import listed, rated_regions
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_app.viewmodel.panels.region_table import scores_of
from ccsd_core.distillation.path import Path, path_in_order
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

CRITICAL = (PathKind.MOST_CRITICAL, PathKind.LEAST_CRITICAL)


@dataclass(frozen=True, slots=True)
class CasePath:
    """A removal order of the open case.

    Args:
        kind: How it is chosen.
        name: Its name, with the seed if random.
        why: How it is chosen, as a sentence.
        subsets: Its subsets, starting with all sequences, as far as they are known.
    """

    kind: PathKind
    name: str
    why: str
    subsets: Path

    @property
    def complete(self) -> bool:
        """Whether the order is known down to a single sequence."""
        return bool(self.subsets) and len(self.subsets[-1]) == 1


def offered_kinds(*, cosine_path: Path | None) -> tuple[PathKind, ...]:
    """The kinds of order that can be chosen; those by criticality only once it is known."""
    return tuple(kind for kind in PathKind if kind not in CRITICAL or cosine_path is not None)


def case_path(
    kind: PathKind, state: State, *, seed: int, cosine_path: Path | None = None
) -> CasePath:
    """One path through the open case; without a case it has no subset.

    Args:
        kind: How it is chosen.
        state: The state with the case and its results.
        seed: Seed of the random order.
        cosine_path: The path of the case by cosine criticality, most critical first; None until it
            is computed.
    """
    name = f"{kind.value}, seed {seed}" if kind is PathKind.RANDOM else kind.value
    subsets = () if state.case is None else _subsets(kind, state, seed, cosine_path)
    return CasePath(kind, name, why(kind, state), subsets)


def why(kind: PathKind, state: State) -> str:
    """How a kind of order is chosen, as a sentence."""
    mean = f"{score_name_in_text(state)} (mean of {listed(rated_regions(state))})"
    match kind:
        case PathKind.MOST_CRITICAL:
            return "Order of the method (cosine): removes the sequence least like the others"
        case PathKind.LEAST_CRITICAL:
            return "Reverse order (cosine): removes the sequence most like the others"
        case PathKind.GREATEST_LOSS:
            return f"Each step removes the sequence with the largest drop in {mean}"
        case PathKind.LEAST_LOSS:
            return f"Each step removes the sequence with the smallest drop in {mean}"
        case PathKind.RANDOM:
            return "Random order; choose it again for another one"


def mean_score(subset: ModalitySubset, state: State) -> float | None:
    """The mean score of the rated regions; None if the subset is not computed."""
    result = state.results.get(subset)
    scores = {} if result is None else scores_of(result, state)
    if len(scores) < len(Region):
        return None
    return fmean(scores[region] for region in rated_regions(state))


def _subsets(kind: PathKind, state: State, seed: int, cosine_path: Path | None) -> Path:
    assert state.case is not None
    available = state.case.available
    match kind:
        case PathKind.MOST_CRITICAL:
            return cosine_path or ()
        case PathKind.LEAST_CRITICAL:
            return path_in_order(_order(cosine_path or ())[::-1])
        case PathKind.RANDOM:
            order = list(available)
            random.Random(seed).shuffle(order)
            return path_in_order(order)
        case PathKind.GREATEST_LOSS | PathKind.LEAST_LOSS:
            return _by_loss(available, state, greatest=kind is PathKind.GREATEST_LOSS)


def _by_loss(available: ModalitySubset, state: State, *, greatest: bool) -> Path:
    """The order by the drop at each step, until a score is missing; ties: the lower channel."""
    path, sign = [available], 1 if greatest else -1
    while len(path[-1]) > 1:
        without = {m: mean_score(path[-1].toggled(m), state) for m in path[-1]}
        scores = {m: round(sign * score, 6) for m, score in without.items() if score is not None}
        if len(scores) < len(without):
            break
        path.append(path[-1].toggled(min(scores, key=lambda m: (scores[m], m))))
    return tuple(path)


def _order(path: Path) -> list[Modality]:
    """The sequences in the order of their removal; the one that remains is last."""
    removed = [m for richer, poorer in pairwise(path) for m in richer if m not in poorer]
    return removed + [m for subset in path[-1:] for m in subset]
