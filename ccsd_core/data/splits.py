"""Published splits into training, validation and test cases, to compare with published scores.

    resources/splits/brats2018.json ── brats2018-1, brats2018-2, brats2018-3
                     brats2020.json ── brats2020
                     brats2021.json ── brats2021
                     brats2023.json ── brats2023
                                         └─ train │ val │ test      brats2020:test names a part

`ccsd_core.data.division` finds their patients in a folder, under the names of any year.

Source: each file's `source`; `resources/splits/README.md` has the attribution.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, Literal, get_args

from ccsd_core.errors import UnknownSplitError
from ccsd_core.storage.resources import resource

Part = Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True)
class Split:
    """A division of a data set into disjoint parts.

    Args:
        name: Its name for users.
        train: Ids of the training cases.
        val: Ids of the validation cases, by which settings and the best step are chosen.
        test: Ids of the test cases, on which results are reported.
        source: Publication of the split.
    """

    name: str
    train: tuple[str, ...]
    val: tuple[str, ...]
    test: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        for one, other in combinations(get_args(Part), 2):
            shared = set(self.part(one)) & set(self.part(other))
            assert not shared, f"{self.name}: {min(shared)} is in {one} and in {other}"

    def part(self, name: Part) -> tuple[str, ...]:
        """The ids of one part."""
        return {"train": self.train, "val": self.val, "test": self.test}[name]


def split_names() -> tuple[str, ...]:
    """The names of all published splits.

    >>> split_names()
    ('brats2018-1', 'brats2018-2', 'brats2018-3', 'brats2020', 'brats2021', 'brats2023')
    """
    return tuple(_published())


def read_split(name: str) -> Split:
    """Read a published split.

    >>> len(read_split("brats2018-3").test)
    57

    Raises:
        UnknownSplitError: If there is no split with this name.
    """
    key = name.strip().lower()
    published = _published()
    if key not in published:
        raise UnknownSplitError(name, known=published)
    file = published[key]
    parts = {part: tuple(file["splits"][key][part]) for part in get_args(Part)}
    return Split(key, **parts, source=file["source"])


@cache
def _published() -> dict[str, Mapping[str, Any]]:
    """The file of each split, by the split's name."""
    files = sorted(resource("splits").glob("*.json"))
    read = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {name: file for file in read for name in file["splits"]}
