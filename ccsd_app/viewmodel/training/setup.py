"""The settings of a run to start, and the command lines that estimate and start it.

TrainingSetup ──▶ dry_run_arguments ──▶ ccsd-app train … --dry-run --json FILE
              └─▶ train_arguments   ──▶ ccsd-app train … -o RUN
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from ccsd_core.errors import ConfigError
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.config_file import RUN_CONFIG, about, config_names, read_config

FIRST = ("light", "ccsd", "light-real", "smoke")
"""Configurations for one's own data; the others reproduce tables of the paper."""


@dataclass(frozen=True, slots=True)
class ConfigurationChoice:
    """A configuration that can be chosen.

    Args:
        name: Its name, or the path of a file.
        about: What it is for.
    """

    name: str
    about: str


def configurations() -> tuple[ConfigurationChoice, ...]:
    """The bundled configurations, those for one's own data first."""
    names = config_names()
    first = [name for name in FIRST if name in names]
    others = [name for name in names if name not in FIRST]
    return tuple(ConfigurationChoice(name, about(name)) for name in (*first, *others))


@dataclass(frozen=True, slots=True)
class TrainingSetup:
    """What the user has chosen.

    Args:
        data: Folder of labelled cases; None before one is chosen.
        run: Folder of the run; None before one is chosen.
        configuration: Name of a bundled configuration, or path of a .toml file.
        name: Name of the resulting model.
        length: Steps, or epochs if the configuration counts these.
        validation_percent: Share of the patients used for validation, in percent; 0 for none, or
            for those that the configuration names.
        validation_every: Steps between validations.
        init: Name or folder of the model with the initial weights; "" for random weights.
        device: `auto`, `cpu`, `cuda`, `cuda:N`.
    """

    data: Path | None
    run: Path | None
    configuration: str
    name: str
    length: int
    validation_percent: int
    validation_every: int
    init: str = ""
    device: str = "auto"

    def problem(self) -> str:
        """Why it cannot be started; "" if it can."""
        if self.data is None:
            return "Choose a folder of labelled cases."
        if not self.data.is_dir():
            return f"{self.data} is not a folder."
        if self.run is None:
            return "Choose a folder for the run."
        if (self.run / RUN_CONFIG).exists() or (self.run / "checkpoints").exists():
            return f"{self.run} already contains a run: choose another folder."
        if not self.name.strip():
            return "Give the model a name."
        return ""

    def train_arguments(self) -> tuple[str, ...]:
        """Arguments of `ccsd-app` that start the run."""
        assert self.data is not None
        assert self.run is not None
        init = ("--init", self.init) if self.init else ()
        return (*self._common(), "-o", str(self.run.absolute()), *init)

    def dry_run_arguments(self, out: Path) -> tuple[str, ...]:
        """Arguments of `ccsd-app` that estimate the run and write the numbers to a JSON file."""
        return (*self._common(), "--dry-run", "--json", str(out))

    def _common(self) -> tuple[str, ...]:
        assert self.data is not None
        changes = [part for change in self._changes() for part in ("-s", change)]
        data = ("--data", str(self.data.absolute()))
        return ("train", self.configuration, *data, "--device", self.device, *changes)

    def _changes(self) -> list[str]:
        """The settings that differ from those of the configuration."""
        config = read_config(Path(self.configuration))
        given = default_setup(config, self.configuration)
        changes: list[str] = []
        if self.name != given.name:
            changes.append(f"name={json.dumps(self.name.strip(), ensure_ascii=False)}")
        if self.length != given.length:
            unit = "steps" if config.epochs is None else "epochs"
            changes.append(f"{unit}={self.length}")
        if given.validation_percent and not self.validation_percent:
            return [*changes, "validation.every=0"]
        if self.validation_percent != given.validation_percent:
            changes.append(f"validation.fraction={self.validation_percent / 100:g}")
        every = config.validation.every
        if (every or self.validation_percent) and self.validation_every != every:
            changes.append(f"validation.every={self.validation_every}")
        return changes


def setup_of(configuration: str) -> TrainingSetup:
    """The settings of a configuration, without folders.

    Raises:
        ConfigError: If it cannot be read.
    """
    return default_setup(read_config(Path(configuration)), configuration)


def default_setup(config: TrainingConfig, configuration: str) -> TrainingSetup:
    """The settings of a configuration that has been read, without folders."""
    length = config.steps if config.epochs is None else config.epochs
    v = config.validation
    return TrainingSetup(
        None,
        None,
        configuration,
        config.name,
        length,
        round(100 * v.fraction) if v.every else 0,
        v.every or max(1, min(500, config.steps // 4)),
    )


def length_unit(configuration: str) -> str:
    """`steps` or `epochs`; steps if the configuration cannot be read."""
    try:
        return "steps" if read_config(Path(configuration)).epochs is None else "epochs"
    except ConfigError:
        return "steps"


def names_validation(configuration: str) -> bool:
    """Whether a configuration names its validation cases, by a split or one by one."""
    try:
        validation = read_config(Path(configuration)).validation
    except ConfigError:
        return False
    return bool(validation.every) and not validation.fraction


def suggested_run(data: Path, name: str) -> Path:
    """A new folder next to the data, named by the model and the day."""
    day = time.strftime("%Y-%m-%d")
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
    first = data.absolute().parent / f"{safe}-{day}"
    number = 2
    place = first
    while place.exists():
        place = first.with_name(f"{first.name}-{number}")
        number += 1
    return place


def resume_arguments(run: Path, *, data: Path, device: str) -> tuple[str, ...]:
    """Arguments of `ccsd-app` that resume a run with its own settings."""
    folders = ("--data", str(data), "-o", str(run.absolute()))
    return ("train", *folders, "--resume", "--device", device)
