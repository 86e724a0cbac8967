"""The folder of prepared cases does not grow for ever."""

import os
from pathlib import Path

from ccsd_core.data.cache_limit import limit_cache, mark_used

YEAR_2020 = 1_577_836_800


def prepared(folder: Path, name: str, *, size: int, used: int) -> None:
    """A prepared case of so many bytes, used in the given year."""
    for ending, count in ((".pt", size - 10), (".json", 10)):
        file = folder / f"{name}{ending}"
        file.write_bytes(b"x" * count)
        os.utime(file, (YEAR_2020 + used, YEAR_2020 + used))


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_cases_used_longest_ago_go_first_and_needed_ones_stay(tmp_path):
    for used, name in enumerate("abcd"):
        prepared(tmp_path, name, size=100, used=used)
    (tmp_path / "mine.txt").write_text("not a prepared case" * 100)

    assert limit_cache(tmp_path, limit=400, keep=()) == 0
    assert limit_cache(tmp_path, limit=250, keep={"a"}) == 200

    assert names(tmp_path) == ["a.json", "a.pt", "d.json", "d.pt", "mine.txt"]


def test_needed_cases_stay_even_beyond_the_limit(tmp_path):
    prepared(tmp_path, "a", size=100, used=0)
    assert limit_cache(tmp_path, limit=1, keep={"a"}) == 0
    assert names(tmp_path) == ["a.json", "a.pt"]


def test_a_case_in_use_counts_as_the_newest(tmp_path):
    for used, name in enumerate("ab"):
        prepared(tmp_path, name, size=100, used=used)
    mark_used(["a", "missing"], folder=tmp_path)
    assert limit_cache(tmp_path, limit=100, keep=()) == 100
    assert names(tmp_path) == ["a.json", "a.pt"]
