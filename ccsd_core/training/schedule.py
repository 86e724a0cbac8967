"""Quantities that change over a run, as pure functions of the step."""

import math
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np

from ccsd_core.domain.modality import Modality, ModalitySubset

Schedule = Literal["cosine", "polynomial"]

POWER = 0.9
"""Exponent of the polynomial decay, as in the code of ShaSpec and of nnU-Net."""


@dataclass(frozen=True, slots=True)
class StepDraw:
    """Random choices of one optimiser step, the same for all ranks and micro-batches.

    Args:
        level: Size k of the subsets that are decoded, 1 to 3.
        ramp: Factor w of both distillation losses, 0 to 1.
        order: The sequences in random order, for ablations with random choices.
        subset: A random subset with a uniform size from 1 to 4, as in the code of ShaSpec, for
            training on one subset per step.
    """

    level: int
    ramp: float
    order: tuple[Modality, ...] = tuple(Modality)
    subset: ModalitySubset = ModalitySubset.full()


def draw_step(step: int, *, seed: int, steps: int, ramp: float) -> StepDraw:
    """Draw level, order and subset of a step, reproducibly for equal `seed` and `step`."""
    rng = np.random.default_rng((seed, step, 7))
    level = int(rng.integers(1, len(Modality)))
    order = tuple(Modality(int(m)) for m in rng.permutation(len(Modality)))
    size = int(rng.integers(1, len(Modality) + 1))
    subset = ModalitySubset.of(*(Modality(int(m)) for m in rng.permutation(len(Modality))[:size]))
    return StepDraw(level, distillation_ramp(step, steps=steps, ramp=ramp), order, subset)


def heaviest_step(*, seed: int, steps: int, ramp: float) -> int:
    """The first step that needs the most memory: it draws level 2 (six subsets) and the full set.

    >>> draw_step(heaviest_step(seed=0, steps=9, ramp=0.5), seed=0, steps=9, ramp=0.5).level
    2
    """
    full, most = ModalitySubset.full(), len(Modality) // 2
    for step in count():
        draw = draw_step(step, seed=seed, steps=steps, ramp=ramp)
        if draw.level == most and draw.subset == full:
            return step
    raise AssertionError("unreachable")


def learning_rate_factor(
    step: int, *, steps: int, warmup: float, schedule: Schedule = "cosine", before: int = 0
) -> float:
    """Factor of the peak learning rate: linear warm-up to 1, then decay to 0.

    Args:
        step: Number of the step, from 0.
        steps: Steps of the run.
        warmup: Fraction of the run over which the factor rises, 0 to 1.
        schedule: `cosine`, or `polynomial`: (1 − step / steps) to the power of 0.9.
        before: Steps of an earlier run that count as done.

    >>> [round(learning_rate_factor(s, steps=100, warmup=0.1), 2) for s in (0, 9, 10, 55, 99)]
    [0.1, 1.0, 1.0, 0.5, 0.0]
    >>> round(learning_rate_factor(50, steps=100, warmup=0.0, schedule="polynomial"), 3)
    0.536
    """
    step, steps = step + before, steps + before
    warm = round(steps * warmup)
    if step < warm:
        return (step + 1) / warm
    done = min((step - warm) / max(1, steps - warm), 1.0)
    if schedule == "polynomial":
        return (1 - done) ** POWER
    return 0.5 * (1 + math.cos(math.pi * done))


def distillation_ramp(step: int, *, steps: int, ramp: float) -> float:
    """Factor w of the distillation losses: 0 to 1 over the first fraction `ramp` of the run."""
    length = steps * ramp
    return 1.0 if length <= 0 else min(1.0, step / length)


def ema_decay(decay: float, step: int) -> float:
    """Decay of the running average: smaller at first, so that the initial weights are forgotten.

    >>> [round(ema_decay(0.9, s), 2) for s in (0, 10, 1000)]
    [0.1, 0.55, 0.9]
    """
    return min(decay, (1 + step) / (10 + step))
