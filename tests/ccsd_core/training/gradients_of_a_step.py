"""Run an optimiser step for each job and save its gradients: by itself, or under torchrun.

python gradients_of_a_step.py DATA OUT {"NAME": ["setting=value", …], …}   → OUT/NAME.safetensors
"""

import json
import sys
from pathlib import Path

from lightning_fabric import Fabric
from safetensors.torch import save_file

from ccsd_core.data.dataset import open_cases
from ccsd_core.data.loading import step_batches
from ccsd_core.data.patches import PatchSampler
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import find_cases
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import read_config
from ccsd_core.training.launch import close_process_group, launch
from ccsd_core.training.state import fresh_state
from ccsd_core.training.step import optimiser_step


def step(data: Path, out: Path, config: TrainingConfig, fabric: Fabric) -> None:
    fabric.seed_everything(config.seed, verbose=False)
    cases = drain(open_cases(find_cases(data), spacing_mm=config.model.spacing_mm))
    state = fresh_state(config, fabric, cases.ids, None)
    d = config.data
    sampler = PatchSampler(
        cases=cases, patch=d.patch, batch=d.batch, foreground=1.0, augment="none", seed=config.seed
    )
    (batch,) = step_batches(
        sampler,
        steps=range(7, 8),
        rank=fabric.global_rank,
        world=fabric.world_size,
        micro_batch=config.engine.micro_batch,
    )
    report = optimiser_step(config, state, fabric, batch, step=7)
    if fabric.is_global_zero:
        messages = {
            "loss": repr(report.loss),
            "path": str(report.path),
            "criticality": json.dumps(dict(report.criticality)),
        }
        named = state.network.named_parameters()
        gradients = {name: p.grad.contiguous() for name, p in named if p.grad is not None}
        save_file(gradients, out, metadata=messages)


def main(data: Path, out: Path, jobs: dict[str, list[str]]) -> None:
    """One start for all jobs: importing takes longer than a step."""
    configs = {name: read_config(Path("smoke"), changes) for name, changes in jobs.items()}
    fabric = launch(next(iter(configs.values())), "cpu")
    for name, config in configs.items():
        step(data, out / f"{name}.safetensors", config, fabric)
    close_process_group(fabric)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
