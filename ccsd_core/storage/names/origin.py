"""The real patients that a mixed case was made from.

Mixed cases contain lesions, anatomies or contrasts of real patients. A model trained on one has
seen these patients; holding out a patient also holds out such cases.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from ccsd_core.errors import CaseError
from ccsd_core.storage.atomic import write_bytes
from ccsd_core.storage.documents import parsed_json

ORIGIN = "origin.json"
"""File in the folder of a mixed case: the recipe, and the ids of its source patients."""


def write_origin(folder: Path, *, recipe: str, sources: Iterable[str]) -> None:
    """Record what a case was made from.

    Raises:
        ResourceError: If it cannot be written.
    """
    origin = {"recipe": recipe, "sources": list(sources)}
    write_bytes(folder / ORIGIN, json.dumps(origin, indent=1).encode())


def sources_of(path: Path) -> frozenset[str]:
    """Ids of the real patients in a case; empty for a case that is not mixed.

    Args:
        path: A case, as `find_cases` gives it.

    Raises:
        CaseError: If the case states that it is mixed, but not from whom.
    """
    file = path / ORIGIN
    if not file.is_file():
        return frozenset()
    try:
        sources = _names(parsed_json(file.read_bytes())["sources"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaseError(
            f"{file} does not say which patients the case was made from: generate the case again"
        ) from error
    return frozenset(sources)


def _names(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError
    names = [name for name in cast("list[object]", value) if isinstance(name, str)]
    if len(names) != len(cast("list[object]", value)):
        raise TypeError
    return names
