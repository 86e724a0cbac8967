"""Numbers that change over a run, as pure functions of the step."""

import math

from ccsd_core.domain.modality import Modality


def learning_rate_factor(step: int, *, steps: int, warmup: float) -> float:
    """Linear warm-up to 1, then a cosine to 0.

    >>> [round(learning_rate_factor(s, steps=100, warmup=0.1), 2) for s in (0, 9, 10, 55, 99)]
    [0.1, 1.0, 1.0, 0.5, 0.0]
    """
    warm = max(1, round(steps * warmup))
    if step < warm:
        return (step + 1) / warm
    done = (step - warm) / max(1, steps - warm)
    return 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


def distillation_ramp(step: int, *, steps: int, ramp: float) -> float:
    """w: from 0 to 1 over the first `ramp` of the run."""
    length = steps * ramp
    return 1.0 if length <= 0 else min(1.0, step / length)


def level_of(step: int, *, seed: int) -> int:
    """K of the level C_k, uniform in 1 … N−1, the same on every rank."""
    import numpy as np

    return int(np.random.default_rng((seed, step, 7)).integers(1, len(Modality)))
