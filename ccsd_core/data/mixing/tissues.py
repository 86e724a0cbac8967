"""Approximate classification of grey matter, white matter and fluid in a real brain, for painting.

Three classes with independent Gaussians in T1, T2 and FLAIR, fitted by expectation maximisation
from seeds with known contrast: white matter is bright on T1 and dark on T2, fluid the reverse.
"""

from collections.abc import Mapping

import numpy as np

from ccsd_core.data.synthetic.noise import Field, Mask
from ccsd_core.domain.modality import Modality

SEQUENCES = (Modality.T1, Modality.T2, Modality.FLAIR)
ROUNDS = 3
MAX_VOXELS = 60_000
"""Largest number of voxels that the classes are fitted to."""


def white_seeds(images: Mapping[Modality, Field], healthy: Mask) -> Mask:
    """Voxels that are certainly white matter: bright on T1, dark on T2."""
    t1, t2 = images[Modality.T1], images[Modality.T2]
    low, high = np.quantile(t1[healthy], (0.7, 0.97))
    return healthy & (t1 > low) & (t1 < high) & (t2 < np.quantile(t2[healthy], 0.45))


def tissue_shares(
    images: Mapping[Modality, Field], brain: Mask, healthy: Mask
) -> tuple[Field, Field, Field]:
    """Fractions of grey matter, white matter and fluid, 0 … 1, 0 outside the brain.

    Args:
        images: Intensities, white matter at about 1.
        brain: Mask of the brain (x, y, z).
        healthy: The part of it that the classes are fitted to.
    """
    features = np.stack([images[m] for m in SEQUENCES])
    seeds = _seeds(images, healthy)
    known = features[:, healthy].T
    label = seeds[healthy]
    step = max(1, len(known) // MAX_VOXELS)
    known, label = known[::step], label[::step]
    belongs = np.stack([label == k for k in range(3)], axis=1).astype(np.float64)
    for _ in range(ROUNDS):
        total = belongs.sum(0) + 1e-6
        means = (belongs.T @ known) / total[:, None]
        squares = (belongs.T @ known**2) / total[:, None]
        spreads = np.sqrt(np.maximum(squares - means**2, 1e-3))
        belongs = _posterior(known, means, spreads)
    shares = np.zeros((3, *brain.shape), np.float32)
    shares[:, brain] = _posterior(features[:, brain].T, means, spreads).T
    # The widest class attracts outliers such as fat and vessels, which are not fluid.
    t1, t2 = features[0], features[1]
    wrong = (t1 > means[0, 0]) | (t2 < means[0, 1])
    shares[0] += np.where(wrong, shares[2], 0)
    shares[2] *= ~wrong
    return shares[0], shares[1], shares[2]


def _seeds(images: Mapping[Modality, Field], healthy: Mask) -> np.ndarray:
    """0 grey, 1 white, 2 fluid, 3 undecided."""
    t1, t2 = images[Modality.T1], images[Modality.T2]
    a, b = np.quantile(t1[healthy], (0.25, 0.5))
    c, d, e = np.quantile(t2[healthy], (0.45, 0.75, 0.95))
    seeds = np.full(t1.shape, 3, np.uint8)
    seeds[(t1 > a) & (t1 < b) & (t2 > c) & (t2 < d)] = 0
    seeds[white_seeds(images, healthy)] = 1
    seeds[(t1 < a) & (t2 > e)] = 2
    return seeds


def _posterior(values: np.ndarray, means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Posterior probability of each class (n, classes) for voxels (n, features)."""
    logits = np.stack(
        [
            -0.5 * (((values - m) / s) ** 2).sum(1) - np.log(s).sum()
            for m, s in zip(means, spreads, strict=True)
        ],
        axis=1,
    )
    logits -= logits.max(1, keepdims=True)
    belongs = np.exp(0.7 * logits)  # softened, because of partial volumes
    return belongs / belongs.sum(1, keepdims=True)
