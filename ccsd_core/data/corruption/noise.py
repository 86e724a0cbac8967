"""Scanner noise in magnitude images.

    |S + n₁ + i·n₂|,   n₁, n₂ normal with deviation σ

Independent for each voxel of the case's grid, and only inside the brain, because skull stripping
comes after the scan.

Source: H. Gudbjartsson and S. Patz, Magnetic Resonance in Medicine 1995 (the Rician distribution).
"""

import numpy as np

from ccsd_core.data.corruption.scan import Scan


def noise(scan: Scan, rng: np.random.Generator, sigma_percent: float) -> Scan:
    """A noisy image.

    Args:
        scan: Image of the sequence.
        rng: Generator of random numbers.
        sigma_percent: Deviation of the noise in percent of the head's mean signal.
    """
    sigma = np.float32(sigma_percent / 100 * scan.mean)
    real, imaginary = (
        sigma * rng.standard_normal(scan.signal.shape, dtype=np.float32) for _ in range(2)
    )
    real += np.maximum(scan.signal, 0)
    return scan.with_signal(np.hypot(real, imaginary))
