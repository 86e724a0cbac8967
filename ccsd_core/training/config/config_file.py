"""Reading a training configuration from TOML; all mistakes are reported at once.

A file may state `extends = "brats2018"` (or a path relative to it) and then only the settings that
it changes:

    # table3-hmsd.toml
    extends = "brats2018"
    [distillation]
    dmcd = false
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import takewhile
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ccsd_core.errors import ConfigError, did_you_mean
from ccsd_core.model.choices import with_current_names
from ccsd_core.storage.documents import parsed_json, parsed_toml
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.config.layers import Values, merged, overridden

RUN_CONFIG = "config.json"
"""File in a run's folder with the settings it was trained with."""
CONFIGS = Path(__file__).parents[2] / "configs"
"""The bundled configurations."""


def config_names() -> list[str]:
    """Names of the bundled configurations."""
    return sorted(path.stem for path in CONFIGS.glob("*.toml"))


def about(name: str) -> str:
    """The purpose of a bundled configuration: its first line, to the end of the sentence."""
    lines = (CONFIGS / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    text, *more = (line.removeprefix("#").strip() for line in takewhile(_is_prose, lines))
    for line in more:
        if text.endswith((".", ":")):
            break
        sentence, end, _ = f"{line} ".partition(". ")
        text = f"{text} {sentence}{end}".strip()
    return text


def _is_prose(line: str) -> bool:
    """Whether a line is text of the comment, and not a command in it."""
    return line.startswith("# ") and not line.startswith("#  ")


def read_config(path: Path, changes: Sequence[str] = ()) -> TrainingConfig:
    """Read a TOML file, a bundled configuration by its name (`smoke`), or a run's configuration.

    Args:
        path: The file or the name; for a run its folder, or the `config.json` in it.
        changes: Settings to change, each as `optim.learning_rate=1e-3`.

    Raises:
        ConfigError: If the file is missing, is not TOML, or has mistakes; all are listed.
    """
    values = _read(_find(path), extended_by=())
    command_line: Values = {}
    for change in changes:
        command_line = merged(command_line, _renamed(_parsed(change)))
    values = overridden(values, command_line)
    try:
        return TrainingConfig.model_validate(values)
    except ValidationError as error:
        mistakes = "; ".join(_mistake(e["loc"], e["msg"]) for e in error.errors())
        raise ConfigError(f"{path}: {mistakes}") from error


def _mistake(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(map(str, location))
    text = message.removeprefix("Value error, ")
    if text == "Extra inputs are not permitted":
        text = f"unknown setting{_closest(where)}"
    elif text == "Input should be a valid tuple":
        text = "should be a list in brackets"
    elif text.startswith("Input should be a valid dictionary or instance"):
        text = f"is a table: write {where}.SETTING"
    return f"{where}: {text}" if where else text


def _closest(setting: str) -> str:
    """A question with the most similarly spelt setting; if none is similar, by its last word."""
    known = sorted(settings(TrainingConfig))
    whole = did_you_mean(setting, known)
    if not whole:
        by_last = {name.rpartition(".")[2]: name for name in reversed(known)}
        close = get_close_matches(setting.rpartition(".")[2], by_last, n=1, cutoff=0.75)
        whole = f"did you mean {by_last[close[0]]}?" if close else ""
    return f", {whole.strip()}" if whole else ""


def settings(config: type[BaseModel]) -> Iterator[str]:
    """The names of all settings; those in a table are prefixed by its name and a dot."""
    for name, field in config.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (f"{name}.{inner}" for inner in settings(kind))
        elif name != "begun_from":  # a record, not a setting
            yield name


def _find(path: Path, base_folder: Path | None = None) -> Path:
    """The file of a path or of a configuration's name."""
    if base_folder is not None and not path.is_absolute():
        path = base_folder / path
    bundled = CONFIGS / f"{path.stem}.toml"
    if (path / RUN_CONFIG).is_file():
        return path / RUN_CONFIG
    bare = path.parent == (base_folder or Path()) and path.suffix in ("", ".toml")
    return bundled if bare and not path.is_file() and bundled.exists() else path


def _read(path: Path, *, extended_by: tuple[Path, ...]) -> Values:
    if path in extended_by:
        raise ConfigError(f"{path} extends itself: remove one `extends`")
    try:
        text = path.read_text(encoding="utf-8")
        values = parsed_json(text) if path.suffix == ".json" else parsed_toml(text)
    except FileNotFoundError:
        question = did_you_mean(path.name, config_names())
        raise ConfigError(
            f"{path} does not exist: {question}give a TOML file, or the name of a bundled "
            "configuration (ccsd-app configs lists them)"
        ) from None
    except (ValueError, OSError) as error:  # raised by both parsers and by the text decoder
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise ConfigError(f"{path} is not readable {kind}: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} contains no settings: give a run's config.json or a TOML file")
    values = _renamed(values)
    base = values.pop("extends", None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise ConfigError(f"{path}: extends is {base!r}: give the name of a configuration")
    found = _find(Path(base), base_folder=path.parent)
    if not found.is_file():
        question = did_you_mean(base, config_names())
        raise ConfigError(
            f"{path} extends {base!r}, which does not exist: {question}give a file or a bundled "
            "configuration (ccsd-app configs lists them)"
        )
    return overridden(_read(found, extended_by=(*extended_by, path)), values)


def _renamed(values: Values) -> Values:
    """The values with current names of the model's settings, ready to be merged."""
    model = values.get("model")
    return {**values, "model": with_current_names(model)} if isinstance(model, dict) else values


def _parsed(change: str) -> Values:
    """A setting given on the command line, with its value as TOML, or as text if it is not TOML."""
    key, equals, text = change.partition("=")
    if not equals or not key.strip():
        name = key.strip() or "steps"
        raise ConfigError(
            f"{change!r} is not a setting: write {name}=VALUE, for example steps=2000 or "
            "optim.learning_rate=1e-3"
        )
    try:
        value = parsed_toml(f"value = {text}")["value"]
    except ValueError:
        value = text.strip()
    nested: object = value
    for part in reversed(key.strip().split(".")):
        nested = {part: nested}
    assert isinstance(nested, dict)
    return nested
