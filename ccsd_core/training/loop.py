"""The training loop: a generator that yields progress and leaves a run folder behind.

    RUN/
    ├── config.json           the resolved configuration
    ├── metrics.csv           one line every few steps, written as it goes
    ├── checkpoints/step-…/   enough to resume exactly
    └── model/                model.safetensors + manifest.json: what `segment --model RUN` loads

Every step depends only on (seed, step) and the weights, so a resumed run repeats the
uninterrupted one.
"""

import copy
import logging
import math
from collections.abc import Sequence
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from ccsd_core.data.dataset import TrainingCase, load_training_cases
from ccsd_core.data.patches import PatchSampler
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, CheckpointError, TrainingError
from ccsd_core.inference.hardware import choose_device, fast_bf16
from ccsd_core.inference.load import find_model
from ccsd_core.model.build import build_network
from ccsd_core.model.network import CcsdNetwork
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.case_folder import find_cases
from ccsd_core.storage.checkpoint import load_model_file, save_model
from ccsd_core.storage.manifest import Manifest
from ccsd_core.training.config import TrainingConfig
from ccsd_core.training.metrics_log import MetricsLog
from ccsd_core.training.objective import LossParts, Objective
from ccsd_core.training.schedule import distillation_ramp, learning_rate_factor, level_of
from ccsd_core.training.snapshot import RunState, load_snapshot, save_snapshot, snapshots
from ccsd_core.version import software_version

MODEL = "model"


def train(
    config: TrainingConfig,
    *,
    data: Path,
    run: Path,
    resume: bool = False,
    init: Path | None = None,
    device: str = "auto",
) -> Steps[Path]:
    """Train a network.

    Args:
        config: The run.
        data: Folder with labelled cases.
        run: Folder to leave results in; must not hold a run unless `resume`.
        resume: Go on from the newest checkpoint of `run`.
        init: Model whose weights to begin with.
        device: `auto`, `cpu`, `cuda`.

    Returns:
        The folder of the final model.

    Raises:
        BadInputError: If the run folder is taken, or the data or weights are unusable.
        TrainingError: If the loss is no longer a number.
    """
    found = snapshots(run)
    if found and not resume:
        raise BadInputError(f"{run} holds a run already: add --resume, or choose another folder")
    if resume and not found:
        raise BadInputError(f"{run} has no checkpoint to resume from: leave --resume out")

    chosen = choose_device(device)
    config = config.model_copy(update={"precision": resolved_precision(config, chosen)})
    paths = find_cases(data)
    cases = yield from load_training_cases(
        paths, spacing_mm=config.model.spacing_mm, hold_out=config.data.hold_out
    )
    sampler = _sampler(config, cases)
    fabric = _fabric(config, chosen)
    state = _fresh_state(config, fabric, [case.id for case in cases], init)
    done = 0
    if found:
        done, state = load_snapshot(found[-1], state, config)
    write_text(run / "config.json", config.model_dump_json(indent=2) + "\n")

    objective = Objective(config.distillation, auxiliaries=config.auxiliaries)
    yield Progress(done, config.steps, "training")
    with MetricsLog(run / "metrics.csv", after_step=done) as log:
        for step in range(done, config.steps):
            parts, path = _step(config, state, objective, sampler, fabric, step)
            if step % config.log_every == 0 or step + 1 == config.steps:
                log.write(step + 1, parts, path, lr=state.optimizer.param_groups[0]["lr"])
            if (step + 1) % config.checkpoint_every == 0 or step + 1 == config.steps:
                save_snapshot(run, state, config, step=step + 1)
                _save_model(run, config, state)
            yield Progress(step + 1, config.steps, f"loss {float(parts.total.detach()):.3f}")
    return run / MODEL


def _step(
    config: TrainingConfig,
    state: RunState,
    objective: Objective,
    sampler: PatchSampler,
    fabric: Fabric,
    step: int,
) -> tuple[LossParts, tuple[ModalitySubset, ...]]:
    """One optimiser step."""
    factor = learning_rate_factor(step, steps=config.steps, warmup=config.optim.warmup)
    for group in state.optimizer.param_groups:
        group["lr"] = config.optim.learning_rate * factor
    batch = sampler.draw(step)
    with fabric.autocast():
        parts, path = objective(
            state.network,
            fabric.to_device(batch.images),
            fabric.to_device(batch.present),
            fabric.to_device(batch.regions),
            level=level_of(step, seed=config.seed),
            ramp=distillation_ramp(step, steps=config.steps, ramp=config.distillation.ramp),
        )
    loss = float(parts.total.detach())
    if not math.isfinite(loss):
        raise TrainingError(
            f"the loss is {loss} at step {step + 1} on {', '.join(batch.ids)}: lower "
            "optim.learning_rate or set precision = '32-true', then resume"
        )
    state.optimizer.zero_grad(set_to_none=True)
    fabric.backward(parts.total)
    nn.utils.clip_grad_norm_(state.network.parameters(), config.optim.clip_norm)
    state.optimizer.step()
    _average(state.average, state.network, decay=_ema_decay(config.optim.ema, step))
    return parts, path


def _ema_decay(decay: float, step: int) -> float:
    """A shorter memory at the start, so that the average forgets the random weights."""
    return min(decay, (1 + step) / (10 + step))


@torch.no_grad()
def _average(average: nn.Module, network: nn.Module, *, decay: float) -> None:
    for kept, new in zip(average.parameters(), network.parameters(), strict=True):
        kept.lerp_(new, 1 - decay)


def _sampler(config: TrainingConfig, cases: list[TrainingCase]) -> PatchSampler:
    d = config.data
    return PatchSampler(
        cases=cases,
        patch=d.patch,
        batch=d.batch,
        foreground=d.foreground,
        augment=d.augment,
        seed=config.seed,
        prefer=d.prefer,
        prefer_share=d.prefer_share,
    )


def resolved_precision(config: TrainingConfig, device: torch.device) -> str:
    """What `auto` means on this device: a resumed run must not change its arithmetic."""
    if config.precision != "auto":
        return config.precision
    return "bf16-mixed" if fast_bf16(device) else "32-true"


def _fabric(config: TrainingConfig, device: torch.device) -> Fabric:
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    assert config.precision != "auto", "resolved before"
    devices = 1 if device.index is None else [device.index]
    fabric = Fabric(accelerator=device.type, devices=devices, precision=config.precision)
    fabric.seed_everything(config.seed, verbose=False)
    return fabric


def _fresh_state(
    config: TrainingConfig, fabric: Fabric, cases: Sequence[str], init: Path | None
) -> RunState:
    network = build_network(config.model)
    inherited = set[str]() if init is None else _load_into(network, find_model(init), config)
    network.to(fabric.device)
    network.to(memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
    optimizer = torch.optim.AdamW(
        network.parameters(),
        lr=config.optim.learning_rate,
        weight_decay=config.optim.weight_decay,
    )
    average = copy.deepcopy(network).requires_grad_(requires_grad=False)
    trained = tuple(sorted({*cases, *inherited}))
    return RunState(network, average, optimizer, tuple(cases), trained)


def _load_into(network: CcsdNetwork, path: Path, config: TrainingConfig) -> set[str]:
    """Load a model's weights; returns the cases they were trained on."""
    tensors, manifest = load_model_file(path)
    ours = config.model.model_dump(mode="json")
    differing = sorted(key for key, value in ours.items() if manifest.model.get(key) != value)
    if differing:
        raise CheckpointError(
            f"{path} ({manifest.name}) is another network: model.{', model.'.join(differing)} "
            "differ from the configuration"
        )
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(
            f"{path} ({manifest.name}): the weights do not fit their manifest"
        ) from error
    return set(manifest.training_cases)


def _save_model(run: Path, config: TrainingConfig, state: RunState) -> None:
    """The averaged weights, as `load_model` reads them."""
    manifest = Manifest(
        name=config.name,
        sha256="",
        model=config.model.model_dump(mode="json"),
        training=config.model_dump(mode="json"),
        training_cases=state.trained,
        software=software_version(),
    )
    save_model(run / MODEL, state.average.state_dict(), manifest)
