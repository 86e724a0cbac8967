"""Sequences that are mirrored against the others, as by a wrong sign in a file's header.

    pair of sequences ──▶ mutual information as they lie ──────────────────────┐
                     └──▶ the best with one mirrored and shifted a little ─────┴──▶ ratio

A brain is nearly symmetric, but its folds are not: in 42 real patients the ratio was at most 0.67
for left and right (0.35 for front and back, 0.30 for top and bottom), so that a mirrored sequence
has at least 1 / 0.67 = 1.5.
"""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.mutual_information import mutual_information
from ccsd_core.domain.volume import Volume
from ccsd_core.domain.word_list import in_words

MIRRORED = 1.25
"""Mean ratio from which sequences count as mirrored; each ratio is above 1."""
SAMPLE_MM = 4.0
"""Approximate distance of the samples."""
FARTHEST_SHIFT = 2
"""Samples by which the best place of a mirrored brain may lie beside that of its outline."""
BINS = 24
"""Brightness classes, of equally many voxels each."""
FEWEST_IN_COMMON = 2000
"""With fewer samples in both sequences a pair says nothing: 0.13 litres."""
NOT_BACKGROUND = 0.01
"""A voxel is foreground if it differs from the faces' median by more than this share of the
range."""
DIRECTIONS = ("left to right", "front to back", "top to bottom")
"""Mirroring along each axis of a canonical (RAS+) volume."""


def mirrored(volumes: Mapping[Modality, Volume], names: Mapping[Modality, str]) -> tuple[str, ...]:
    """Which sequences are mirrored against the others, one sentence for each direction.

    Args:
        volumes: The sequences of a case on one canonical grid.
        names: Name of each in messages, with the file's name.
    """
    classes = {m: _brightness_classes(volumes[m]) for m in sorted(volumes)}
    ratios = {
        (one, other): _ratios(classes[one], classes[other])
        for one, other in combinations(classes, 2)
    }
    notes: list[str] = []
    for axis, direction in enumerate(DIRECTIONS):
        odd = _odd_ones(list(classes), {pair: found[axis] for pair, found in ratios.items()})
        if odd:
            rest = [names[m] for m in classes if m not in odd]
            notes.append(
                f"{in_words([names[m] for m in odd])} {'is' if len(odd) == 1 else 'are'} mirrored "
                f"{direction} against {in_words(rest)}: check the orientation in the files' headers"
            )
    return tuple(notes)


def _brightness_classes(volume: Volume) -> NDArray[np.int8]:
    """Coarse samples: 0 is background, and 1 to `BINS` have equally many voxels."""
    steps = [max(1, round(SAMPLE_MM / edge)) for edge in volume.spacing_mm]
    values = volume.array[tuple(slice(step // 2, None, step) for step in steps)]
    values = values.astype(np.float32)
    if values.size == 0:
        return np.zeros(values.shape, np.int8)
    faces = [np.take(values, side, axis=axis).ravel() for axis in (0, 1) for side in (0, -1)]
    empty = np.median(np.concatenate(faces))
    foreground = np.abs(values - empty) > NOT_BACKGROUND * np.ptp(values)
    classes = np.zeros(values.shape, np.int8)
    if foreground.any():
        inside = values[foreground]
        limits = np.quantile(inside, np.linspace(0, 1, BINS + 1)[1:-1])
        classes[foreground] = 1 + np.searchsorted(limits, inside)
    return classes


def _ratios(one: NDArray[np.int8], other: NDArray[np.int8]) -> list[float]:
    """For each axis, how much better a pair fits with one mirrored; 0 for all but the best axis.

    All are 0 where too little is in common.
    """
    plain = _mutual_information(one, other)
    if not plain:
        return [0.0, 0.0, 0.0]
    found: list[float] = []
    for axis in range(3):
        turned = np.flip(other, axis)
        apart = _centre(one, axis) - _centre(turned, axis)
        shifts = range(apart - FARTHEST_SHIFT, apart + FARTHEST_SHIFT + 1)
        fits = (_mutual_information(one, np.roll(turned, shift, axis)) for shift in shifts)
        found.append(max(fit or 0.0 for fit in fits) / plain)
    return [ratio if ratio == max(found) else 0.0 for ratio in found]


def _centre(classes: NDArray[np.int8], axis: int) -> int:
    """Index of the foreground's centre along an axis."""
    along = np.count_nonzero(classes, axis=tuple(a for a in range(3) if a != axis))
    total = along.sum()
    return round(float((along * np.arange(len(along))).sum() / total)) if total else 0


def _mutual_information(one: NDArray[np.int8], other: NDArray[np.int8]) -> float | None:
    """Mutual information of the classes where both have foreground, in nats."""
    both = (one > 0) & (other > 0)
    if np.count_nonzero(both) < FEWEST_IN_COMMON:
        return None
    bins = (classes[both].astype(np.intp) - 1 for classes in (one, other))
    return mutual_information(*bins, bins=BINS)


def _odd_ones(
    sequences: list[Modality], ratios: Mapping[tuple[Modality, Modality], float]
) -> list[Modality]:
    """The sequences that are mirrored against the others: at most half of them.

    Of two groups of equal size, the one without the first sequence.
    """
    for size in range(1, len(sequences) // 2 + 1):
        for odd in combinations(sequences, size):
            if 2 * size == len(sequences) and sequences[0] in odd:
                continue
            across = [r for (one, other), r in ratios.items() if (one in odd) != (other in odd)]
            within = [r for (one, other), r in ratios.items() if (one in odd) == (other in odd)]
            fits = min(across) > 1 and max(within, default=0.0) < 1
            if fits and np.exp(np.mean(np.log(across))) > MIRRORED:
                return list(odd)
    return []
