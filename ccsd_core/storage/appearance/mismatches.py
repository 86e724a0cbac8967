"""Warnings if the appearance of an image contradicts its name or header."""

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.storage.appearance.classifier import log_probabilities
from ccsd_core.storage.appearance.features import features

SWAPPED = 1.5
"""Smallest gain in log probability (nats) for which a swap of a case's images is reported. Chosen
on 62 studies, cross-validated by patient: `resources/classifier/README.md`."""
SINGLE = 3.5
"""The same for a single image, which is less certain than a comparison of several."""


def mismatches(
    volumes: Mapping[Modality, Volume], names: Mapping[Modality, str]
) -> tuple[str, ...]:
    """What the images look like instead, one sentence each; empty if all fit.

    Args:
        volumes: The sequences as read, each on its own grid.
        names: Name of each in messages, with the file's name.
    """
    found = {m: features(volume) for m, volume in volumes.items()}
    shown = [m for m, one in found.items() if one is not None]
    if not shown:
        return ()
    scores = log_probabilities(np.stack([one for one in found.values() if one is not None]))
    swapped = _best_order(shown, scores)
    mismatches = [
        f"{names[m]} looks like {other.label}: check that no two sequences are swapped"
        for m, other in zip(shown, swapped, strict=True)
        if other is not m
    ]
    if mismatches:
        return tuple(mismatches)
    return tuple(
        f"{names[m]} looks like {Modality(int(row.argmax())).label}: check which sequence it is"
        for m, row in zip(shown, scores, strict=True)
        if row.max() - row[m] > SINGLE
    )


def _best_order(shown: Sequence[Modality], scores: NDArray[np.float64]) -> tuple[Modality, ...]:
    """The permutation of the sequences that fits the images best, if it is clearly better."""

    def fit(order: Sequence[Modality]) -> float:
        return float(sum(row[m] for row, m in zip(scores, order, strict=True)))

    best = max(permutations(shown), key=fit)
    return best if fit(best) - fit(shown) > SWAPPED else tuple(shown)
