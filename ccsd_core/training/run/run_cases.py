"""The cases of a run, by their use, in RUN/cases.json: to resume it, and to score the same ones."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ccsd_core.errors import BadInputError
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.documents import parsed_json

CASES = "cases.json"


@dataclass(frozen=True, slots=True)
class RunCases:
    """The cases of a run.

    Args:
        data: The folder that contains them, absolute.
        training: Names of the training cases.
        validation: Names of the validation cases; empty without validation.
    """

    data: Path
    training: tuple[str, ...]
    validation: tuple[str, ...]


def write_cases(run: Path, cases: RunCases) -> None:
    """Write the file.

    Raises:
        ResourceError: If it cannot be written.
    """
    content = {
        "data": str(cases.data),
        "training": cases.training,
        "validation": cases.validation,
    }
    write_text(run / CASES, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_cases(run: Path) -> RunCases:
    """Read the file.

    Raises:
        BadInputError: If there is none, or it is damaged.
    """
    path = run / CASES
    try:
        found = parsed_json(path.read_text(encoding="utf-8"))
        content = cast("dict[str, object]", found)
        names = [cast("list[object]", content[use]) for use in ("training", "validation")]
        training, validation = (tuple(map(str, of)) for of in names)
        return RunCases(Path(str(content["data"])), training, validation)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(
            f"{path} cannot be read ({type(error).__name__}): give the folder of a training run "
            "that has begun"
        ) from error
