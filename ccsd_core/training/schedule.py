"""Numbers that change over a run, as pure functions of the step."""

import math
from dataclasses import dataclass

import numpy as np

from ccsd_core.domain.modality import Modality


@dataclass(frozen=True, slots=True)
class Draw:
    """What is drawn once per optimiser step, the same for all ranks and micro-batches.

    Args:
        level: k of C_k.
        ramp: w, the strength of both distillations from 0 to 1.
        order: The sequences in random order, for the ablations that choose at random.
    """

    level: int
    ramp: float
    order: tuple[Modality, ...] = tuple(Modality)


def draw_of(step: int, *, seed: int, steps: int, ramp: float) -> Draw:
    """What step `step` of `steps` works with."""
    rng = np.random.default_rng((seed, step, 7))
    level = int(rng.integers(1, len(Modality)))
    order = tuple(Modality(int(m)) for m in rng.permutation(len(Modality)))
    return Draw(level, distillation_ramp(step, steps=steps, ramp=ramp), order)


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


def ema_decay(decay: float, step: int) -> float:
    """A shorter memory at the start, so that the average forgets the random weights.

    >>> [round(ema_decay(0.9, s), 2) for s in (0, 10, 1000)]
    [0.1, 0.55, 0.9]
    """
    return min(decay, (1 + step) / (10 + step))
