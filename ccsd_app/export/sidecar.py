"""A JSON file next to a file whose format cannot store provenance."""

import json
from collections.abc import Mapping
from pathlib import Path

from ccsd_core.storage.atomic import write_text


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write JSON that every parser can read, without NaN and infinity.

    Raises:
        ResourceError: If it cannot be written.
    """
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
