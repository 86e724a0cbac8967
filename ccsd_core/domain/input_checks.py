"""Warnings about images unlike those that models are trained on: registered, skull-stripped brains.

    volume ──▶ voxel size                             ┌─▶ too small for a brain
           └─▶ coarse sample ──▶ foreground ──────────┼─▶ not skull-stripped
                                                      ├─▶ inverted intensities
                                                      ├─▶ two sequences are one image   (pairs)
                                                      ├─▶ not aligned with the others   (pairs)
                                                      └─▶ outline of another brain      (pairs)

Everything is checked on a coarse sample, to be fast. Limits are far outside the range of real cases
(except the limit on outlines, which separates one patient from two), so the absence of warnings
proves nothing. Mirrored sequences are found by `ccsd_core.domain.mirrored`.
Voxels without a finite value are corrected and reported where files are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.dice import dice
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.domain.word_list import in_words

SAMPLES_PER_AXIS = 48
"""Largest number of voxels that are sampled along an axis: every 3 to 5 mm of a head."""

THICKEST_MM = 3.0
"""A longer voxel edge is a thick slice: public training sets have 1 mm, our own 1 to 2 mm."""
THINNEST_MM = 0.3
"""No clinical scan of a whole head has finer voxels; a wrong unit, such as micrometres, does."""
SMALLEST_HEAD_MM = 80.0
"""An image of a whole brain is wider along every axis, a newborn's included."""
LARGEST_HEAD_MM = 350.0
"""No head coil has a larger field of view."""
FEWEST_VOXELS = 32
"""An image with fewer voxels along every axis is synthetic; its physical size is not checked."""
ROUNDING_MM = 0.005
"""Stored voxel sizes are rounded: 3.0000002 mm is 3 mm."""

NOT_BACKGROUND = 0.01
"""A voxel is foreground if it differs from the border's value by more than this share of the
range; a model's normalisation uses the same limit."""
BRIGHTEST = 95.0
"""Percentile of the foreground that an inverted image has below its background."""
LEAST_BACKGROUND = 0.05
"""Seven real brains left 55 to 59 % of their own bounding boxes empty; an image without empty
voxels is not a skull-stripped brain."""
SMALLEST_BRAIN_L = 0.4
"""An adult brain has 1 to 1.7 litres, a newborn's 0.35; less is a part of a brain, or a wrong
size."""
LARGEST_BRAIN_L = 2.3
"""Brains have 1.1 to 2 litres (seven real ones 1.25 to 1.72, synthetic ones up to 1.95); a head
with its skull, cut off below it, has about 3."""

SAME_IMAGE = 0.995
"""Different sequences of one patient correlated by at most 0.80 over the foreground in seven
real cases and 0.96 in twenty synthetic ones; a copy, even if scaled or rounded, by 0.999."""
FEWEST_IN_COMMON = 100
"""A correlation over fewer voxels is not meaningful."""

FARTHEST_CENTRES_MM = 12.0
"""Centres of the foregrounds of seven real, co-registered cases lay at most 2 mm apart."""
MOST_WIDTH_MM = 30.0
"""Their widths differed by at most 20 mm (a T1 with a shorter field of view); a brain is about 35
mm longer than wide."""
TAIL = 0.005
"""Share of the foreground that is ignored at either end of its width: stray voxels."""

LEAST_OVERLAP = 0.95
"""Dice of two brain outlines: at least 0.96 for one patient in seven real cases (lowest for a T1
with a shorter field of view), at most 0.943 for two patients in one atlas's space."""

DIRECTIONS = ("from left to right", "from back to front", "from bottom to top")


def warnings_about(
    volumes: Mapping[Modality, Volume], names: Mapping[Modality, str]
) -> tuple[str, ...]:
    """Properties of these sequences that models were not trained on, one sentence each.

    Args:
        volumes: The sequences as read, finite and canonical (RAS+), each on its own grid.
        names: Name of each in messages, with the file's name.
    """
    samples = {m: _Sample.of(volumes[m]) for m in sorted(volumes)}
    shown = {m: s for m, s in samples.items() if s.share > 0}
    return (
        *_odd_sizes(volumes, names),
        *_too_small(shown, names),
        *_inverted(shown, names),
        *_with_skull(shown, names),
        *_duplicates(shown, names),
        *_misaligned(shown, names),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sample:
    """A regular subsample of a volume's voxels.

    Args:
        grid: The volume it was taken from.
        values: Sampled voxels (x, y, z).
        foreground: Whether each of them differs from the value of the volume's faces.
        share: Fraction of the image that is foreground.
        world_from_sample: Affine (4, 4) from indices of `values` to RAS+ millimetres.
    """

    grid: Volume
    values: NDArray[np.float64]
    foreground: NDArray[np.bool_]
    share: float
    world_from_sample: NDArray[np.float64]

    @classmethod
    def of(cls, volume: Volume) -> Self:
        steps = [-(-n // SAMPLES_PER_AXIS) for n in volume.shape]
        every = tuple(slice(None, None, step) for step in steps)
        values = volume.array[every].astype(np.float64)
        foreground = _foreground(volume, every, values)
        share = np.count_nonzero(foreground) / foreground.size
        world_from_sample = volume.world_from_voxel @ np.diag([*steps, 1.0])
        return cls(volume, values, foreground, share, world_from_sample)

    @property
    def litres(self) -> float:
        """The volume of the foreground."""
        return self.share * self.grid.voxel_ml * self.grid.array.size / 1000

    @property
    def axes(self) -> NDArray[np.float64]:
        """The directions of the voxel axes, one per column."""
        return self.grid.world_from_voxel[:3, :3] / np.asarray(self.grid.spacing_mm)


@dataclass(frozen=True, slots=True, eq=False)
class _Position:
    """Position of a foreground: its centre in world space, its widths along the voxel axes."""

    centre_mm: NDArray[np.float64]
    width_mm: NDArray[np.float64]
    axes: NDArray[np.float64]

    @classmethod
    def of(cls, sample: _Sample) -> Self:
        centre: list[float] = []
        width: list[float] = []
        edges = np.linalg.norm(sample.world_from_sample[:3, :3], axis=0).tolist()
        for axis, edge in enumerate(edges):
            others = tuple(a for a in range(3) if a != axis)
            counts = np.asarray(np.count_nonzero(sample.foreground, axis=others))
            reached = np.cumsum(counts) / counts.sum()
            centre.append(float((counts * np.arange(counts.size)).sum() / counts.sum()))
            first, last = np.searchsorted(reached, (TAIL, 1 - TAIL)).tolist()
            width.append((last - first + 1) * edge)
        world = (sample.world_from_sample @ [*centre, 1.0])[:3]
        return cls(world, np.asarray(width), sample.axes)

    def excess(self, other: Self) -> float:
        """Distance or difference in width of the two, as a multiple of the tolerance."""
        return max(
            self.distance_mm(other) / FARTHEST_CENTRES_MM,
            float(self.width_difference_mm(other).max()) / MOST_WIDTH_MM,
        )

    def distance_mm(self, other: Self) -> float:
        return float(np.linalg.norm(self.centre_mm - other.centre_mm))

    def width_difference_mm(self, other: Self) -> NDArray[np.float64]:
        """Differences of the widths; 0 if the axes of the two images differ."""
        same_axes = np.allclose(self.axes, other.axes, atol=0.02)
        return np.abs(self.width_mm - other.width_mm) if same_axes else np.zeros(3)


def _foreground(
    volume: Volume, every: tuple[slice, ...], values: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which of the sampled values differ from the background, the median of the faces."""
    faces = np.concatenate(
        [
            volume.array[(*every[:axis], index, *every[axis + 1 :])].astype(np.float64).ravel()
            for axis in range(3)
            for index in (0, -1)
        ]
    )
    background = float(np.median(faces))
    low, high = map(float, np.percentile(values, (0.1, 99.9)))
    reach = max(high - background, background - low)
    if not reach > 0:
        return np.zeros(values.shape, bool)
    return np.abs(values - background) > NOT_BACKGROUND * reach


def _odd_sizes(volumes: Mapping[Modality, Volume], names: Mapping[Modality, str]) -> list[str]:
    found: dict[str, list[Modality]] = {}
    for modality in sorted(volumes):
        for problem in _size_problems(volumes[modality]):
            found.setdefault(problem, []).append(modality)
    return [f"{_names_of(which, names)}: {problem}" for problem, which in found.items()]


def _size_problems(volume: Volume) -> list[str]:
    problems: list[str] = []
    edges = volume.spacing_mm
    size = " × ".join(f"{edge:.3g}" for edge in edges)
    if max(edges) > THICKEST_MM + ROUNDING_MM:
        problems.append(
            f"voxel size {size} mm: slices thicker than {THICKEST_MM:g} mm hide small "
            "parts of a tumour; use a scan with thinner slices if there is one"
        )
    if min(edges) < THINNEST_MM - ROUNDING_MM:
        problems.append(
            f"voxel size {size} mm: finer than any scan of a head, so sizes and volumes "
            "will be wrong; correct the voxel size in the header"
        )
    if max(volume.shape) < FEWEST_VOXELS:
        return problems
    for n, edge, direction in zip(volume.shape, edges, DIRECTIONS, strict=True):
        extent = n * edge
        if not SMALLEST_HEAD_MM - ROUNDING_MM <= extent <= LARGEST_HEAD_MM + ROUNDING_MM:
            problems.append(
                f"the image measures {extent:.0f} mm {direction}; a whole head measures "
                f"{SMALLEST_HEAD_MM:.0f} to {LARGEST_HEAD_MM:.0f} mm; correct the voxel size in "
                "the header, or give an image of the whole head"
            )
            break
    return problems


def _too_small(samples: Mapping[Modality, _Sample], names: Mapping[Modality, str]) -> list[str]:
    small = [
        m
        for m, s in samples.items()
        if s.litres < SMALLEST_BRAIN_L and max(s.grid.shape) >= FEWEST_VOXELS
    ]
    if not small:
        return []
    litres = _range_text([samples[m].litres for m in small], "{:.1f}")
    return [
        f"{_names_of(small, names, of=samples)}: the visible brain has {litres} litres, an adult "
        "brain 1.0 to 1.7; check the voxel size in the header, and that the whole brain is shown"
    ]


def _inverted(samples: Mapping[Modality, _Sample], names: Mapping[Modality, str]) -> list[str]:
    """Images whose background is brighter than nearly all of the head: air gives no signal."""
    bright = [
        modality
        for modality, sample in samples.items()
        if not sample.foreground.all()
        and np.percentile(sample.values[sample.foreground], BRIGHTEST)
        < np.median(sample.values[~sample.foreground])
    ]
    if not bright:
        return []
    return [
        f"{_names_of(bright, names)}: the background is brighter than the head, so the intensities "
        "seem to be inverted; invert them back"
    ]


def _with_skull(samples: Mapping[Modality, _Sample], names: Mapping[Modality, str]) -> list[str]:
    large = [m for m, s in samples.items() if s.litres > LARGEST_BRAIN_L]
    full = [m for m, s in samples.items() if m not in large and s.share > 1 - LEAST_BACKGROUND]
    warnings: list[str] = []
    if large:
        litres = _range_text([samples[m].litres for m in large], "{:.1f}")
        warnings.append(
            f"{_names_of(large, names, of=samples)} may not be skull-stripped: {litres} litres "
            f"differ from the background, a brain has at most {LARGEST_BRAIN_L:g}; strip the "
            "skull, or the model may label scalp, orbits or skull as tumour"
        )
    if full:
        share = _range_text([100 * (1 - samples[m].share) for m in full], "{:.0f}")
        warnings.append(
            f"{_names_of(full, names, of=samples)} may not be skull-stripped: only {share} % of "
            "the image has the value of its border; strip the skull, or the model may label "
            "scalp, orbits or skull as tumour"
        )
    return warnings


def _duplicates(samples: Mapping[Modality, _Sample], names: Mapping[Modality, str]) -> list[str]:
    """Groups of images that are copies of each other; each image is reported once."""
    warnings: list[str] = []
    reported: set[Modality] = set()
    same = {
        (a, b): correlation
        for a, b in combinations(samples, 2)
        if (correlation := _correlation(samples[a], samples[b])) > SAME_IMAGE
    }
    for modality in samples:
        like = [b for a, b in same if a == modality]
        if like and modality not in reported:
            reported.update(like)
            least = min(same[modality, b] for b in like)
            warnings.append(
                f"{_names_of([modality, *like], names)} look like one image (correlation "
                f"{least:.4f}): a file may be present twice or under a wrong name; choose the "
                "right file for each sequence, or exclude the copy"
            )
    return warnings


def _correlation(one: _Sample, other: _Sample) -> float:
    """Correlation of two images over their common foreground; 0 if it is undefined."""
    if not one.grid.same_grid(other.grid):
        return 0.0
    common = one.foreground & other.foreground
    if np.count_nonzero(common) < FEWEST_IN_COMMON:
        return 0.0
    a, b = one.values[common], other.values[common]
    a, b = a - a.mean(), b - b.mean()
    # Sums, not dot products: those start the threads of the linear algebra library, which takes ten
    # times as long as the work itself while another process is busy.
    spread = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / spread if spread > 0 else 0.0


def _misaligned(samples: Mapping[Modality, _Sample], names: Mapping[Modality, str]) -> list[str]:
    """Images that are misaligned with the most central image, or show another brain.

    If all are aligned, the central image is the one with the outline most similar to the others.
    Without skull stripping, the foreground may be noise up to the border, so its position means
    nothing.
    """
    places = {
        m: _Position.of(s)
        for m, s in samples.items()
        if s.litres <= LARGEST_BRAIN_L and s.share <= 1 - LEAST_BACKGROUND
    }
    if not places:
        return []
    middle = min(places, key=lambda m: sum(places[m].excess(p) for p in places.values()))
    if all(place.excess(places[middle]) <= 1 for place in places.values()):
        middle = max(
            places, key=lambda m: sum(_overlap(samples[m], samples[n]) or 0 for n in places)
        )
    warnings: list[str] = []
    for m, place in places.items():
        overlap = _overlap(samples[m], samples[middle])
        if place.excess(places[middle]) > 1:
            warnings.append(
                f"{names[m]} may not be co-registered with {names[middle]}, or shows less of the "
                f"brain: {_difference(place, places[middle])}; register the images, or withhold it"
            )
        elif overlap is not None and overlap < LEAST_OVERLAP:
            warnings.append(
                f"{names[m]} and {names[middle]} show brains with different outlines, which "
                f"overlap by {100 * overlap:.0f} % only: make sure that they are of one patient "
                "and co-registered"
            )
    return warnings


def _overlap(one: _Sample, other: _Sample) -> float | None:
    """Dice of the two foregrounds; None if they lie on different grids."""
    if not one.grid.same_grid(other.grid):
        return None
    return dice(one.foreground, other.foreground)


def _difference(one: _Position, other: _Position) -> str:
    distance = one.distance_mm(other)
    if distance > FARTHEST_CENTRES_MM:
        return f"their centres are {distance:.0f} mm apart"
    axis = int(one.width_difference_mm(other).argmax())
    return (
        f"the visible parts measure {one.width_mm[axis]:.0f} and {other.width_mm[axis]:.0f} mm "
        f"{DIRECTIONS[axis]}"
    )


def _range_text(values: Sequence[float], form: str) -> str:
    """The range of the values as text; one number if both ends round to it."""
    ends = [form.format(end) for end in (min(values), max(values))]
    return " to ".join(dict.fromkeys(ends))


def _names_of(
    which: Sequence[Modality],
    names: Mapping[Modality, str],
    *,
    of: Mapping[Modality, object] | None = None,
) -> str:
    """The names of the sequences as a list in words, or "every sequence"."""
    if len(which) > 1 and len(which) == len(names if of is None else of):
        return "every sequence"
    return in_words(names[m] for m in which)
