"""The files of a run.

RUN/
├── config.json           the resolved configuration
├── cases.json            the folder of the data, and the cases by use
├── status.json, run.lock what the process is doing; see `run_status`
├── train.log             events, with times
├── metrics.csv           one line every few steps, written during the run
├── validation.csv        one line per validation
├── sample.png            a slice with expert and prediction, at the newest validation, or without
│                         validation at the newest checkpoint
├── tensorboard/          the same as pictures: tensorboard --logdir RUN
├── checkpoints/step-…/   enough to resume exactly
├── model/                model.safetensors, manifest.json, CARD.md: what `--model RUN` loads,
│                         the best by validation, or the newest without validation
├── last/                 with validation: the newest model, whatever its score
└── cache/                prepared cases (engine.cache = "disk"); removed when the run is finished
"""

import shutil
import time
from pathlib import Path

from ccsd_core.errors import BadInputError, ResourceError
from ccsd_core.storage.atomic import check_place, write_text
from ccsd_core.storage.documents import json_text
from ccsd_core.storage.models.checkpoint import read_json, save_model
from ccsd_core.storage.models.manifest import Manifest
from ccsd_core.storage.names.patients import seen_among
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import RUN_CONFIG
from ccsd_core.training.run.model_card import model_card
from ccsd_core.training.run.snapshot import FOLDER as CHECKPOINTS
from ccsd_core.training.run.snapshot import snapshots
from ccsd_core.training.state import RunState
from ccsd_core.training.validation import Validation
from ccsd_core.version import software_version

LAST, CACHE = "last", "cache"
LOG = "train.log"


def newest_snapshot(run: Path, *, resume: bool) -> Path | None:
    """The checkpoint to resume from; None for a run that starts at its first step.

    A run to resume may have no checkpoint yet, because a job that a scheduler may restart has
    `--resume` from its first start.

    Raises:
        BadInputError: If the folder contains a run and `resume` is False, or is a file.
    """
    if run.exists() and not run.is_dir():
        raise BadInputError(f"{run} is a file: choose another folder for the run")
    check_place(run)
    found = snapshots(run)
    if found and not resume:
        raise BadInputError(f"{run} already contains a run: add --resume, or choose another folder")
    return found[-1] if found else None


def remove_leftovers(run: Path) -> None:
    """Remove incomplete files of a killed process; complete ones never have this prefix."""
    for folder in (run, run / CHECKPOINTS):
        for half in folder.glob(".new-*"):
            shutil.rmtree(half, ignore_errors=True)


def remove_cache(run: Path) -> None:
    """Remove the prepared cases of a finished run.

    Those in `engine.cache_dir` are kept, since other runs may share them.
    """
    shutil.rmtree(run / CACHE, ignore_errors=True)


def save_config(run: Path, config: TrainingConfig) -> None:
    """Write the resolved configuration."""
    write_text(run / RUN_CONFIG, json_text(config))


def log_changes(run: Path, snapshot: Path, config: TrainingConfig) -> None:
    """Log the settings that a resumed run changes."""
    before = TrainingConfig.model_validate(read_json(snapshot / "state.json")["config"])
    for name, (now, was) in config.differences(before).items():
        log(run, f"changed on resuming: {name} was {was}, is {now}")


def log(run: Path, text: str) -> None:
    """Add a line to the run's log.

    Raises:
        ResourceError: If it cannot be written.
    """
    line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}\n"
    try:
        run.mkdir(parents=True, exist_ok=True)
        with (run / LOG).open("a", encoding="utf-8") as file:
            file.write(line)
    except OSError as error:
        raise ResourceError(f"cannot write {run / LOG}: {error}") from error


def save_run_model(
    folder: Path,
    config: TrainingConfig,
    state: RunState,
    *,
    step: int,
    validation: Validation | None,
) -> None:
    """Write the averaged weights with manifest and model card, as `load_model` reads them."""
    scores: dict[str, float] = {}
    if validation is not None and not seen_among(validation.cases, state.trained):
        scores["validation mean Dice"] = round(validation.mean, 4)
    manifest = Manifest(
        name=config.name,
        sha256="",
        model=config.model.model_dump(mode="json"),
        training=config.model_dump(mode="json"),
        training_cases=state.trained,
        scores=scores,
        software=software_version(),
    )
    card = model_card(
        config,
        trained_on=state.trained,
        parameters=sum(p.numel() for p in state.average.parameters()),
        step=step,
        validation=validation,
    )
    save_model(folder, state.average.state_dict(), manifest, model_card=card)
