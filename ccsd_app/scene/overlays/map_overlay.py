"""Maps over a slice: probability, uncertainty, and consensus of the subsets.

    probability   of one region, 0 to 1             drawn above 0.05
    uncertainty   entropy over the four classes     drawn from 0.2 bits (at most 2)
    consensus     subsets that predict a region     drawn from 1 of n

The outline is always that of the current prediction, which thresholds the probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.scene.cropped_regions import CroppedRegions, SliceLocation
from ccsd_app.scene.overlays.colour_map import CONSENSUS, PROBABILITY, UNCERTAINTY, colour_map
from ccsd_app.scene.overlays.outline import outlines
from ccsd_app.scene.overlays.overlay import Shape, blend, line_opacity
from ccsd_app.session.on_demand import ProbabilityMap
from ccsd_core.domain.byte_probability import CERTAIN
from ccsd_core.domain.region import Region

LEAST_PROBABILITY = 0.05
LEAST_BITS, MOST_BITS = 0.2, 2.0
LINE_COLOUR = (0xFF, 0xFF, 0xFF)

_P = np.arange(CERTAIN + 1) / CERTAIN
_SURPRISALS = np.where(_P > 0, -_P * np.log2(np.maximum(_P, 1e-12)), 0.0).astype(np.float32)
"""−p log₂ p for each stored probability p."""


@dataclass(frozen=True, slots=True)
class ProbabilityOverlay:
    """The probability of one region."""

    map: ProbabilityMap
    region: Region
    shown: CroppedRegions
    opacity: float

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        values = location.slice_of(self.map.values[self.region], self.map.offset_voxel)
        if values is None:
            return
        values[values < LEAST_PROBABILITY * CERTAIN] = 0
        _blend_values(rgb, values, PROBABILITY, self.opacity)

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        return _line(self.shown, location, (self.region,), self.opacity)


@dataclass(frozen=True, slots=True)
class UncertaintyOverlay:
    """The entropy over background, oedema, necrosis and enhancing tumour, in bits."""

    map: ProbabilityMap
    shown: CroppedRegions
    opacity: float

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        found = [location.slice_of(v, self.map.offset_voxel) for v in self.map.values]
        whole, core, enhancing = found
        if whole is None or core is None or enhancing is None:
            return
        bits = entropy_bits(whole, core, enhancing)
        levels = np.round(bits / MOST_BITS * 255).astype(np.uint8)
        levels[bits < LEAST_BITS] = 0
        _blend_values(rgb, levels, UNCERTAINTY, self.opacity)

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        return _line(self.shown, location, tuple(Region), self.opacity)


@dataclass(frozen=True, slots=True)
class ConsensusOverlay:
    """The number of predictions that contain a voxel in one region."""

    votes: tuple[CroppedRegions, ...]
    region: Region
    shown: CroppedRegions
    opacity: float

    def tint(self, rgb: NDArray[np.uint8], location: SliceLocation) -> None:
        count = sum(
            (vote.inside(location, self.region).astype(np.uint8) for vote in self.votes),
            np.zeros(rgb.shape[:2], np.uint8),
        )
        colours = np.concatenate([np.zeros((1, 3), np.uint8), vote_colours(len(self.votes))])
        blend(rgb, count, colours, np.full(len(colours), self.opacity))

    def shapes(self, location: SliceLocation) -> tuple[Shape, ...]:
        return _line(self.shown, location, (self.region,), self.opacity)


def vote_colours(votes: int) -> NDArray[np.uint8]:
    """The colours of 1, 2, … `votes` predictions, shape (votes, 3)."""
    return colour_map(CONSENSUS, max(votes, 1))


def entropy_bits(
    whole: NDArray[np.uint8], core: NDArray[np.uint8], enhancing: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Entropy in bits (0 to 2) of the four classes, from three nested probabilities (0 to 255)."""
    classes = (CERTAIN - whole, whole - core, core - enhancing, enhancing)
    return sum((_SURPRISALS[c] for c in classes), np.zeros(whole.shape, np.float32))


def _blend_values(
    rgb: NDArray[np.uint8], levels: NDArray[np.uint8], name: str, opacity: float
) -> None:
    blend(rgb, levels, colour_map(name), np.full(256, opacity))


def _line(
    shown: CroppedRegions, location: SliceLocation, regions: Sequence[Region], opacity: float
) -> tuple[Shape, ...]:
    found = (outlines(shown.inside(location, region)) for region in regions)
    return tuple(Shape(ls, LINE_COLOUR, opacity=line_opacity(opacity)) for ls in found if ls)
