"""Models as JSON text."""

import os
from pathlib import Path

import pytest
from pydantic import BaseModel

from ccsd_core.storage.documents import json_text, parsed_json


class Place(BaseModel):
    path: Path
    label: str = "é"


@pytest.mark.parametrize("name", [b"caf\xc3\xa9", b"caf\xff"], ids=["UTF-8", "not UTF-8"])
def test_a_path_of_any_bytes_is_written_and_read_back(name):
    place = Place(path=Path(os.fsdecode(name)))

    text = json_text(place)

    text.encode()  # it can be written to a file
    assert Place.model_validate(parsed_json(text)) == place
