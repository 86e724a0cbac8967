"""Scanner units: integers with a maximum of 255 to 32767."""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.synthetic.noise import Field


def to_integers(rng: np.random.Generator, image: Field) -> NDArray[np.int16]:
    """Convert to scanner units; background is exactly 0, everything else at least 1.

    In real data maxima of 255, 360 and several thousand occur, and images scaled to 32767,
    sometimes with clipped bright voxels.
    """
    kind = rng.random()
    if kind < 0.12:
        top = 32767.0
    elif kind < 0.22:
        top = float(rng.choice([255, 360, 1023, 4095]))
    else:
        top = float(np.exp(rng.uniform(np.log(300), np.log(16000))))
    inside = image[image > 0]
    largest = float(inside.max()) if inside.size else 1.0
    if inside.size and rng.random() < 0.3:
        largest = float(np.quantile(inside[::7], rng.uniform(0.997, 1.0)))
    scaled = np.minimum(image / max(largest, 1e-6), 1.0) * top
    return np.where(image > 0, np.maximum(np.rint(scaled), 1), 0).astype(np.int16)
