"""One optimiser step over micro-batches and ranks, equal to a step with one large batch.

for each micro-batch:  criticality ──▶ sum over parts and ranks ──▶ path   (only if split)
for each micro-batch:  loss ──▶ backward (ranks add up at the last one)
clip ──▶ optimiser ──▶ running average

Standardised kernels are computed once for all micro-batches but the last, whose backward pass goes
through the weights themselves, because there the ranks exchange their gradients.
"""

import math
import operator
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial, reduce

import torch
from lightning_fabric import Fabric
from torch import nn

from ccsd_core.data.loading import StepBatch
from ccsd_core.data.patches import Batch
from ccsd_core.distillation.criticality import CriticalitySums
from ccsd_core.distillation.path import Path
from ccsd_core.model.layers.standardised import standardised_once
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.diagnosis import check_finite, check_gradient
from ccsd_core.training.launch import sum_over_ranks
from ccsd_core.training.objective.objective import PARTS, Objective, StepOutcome, StepPlan
from ccsd_core.training.objective.path_choice import criticality_scores
from ccsd_core.training.schedule import StepDraw, draw_step, ema_decay, learning_rate_factor
from ccsd_core.training.state import RunState


@dataclass(frozen=True, slots=True)
class StepReport:
    """The report of one step, over the whole batch.

    Args:
        loss: The weighted sum of all terms.
        parts: The terms by name, unweighted.
        learning_rate: Learning rate of this step.
        gradient_norm: L2 norm of all gradients before clipping.
        criticality: Criticality of each sequence that could be scored, by name.
        path: The decremental path, as text; empty without DMCD.
    """

    loss: float
    parts: Mapping[str, float]
    learning_rate: float
    gradient_norm: float
    criticality: Mapping[str, float]
    path: tuple[str, ...]


def optimiser_step(
    config: TrainingConfig, state: RunState, fabric: Fabric, batch: StepBatch, *, step: int
) -> StepReport:
    """Take one optimiser step.

    Args:
        config: Configuration of the run.
        state: Networks and optimiser, changed in place.
        fabric: Devices and ranks of the run.
        batch: This rank's micro-batches, and the available sequences of every sample of the whole
            batch.
        step: Number of the step, from 0.

    Raises:
        TrainingError: If the loss is no longer finite.
    """
    o = config.optim
    rate = o.learning_rate * learning_rate_factor(
        step, steps=config.steps, warmup=o.warmup, schedule=o.schedule, before=o.steps_before
    )
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    draw = draw_step(step, seed=config.seed, steps=config.steps, ramp=config.distillation.ramp)
    parts = [_on_device(fabric, part) for part in batch.parts]
    batch_present = batch.batch_present
    state.optimizer.zero_grad(set_to_none=True)
    # a compiled network has fused them into its kernels
    once = len(parts) > 1 and not config.engine.compile
    with standardised_once(state.network) if once else nullcontext():
        sums, path = _path_of_batch(state, fabric, parts, batch_present, draw)
        plan = StepPlan(batch_present, draw, path)
        outcomes = [_backward(state, fabric, part, plan, last=False) for part in parts[:-1]]
    outcomes.append(_backward(state, fabric, parts[-1], plan, last=True))
    norm = fabric.clip_gradients(
        state.network,
        state.optimizer,
        max_norm=o.clip_norm or math.inf,  # the norm is needed for the log in any case
        error_if_nonfinite=False,
    )
    losses, norm = _losses_and_norm(outcomes, norm)
    for (loss, *_), outcome, part in zip(losses, outcomes, parts, strict=True):
        check_finite(loss, outcome, part, state.network, step=step)
    state.skipped = 0 if math.isfinite(norm) else state.skipped + 1
    check_gradient(norm, skipped=state.skipped, step=step, config=config)
    state.optimizer.step()  # in fp16 a step with an overflow is skipped
    if not state.skipped:
        average_weights(state.average, state.network, decay=ema_decay(o.ema, step))
    return _report(fabric, losses, outcomes, sums, rate=rate, norm=norm)


def _backward(
    state: RunState, fabric: Fabric, part: Batch, plan: StepPlan, *, last: bool
) -> StepOutcome:
    """Add the gradients of one micro-batch; at the last one the ranks exchange theirs."""
    with fabric.no_backward_sync(state.objective, enabled=not last):
        loss, outcome = state.objective(part.images, part.present, part.regions, plan)
        # DDP averages gradients over ranks, but their sum is needed.
        fabric.backward(loss * fabric.world_size)
    return outcome


def _losses_and_norm(
    outcomes: list[StepOutcome], norm: torch.Tensor | None
) -> tuple[list[list[float]], float]:
    """Loss and terms of each part, and the gradient's norm, in one transfer from the device."""
    rows = [torch.stack([o.total.float(), *(o.parts[name] for name in PARTS)]) for o in outcomes]
    last = rows[0].new_full((1,), math.nan) if norm is None else norm.detach().float().reshape(1)
    *numbers, norm_value = torch.cat([*rows, last]).tolist()
    width = 1 + len(PARTS)
    return [numbers[i : i + width] for i in range(0, len(numbers), width)], norm_value


def _path_of_batch(
    state: RunState,
    fabric: Fabric,
    parts: list[Batch],
    batch_present: torch.Tensor,
    draw: StepDraw,
) -> tuple[CriticalitySums | None, Path | None]:
    """The path if it depends on several micro-batches; otherwise the objective chooses it."""
    objective = state.objective.module
    assert isinstance(objective, Objective)
    if len(parts) < 2 or not objective.dmcd:
        return None, None
    if objective.paths.is_random:  # a random path needs no criticality
        return None, objective.paths.path(None, batch_present, order=draw.order)
    sums_of_parts: list[CriticalitySums] = []
    for part in parts:
        with fabric.autocast():
            sums_of_parts.append(
                objective.criticality_sums(part.images, part.present, part.regions)
            )
    found = _sum_over_batch(fabric, sums_of_parts)
    return found, objective.paths.path(found, batch_present, order=draw.order)


def _sum_over_batch(fabric: Fabric, parts: list[CriticalitySums]) -> CriticalitySums:
    """The sums over the whole batch: this rank's parts, and all ranks."""
    mine = reduce(operator.add, parts)
    return mine.all_reduced(partial(sum_over_ranks, fabric))


def _on_device(fabric: Fabric, part: Batch) -> Batch:
    return Batch(
        fabric.to_device(part.images).float(),  # sent as half floats
        part.present,  # stays on the CPU, which reads it
        fabric.to_device(part.regions),
        part.ids,
    )


@torch.no_grad()
def average_weights(average: nn.Module, network: nn.Module, *, decay: float) -> None:
    """Move the running average towards the network's weights."""
    averages: list[torch.Tensor] = list(average.parameters())
    weights: list[torch.Tensor] = list(network.parameters())
    torch._foreach_lerp_(averages, weights, 1 - decay)  # pyright: ignore[reportPrivateImportUsage]


def _report(
    fabric: Fabric,
    losses: list[list[float]],
    outcomes: list[StepOutcome],
    summed_before: CriticalitySums | None,
    *,
    rate: float,
    norm: float,
) -> StepReport:
    """The report of a step, with losses summed over the parts of all ranks."""
    total = torch.tensor(losses).sum(dim=0)
    sums = summed_before
    if sums is None:
        mine = reduce(operator.add, [outcome.sums for outcome in outcomes])
        total, sums = _summed_over_ranks(fabric, total, mine)
    elif fabric.world_size > 1:
        total = sum_over_ranks(fabric, fabric.to_device(total))
    loss, *terms = total.tolist()
    scores = {m.name: score for m, score in criticality_scores(sums).items()}
    return StepReport(
        loss=loss,
        parts=dict(zip(PARTS, terms, strict=True)),
        learning_rate=rate,
        gradient_norm=norm,
        criticality=scores,
        path=tuple(map(str, outcomes[-1].path)),
    )


def _summed_over_ranks(
    fabric: Fabric, losses: torch.Tensor, sums: CriticalitySums
) -> tuple[torch.Tensor, CriticalitySums]:
    """Both summed over all ranks by one message; on the CPU."""
    if fabric.world_size == 1:
        return losses, sums.to_cpu()
    rows = [fabric.to_device(losses), sums.total.flatten(), fabric.to_device(sums.count).flatten()]
    summed = sum_over_ranks(fabric, torch.cat(rows)).cpu()
    losses, total, count = summed.split([row.numel() for row in rows])
    return losses, CriticalitySums(total.view_as(sums.total), count.view_as(sums.count))
