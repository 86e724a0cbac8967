"""Reading a training configuration from TOML, with every mistake named at once."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from ccsd_core.errors import ConfigError
from ccsd_core.training.config import TrainingConfig

CONFIGS = Path(__file__).parent.parent / "configs"
"""The configurations that travel with the package."""


def read_config(path: Path) -> TrainingConfig:
    """Read a TOML file, or one of our own configurations by its bare name (`smoke`).

    Raises:
        ConfigError: If the file is missing, is not TOML, or has mistakes; all are listed.
    """
    bundled = CONFIGS / f"{path.stem}.toml"
    if not path.exists() and path.parent == Path() and bundled.exists():
        path = bundled
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise ConfigError(f"{path} does not exist: give a TOML file, or one of {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path} is not readable TOML: {error}") from error
    try:
        return TrainingConfig.model_validate(values)
    except ValidationError as error:
        mistakes = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'config'}: {e['msg']}" for e in error.errors()
        )
        raise ConfigError(f"{path}: {mistakes}") from error
