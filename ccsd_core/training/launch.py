"""Launching a run: one process on one device, or several started by torchrun.

    ccsd-app train …                                   one process, CPU or one GPU
    torchrun --nproc-per-node 4 -m ccsd_app train …    four processes in one group

Lightning Fabric handles devices, precision and data parallelism.
"""

import logging
import os
from datetime import timedelta

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from lightning_fabric.strategies.strategy import Strategy
from torch import Tensor

from ccsd_core.errors import ConfigError
from ccsd_core.inference.hardware.devices import choose_device, fast_bf16, usable_cores
from ccsd_core.inference.hardware.gpus import capability, has_bf16, has_fast_fp16, prepare_gpu
from ccsd_core.inference.hardware.ranks import leave_process_group, process_count
from ccsd_core.training.config.config import EngineConfig, TrainingConfig

MAX_WORKERS = 8
"""Largest number of loading processes that `auto` uses for a GPU."""


def workers(engine: EngineConfig, device: torch.device) -> int:
    """Number of processes that prepare patches for one GPU or CPU, with `auto` resolved.

    A CPU needs its cores to train. GPUs in separate processes of torchrun share the
    machine's cores.
    """
    if engine.workers != "auto":
        return engine.workers
    if device.type == "cpu":
        return 0
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return max(1, min(MAX_WORKERS, usable_cores() // local - 1))


def launch(config: TrainingConfig, device: str) -> Fabric:
    """Launch Lightning Fabric for a configuration.

    Args:
        config: Configuration with a resolved precision (`resolved_precision`).
        device: `auto`, `cpu`, `cuda` or `cuda:N`; under torchrun every process uses its own.

    Raises:
        BadInputError: If there is no such device.
        ConfigError: If the batch cannot be shared among the processes.
    """
    chosen = choose_device(device)
    assert config.engine.precision != "auto", "resolved before"
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    world = process_count()
    if config.data.batch % world:
        raise ConfigError(
            f"data.batch = {config.data.batch} cannot be divided among {world} processes: make it "
            f"a multiple of {world}"
        )
    devices = 1 if chosen.index is None else [chosen.index]
    strategy: str | Strategy = "auto"
    prepare_gpu(chosen)
    if chosen.type == "cuda":
        torch.backends.cudnn.benchmark = True  # feature maps of a run have few shapes
    if world > 1:
        # A subset skips encoders, so the set of used parameters changes between steps.
        # The first process may need a long time to fill a cache while the others wait.
        strategy = DDPStrategy(
            find_unused_parameters=True,
            timeout=timedelta(hours=12),
            process_group_backend=group_backend(chosen),
        )
        devices = int(os.environ.get("LOCAL_WORLD_SIZE", str(world)))
    fabric = Fabric(
        accelerator=chosen.type,
        devices=devices,
        num_nodes=world // devices if isinstance(devices, int) else 1,
        strategy=strategy,
        precision=config.engine.precision,
    )
    fabric.launch()
    fabric.seed_everything(config.seed, verbose=False)
    return fabric


def group_backend(device: torch.device) -> str:
    """Backend for communication between processes: NCCL for GPUs if this torch has it.

    torch for Windows has no NCCL; gloo copies through main memory, which is slower.
    """
    return "nccl" if device.type == "cuda" and torch.distributed.is_nccl_available() else "gloo"


def close_process_group(fabric: Fabric) -> None:
    """Wait for all processes, then destroy their group; ending early would abort the others."""
    if fabric.world_size > 1:
        fabric.barrier()
        leave_process_group()


def resolved_precision(config: TrainingConfig, device: str) -> TrainingConfig:
    """The configuration with precision `auto` resolved, so that a resumed run keeps its precision.

    Raises:
        ConfigError: If the device does not support the configured precision.
    """
    chosen = choose_device(device)
    precision = config.engine.precision
    if precision == "16-mixed" and chosen.type != "cuda":
        raise ConfigError(
            f"engine.precision = '16-mixed' needs a CUDA device, this is {chosen.type}: use "
            "'bf16-mixed' or '32-true'"
        )
    if precision == "bf16-mixed" and chosen.type == "cuda" and not has_bf16(chosen):
        major, minor = capability(chosen)
        raise ConfigError(
            f"engine.precision = 'bf16-mixed': {torch.cuda.get_device_name(chosen)} (compute "
            f"capability {major}.{minor}) has no bf16, which begins with 8.0: use '16-mixed' or "
            "'32-true'"
        )
    unsound = chosen.type == "cpu" and _too_flat_for_bf16(config)
    if unsound and precision == "bf16-mixed":
        least = 3 * config.model.divisors[0]
        raise ConfigError(
            f"data.patch {config.data.patch} is too short along x for 'bf16-mixed' on a CPU: make "
            f"its first side at least {least}, or set engine.precision = '32-true'"
        )
    if precision != "auto":
        return config
    precision = "32-true"
    if fast_bf16(chosen) and not unsound:
        precision = "bf16-mixed"
    elif chosen.type == "cuda" and has_fast_fp16(chosen):
        precision = "16-mixed"
    engine = config.engine.model_copy(update={"precision": precision})
    return config.model_copy(update={"engine": engine})


def _too_flat_for_bf16(config: TrainingConfig) -> bool:
    """Whether any level is only one or two voxels long along x.

    In this case torch's bf16 convolution on a CPU returns uninitialised memory as the gradient of
    3³ weights (torch 2.13, AVX-512: always with a first side of 2, never with others).
    """
    return config.data.patch[0] < 3 * config.model.divisors[0]


def sum_over_ranks(fabric: Fabric, tensor: Tensor) -> Tensor:
    """The sum of a tensor over all processes; the tensor itself if there is only one."""
    if fabric.world_size == 1:
        return tensor
    # not fabric.all_reduce, which first waits at a barrier: a second message each time
    summed = tensor.detach().clone()
    torch.distributed.all_reduce(summed)
    return summed


def any_rank(fabric: Fabric, flag: bool) -> bool:  # noqa: FBT001 — the obvious argument
    """Whether the flag is set in any process; all processes get the same answer."""
    if fabric.world_size == 1:
        return flag
    count = torch.tensor(float(flag), device=fabric.device)
    return bool(sum_over_ranks(fabric, count) > 0)
