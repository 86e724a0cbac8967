"""A run of seconds, and what the tests of training ask of it."""

import csv
from pathlib import Path

from ccsd_core.training.config.config import TrainingConfig

CONFIG = TrainingConfig.model_validate(
    {
        "name": "tiny",
        "steps": 6,
        "model": {"base_channels": 2, "levels": 2, "spacing_mm": 8.0},
        "data": {"patch": [16, 16, 16], "hold_out": ["Synthetic_00022"]},
        "optim": {"ema": 0.5},
        "engine": {
            "precision": "32-true",
            "checkpoint_every": 2,
            "log_every": 1,
            "tensorboard": False,
        },
    }
)


VALIDATED = {"every": 2, "cases": ["Synthetic_00021"]}


def changed(**tables) -> TrainingConfig:
    """CONFIG with some settings changed: `changed(optim={"ema": 0.9}, steps=3)`."""
    values = CONFIG.model_dump()
    for name, change in tables.items():
        values[name] = values[name] | change if isinstance(change, dict) else change
    return TrainingConfig.model_validate(values)


def losses(run: Path) -> list[tuple[str, str]]:
    with (run / "metrics.csv").open() as file:
        return [(row["step"], row["loss"]) for row in csv.DictReader(file)]


def validations(run: Path) -> list[dict[str, str]]:
    with (run / "validation.csv").open() as file:
        return list(csv.DictReader(file))


def stop_after(steps: int, generator) -> None:
    """Stop asking once `steps` steps are done, as a killed process would."""
    for progress in generator:
        if progress.what.startswith("loss") and progress.done == steps:
            return


class Stop:
    """Says so once somebody has asked."""

    asked = False

    def __call__(self) -> bool:
        return self.asked
