"""The classifier of sequences: an average of small networks, computed with numpy.

It is in numpy, because the window's process, which never imports torch, uses it as well.
`packaging/train_classifier.py` trains it; `resources/classifier/README.md` describes its data and
accuracy.
"""

# safetensors is typed only in part.
# pyright: reportUnknownVariableType=false

from functools import lru_cache

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from safetensors.numpy import load_file

from ccsd_core.storage.resources import resource

FILE = "sequence_classifier.safetensors"


def log_probabilities(
    features: Float[NDArray[np.float64], "n f"],
) -> Float[NDArray[np.float64], "n m"]:
    """For each image the logarithm of the probability of FLAIR, T1, T1c and T2.

    Raises:
        MissingResourceError: If the installation is incomplete.
    """
    weights = _weights()
    x = (features - weights["mean"]) / weights["scale"]
    total = np.zeros((len(x), weights["out_bias"].shape[1]))
    for first, first_bias, last, last_bias in zip(
        weights["in"], weights["in_bias"], weights["out"], weights["out_bias"], strict=True
    ):
        hidden = np.maximum(x @ first.T + first_bias, 0)
        logits = hidden @ last.T + last_bias
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        total += shifted / shifted.sum(axis=1, keepdims=True)
    return np.log(total / len(weights["in"]) + FLOOR)


FLOOR = 0.01
"""Smallest probability: the appearance of one image alone rules out no sequence."""


@lru_cache(maxsize=1)
def _weights() -> dict[str, NDArray[np.float32]]:
    return load_file(resource("classifier", FILE))
