"""The numbers a scanner writes: anything from 0 … 255 to 0 … 32767."""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.synthetic.noise import Field


def to_integers(rng: np.random.Generator, image: Field) -> NDArray[np.int16]:
    """Scanner units; background exactly 0, everything else at least 1.

    Seen in real data: tops of 255 and 360, of some thousands, and images stretched to 32767,
    the brightest voxels at times cut off.
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
