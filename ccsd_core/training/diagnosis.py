"""Training errors with advice: a loss that is not finite, too little memory."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from ccsd_core.data.patches import Batch
from ccsd_core.errors import ResourceError, TrainingError, first_line
from ccsd_core.inference.hardware.failures import is_out_of_memory
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.objective.objective import StepOutcome

MAX_SKIPPED_STEPS = 20
"""Limit of consecutive skipped steps in fp16: its loss scale starts at 2¹⁶ and halves with each
overflow."""
LARGEST_PLAUSIBLE_WEIGHT = 1e3
"""Weights of a normalised network are not larger unless training diverged."""

_AGAIN = "; continue from the last checkpoint with --resume"


def check_finite(
    loss: float, outcome: StepOutcome, part: Batch, network: nn.Module, *, step: int
) -> None:
    """Check that the loss is finite.

    Args:
        loss: Loss of one part of the batch.
        outcome: Its terms.
        part: The part.
        network: Network with the weights that the loss was computed with.
        step: Number of the step, from 0.

    Raises:
        TrainingError: If the loss is not finite; the message has its terms, the cases, and advice.
    """
    if math.isfinite(loss):
        return
    terms = [name for name, value in outcome.parts.items() if not bool(torch.isfinite(value))]
    seen = part.present.to(part.images.device).reshape(*part.present.shape, 1, 1, 1)
    images = part.images.masked_fill(~seen, 0)
    broken = [n for n, p in network.named_parameters() if not bool(torch.isfinite(p).all())]
    if not bool(torch.isfinite(images).all()):
        cause = "the images contain values that are not numbers: check these cases"
    elif broken:
        cause = (
            f"{len(broken)} weights are not numbers (first: {broken[0]}), so an earlier "
            f"step was too large: lower optim.learning_rate or raise optim.warmup{_AGAIN}"
        )
    elif (largest := _largest(network)) > LARGEST_PLAUSIBLE_WEIGHT:
        cause = (
            f"weights have grown to {largest:.3g}, so earlier steps were too large: lower "
            f"optim.learning_rate or raise optim.warmup{_AGAIN}"
        )
    else:
        cause = (
            f"images and weights are finite (largest intensity {float(images.abs().max()):.3g}), "
            "so the computation overflowed: set engine.precision = '32-true' or lower "
            f"optim.learning_rate{_AGAIN}"
        )
    raise TrainingError(
        f"the loss is {loss} at step {step + 1} on {', '.join(part.ids)}; not finite: "
        f"{', '.join(terms) or 'only the sum'}; {cause}"
    )


def _largest(network: nn.Module) -> float:
    return max(float(p.detach().abs().max()) for p in network.parameters())


def check_gradient(norm: float, *, skipped: int, step: int, config: TrainingConfig) -> None:
    """Check that the gradient is finite. In fp16 occasional overflows are expected.

    Args:
        norm: L2 norm of the gradient.
        skipped: Number of consecutive steps with a norm that is not finite, including this one.
        step: Number of the step, from 0.
        config: Configuration of the run.

    Raises:
        TrainingError: If the gradient's norm is not finite; in fp16 only if this happens
            repeatedly.
    """
    if math.isfinite(norm):
        return
    if config.engine.precision == "16-mixed" and skipped <= MAX_SKIPPED_STEPS:
        return
    again = f", {skipped} times in a row" if skipped > 1 else ""
    raise TrainingError(
        f"the gradient's norm is {norm} at step {step + 1}{again}, although the loss is finite: "
        f"set engine.precision = '32-true' or lower optim.learning_rate{_AGAIN}"
    )


@contextmanager
def explain_out_of_memory(config: TrainingConfig) -> Iterator[None]:
    """Convert out-of-memory errors into an error that names the settings to lower.

    Raises:
        ResourceError: Instead of torch's own error.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        # some libraries raise it without mentioning memory
        cause = "" if "memory" in str(error) else f" (by the error {first_line(error)!r})"
        raise ResourceError(f"out of memory{cause}: {memory_advice(config)}") from error


def memory_advice(config: TrainingConfig) -> str:
    """Settings to lower, with their values; those that do not change the result come first."""
    engine, data = config.engine, config.data
    at_once = engine.micro_batch or data.batch
    ways = []
    if at_once > 1:
        ways.append(f"lower engine.micro_batch (now {at_once}; the result stays the same)")
    if not engine.activation_checkpointing:
        ways.append("set engine.activation_checkpointing = true (slower, same result)")
    if engine.precision == "32-true":
        ways.append("set engine.precision = 'bf16-mixed'")
    ways.append(f"lower data.patch (now {' × '.join(map(str, data.patch))})")
    if config.model.base_channels is not None:
        ways.append(f"lower model.base_channels (now {config.model.base_channels})")
    if engine.cache == "memory":
        ways.append("set engine.cache = 'disk' if the cases do not fit in memory")
    return ", or ".join(ways)
