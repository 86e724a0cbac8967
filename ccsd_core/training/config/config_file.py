"""Reading a training configuration from TOML, with every mistake named at once.

A file may say `extends = "brats2018"` (or a path beside it) and then only what it changes, so
that an experiment's file is the experiment:

    # table3-hmsd.toml
    extends = "brats2018"
    [distillation]
    dmcd = false
"""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ccsd_core.errors import ConfigError
from ccsd_core.model.choices import with_current_names
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.layers import Values, laid_over, merged

RUN_CONFIG = "config.json"
"""In a run's folder: the settings it was trained with."""
CONFIGS = Path(__file__).parents[2] / "configs"
"""The configurations that travel with the package."""


def config_names() -> list[str]:
    """Names of the bundled configurations."""
    return sorted(path.stem for path in CONFIGS.glob("*.toml"))


def about(name: str) -> str:
    """The first line of a bundled configuration: what it is for."""
    first = (CONFIGS / f"{name}.toml").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip()


def read_config(path: Path, changes: Sequence[str] = ()) -> TrainingConfig:
    """Read a TOML file, one of our own configurations by its bare name (`smoke`), or a run's own.

    Args:
        path: The file or the name; of a run its folder, or the `config.json` in it.
        changes: Settings to change, each as `optim.learning_rate=1e-3`.

    Raises:
        ConfigError: If the file is missing, is not TOML, or has mistakes; all are listed.
    """
    values = _read(_find(path), extended_by=())
    asked: Values = {}
    for change in changes:
        asked = merged(asked, _renamed(_parsed(change)))
    values = laid_over(values, asked)
    try:
        return TrainingConfig.model_validate(values)
    except ValidationError as error:
        mistakes = "; ".join(_told(e["loc"], e["msg"]) for e in error.errors())
        raise ConfigError(f"{path}: {mistakes}") from error


def _told(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(map(str, location))
    text = message.removeprefix("Value error, ")
    if text == "Extra inputs are not permitted":
        text = "unknown setting"
    elif text == "Input should be a valid tuple":
        text = "should be a list in brackets"
    elif text.startswith("Input should be a valid dictionary or instance"):
        text = f"is a table: write {where}.SETTING"
    return f"{where}: {text}" if where else text


def _find(path: Path, beside: Path | None = None) -> Path:
    """The file of a path or bare name."""
    if beside is not None and not path.is_absolute():
        path = beside / path
    bundled = CONFIGS / f"{path.stem}.toml"
    if (path / RUN_CONFIG).is_file():
        return path / RUN_CONFIG
    bare = path.parent == (beside or Path()) and path.suffix in ("", ".toml")
    return bundled if bare and not path.is_file() and bundled.exists() else path


def _read(path: Path, *, extended_by: tuple[Path, ...]) -> Values:
    if path in extended_by:
        raise ConfigError(f"{path} extends itself: remove one `extends`")
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except FileNotFoundError:
        known = ", ".join(config_names())
        raise ConfigError(f"{path} does not exist: give a TOML file, or one of {known}") from None
    except (ValueError, OSError) as error:  # what both readers and the text's decoder raise
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise ConfigError(f"{path} is not readable {kind}: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} holds no settings: give a run's config.json or a TOML file")
    values = _renamed(values)
    base = values.pop("extends", None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise ConfigError(f"{path}: extends is {base!r}: give the name of a configuration")
    found = _find(Path(base), beside=path.parent)
    if not found.is_file():
        known = ", ".join(config_names())
        raise ConfigError(
            f"{path} extends {base!r}, which does not exist: give a file or one of {known}"
        )
    return laid_over(_read(found, extended_by=(*extended_by, path)), values)


def _renamed(values: Values) -> Values:
    """The values with the model's settings by their names of today, so that they can be merged."""
    model = values.get("model")
    return {**values, "model": with_current_names(model)} if isinstance(model, dict) else values


def _parsed(change: str) -> Values:
    """A setting given on the command line: its value as TOML, or else as text."""
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        raise ConfigError(
            f"{change!r} is not a setting: write for example optim.learning_rate=1e-3"
        )
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    nested: object = value
    for part in reversed(key.strip().split(".")):
        nested = {part: nested}
    assert isinstance(nested, dict)
    return nested
