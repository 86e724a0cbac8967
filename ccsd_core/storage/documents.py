"""JSON and TOML text as values, for every file that is read; models as JSON text.

The standard library's parsers raise a RecursionError for text that is nested too deeply, which
callers do not expect of a damaged file. Here it becomes a ValueError, like any other syntax error.
"""

import json
import tomllib
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError


def parsed_json(text: str | bytes) -> Any:
    """The value of a JSON document.

    Raises:
        ValueError: If it is none.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parsed_toml(text: str) -> dict[str, Any]:
    """The table of a TOML document.

    Raises:
        ValueError: If it is none.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def json_text(document: BaseModel, *, indent: int = 2) -> str:
    """A model as JSON text with a line break at its end.

    Names of files that are not UTF-8 are written with escapes, which `parsed_json` reads back.
    """
    try:
        return document.model_dump_json(indent=indent) + "\n"
    except PydanticSerializationError:
        return json.dumps(document.model_dump(mode="json"), indent=indent) + "\n"
