"""What a study needs is inferred from its images."""

import numpy as np
import pytest

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.needs import LARGEST_BRAIN_ML, is_stripped

SPACING_MM = 4.0


def _head(*, stripped: bool) -> Volume:
    """A small head without noise in its air, or a large brain: both have about 2 litres."""
    axes = [(np.arange(n) - (n - 1) / 2) * SPACING_MM for n in (56, 60, 56)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    scale = 1.0 if stripped else 0.85
    radius = np.sqrt((x / 76) ** 2 + (y / 88) ** 2 + (z / 74) ** 2) / scale
    values = np.where(radius < 1, 300 + 40 * np.cos(x / 9) * np.sin(y / 11), 0)
    if not stripped:
        values[(radius >= 1) & (radius < 1.09)] = 30  # bone
        values[(radius >= 1.09) & (radius < 1.18)] = 500  # scalp
    return Volume(values.astype(np.float32), np.diag([SPACING_MM] * 3 + [1.0]))


@pytest.mark.parametrize("stripped", [True, False], ids=["brain", "head"])
def test_a_small_head_whose_air_is_zero_is_no_large_brain(stripped: bool):
    image = _head(stripped=stripped)
    ml = np.count_nonzero(image.array) * image.voxel_ml
    assert 1850 < ml < LARGEST_BRAIN_ML, "its volume alone does not tell"
    assert is_stripped(image) is stripped
