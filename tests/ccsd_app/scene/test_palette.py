"""Colours are told apart with protan, deutan and tritan vision, by measured distance.

Dichromacy is simulated as by Machado, Oliveira and Fernandes, A Physiologically-based Model for
Simulation of Color Vision Deficiency, IEEE TVCG 2009 (doi:10.1109/TVCG.2009.113), severity 1, on
linear RGB. Distances are Euclidean in OKLab (B. Ottosson, 2020, bottosson.github.io/posts/oklab),
where about 0.02 is just noticeable.
"""

from itertools import combinations

import numpy as np
import pytest

from ccsd_app.scene.palette import (
    BOTH_COLOUR,
    CROSSHAIR_COLOUR,
    ONLY_CURRENT_COLOUR,
    ONLY_REFERENCE_COLOUR,
    label_colours,
    region_colours,
)
from ccsd_app.session.display import ColourScheme

VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
CLEARLY = 0.1
"""Five just noticeable differences."""
SAFE = ColourScheme.OKABE_ITO


def oklab(rgb: tuple[int, int, int], vision: np.ndarray) -> np.ndarray:
    shares = np.array(rgb) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return LAB_FROM_LMS @ np.cbrt(LMS_FROM_RGB @ np.clip(vision @ linear, 0, 1))


def nearest(colours, vision: np.ndarray) -> float:
    """The smallest distance between two of some colours."""
    places = [oklab(colour, vision) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(places, 2))


def test_distances_are_those_of_oklab():
    assert oklab((255, 255, 255), VISION["normal"]) == pytest.approx([1, 0, 0], abs=1e-3)
    assert nearest([(0, 0, 0), (255, 255, 255)], VISION["normal"]) == pytest.approx(1, abs=1e-3)
    red = oklab((255, 0, 0), VISION["normal"])  # a value of the source
    assert red == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)
    for vision in VISION.values():  # greys stay grey
        assert oklab((128, 128, 128), vision)[1:] == pytest.approx([0, 0], abs=0.01)


@pytest.mark.parametrize("vision", VISION.values(), ids=VISION)
def test_the_default_colours_are_told_apart_with_every_kind_of_vision(vision):
    regions = [*region_colours(SAFE).values(), CROSSHAIR_COLOUR]
    differences = [BOTH_COLOUR, ONLY_CURRENT_COLOUR, ONLY_REFERENCE_COLOUR]
    for colours in (regions, label_colours(SAFE), differences):
        assert nearest(colours, vision) >= CLEARLY


def test_the_other_schemes_are_not_and_only_the_default_is_called_safe():
    for scheme in set(ColourScheme) - {SAFE}:
        worst = min(nearest(label_colours(scheme), vision) for vision in VISION.values())
        assert worst < CLEARLY
        assert "safe" not in scheme.value.lower()
    assert "safe" in SAFE.value
