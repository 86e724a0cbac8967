"""The order in which DMCD removes sequences: from all scored ones to a single one.

    criticality {FLAIR .2, T1 .1, T1c .7, T2 .3}
    max   FLAIR+T1+T1c+T2 ⊃ FLAIR+T1+T2 ⊃ FLAIR+T1 ⊃ T1       the most critical first (the paper)
    min   FLAIR+T1+T1c+T2 ⊃ FLAIR+T1c+T2 ⊃ T1c+T2 ⊃ T1c       the least critical first

Scores are computed once, on the full set. If they are computed again for the remaining sequences
(`rescore`, an option), the last pair always ties, because a similarity is symmetric; the full set's
scores then decide.

Source: CCSD (arXiv:2511.14599), eq. 6 and 7, and Table 5 for the other orders. The paper does not
state whether scores are computed again.
"""

from collections.abc import Callable, Mapping, Sequence

from ccsd_core.domain.modality import Modality, ModalitySubset

Path = tuple[ModalitySubset, ...]
Scores = Mapping[Modality, float]


def decremental_path(
    criticality: Scores,
    *,
    keep_critical: bool = False,
    rescore: Callable[[Sequence[Modality]], Scores] | None = None,
) -> Path:
    """S_0 ⊃ S_1 ⊃ …: all scored sequences, one removed at each step until one is left.

    Ties are resolved by the full set's scores, then by the lower channel.

    >>> path = decremental_path({Modality.FLAIR: 0.2, Modality.T1: 0.1, Modality.T1C: 0.7})
    >>> [str(s) for s in path]
    ['FLAIR+T1+T1c', 'FLAIR+T1', 'T1']

    Args:
        criticality: Score of each sequence on the full set.
        keep_critical: Remove the least critical first.
        rescore: Function from the remaining sequences to their scores, called before each removal.
    """
    sign = 1 if keep_critical else -1
    full_set_scores = {m: _rounded(score) for m, score in criticality.items()}
    left = sorted(full_set_scores)
    path: list[ModalitySubset] = []
    while left:
        path.append(ModalitySubset.of(*left))
        scores = full_set_scores
        if rescore is not None:
            again = rescore(left)
            scores = {m: _rounded(again.get(m, full_set_scores[m])) for m in left}
        left.remove(min(left, key=lambda m: (sign * scores[m], sign * full_set_scores[m], m)))
    return tuple(path)


def path_in_order(order: Sequence[Modality]) -> Path:
    """The path that removes sequences in the given order.

    >>> [str(s) for s in path_in_order([Modality.T2, Modality.T1])]
    ['T1+T2', 'T1']
    """
    return tuple(ModalitySubset.of(*order[i:]) for i in range(len(order)))


def _rounded(score: float) -> float:
    """The score without its last bits, which depend on the order in which ranks are summed."""
    return float(f"{score:.6g}")
