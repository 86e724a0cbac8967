"""Published splits: whole, disjoint, and named as the data's folders are."""

import re

import pytest

from ccsd_core.data.splits import Split, part_of, read_split, split_names
from ccsd_core.errors import BadInputError, UnknownSplitError

COUNTS = {
    "brats2018-1": (199, 29, 57),
    "brats2018-2": (199, 29, 57),
    "brats2018-3": (199, 29, 57),
    "brats2020": (219, 50, 100),
    "brats2021": (876, 125, 250),
}
FOLDERS = {
    "brats2018": r"Brats18_\w+_1",
    "brats2020": r"BraTS20_Training_\d{3}",
    "brats2021": r"BraTS2021_\d{5}",
}
every_split = pytest.mark.parametrize("name", split_names())


@every_split
def test_a_split_divides_its_data_set(name):
    split = read_split(name)

    assert (len(split.train), len(split.val), len(split.test)) == COUNTS[name]
    everyone = {*split.train, *split.val, *split.test}
    assert len(everyone) == sum(COUNTS[name])
    assert split.source


@every_split
def test_names_are_those_of_the_datas_folders(name):
    split = read_split(name)
    pattern = re.compile(FOLDERS[name.partition("-")[0]])

    for part in ("train", "val", "test"):
        assert all(pattern.fullmatch(id) for id in split.part(part))
        assert list(split.part(part)) == sorted(split.part(part))


def test_the_three_splits_of_2018_are_of_the_same_cases_and_their_tests_overlap():
    splits = [read_split(f"brats2018-{n}") for n in (1, 2, 3)]
    tests = [set(split.test) for split in splits]

    assert len({frozenset((*s.train, *s.val, *s.test)) for s in splits}) == 1
    assert len(tests[0] & tests[1]) == 14
    assert len(tests[0] & tests[2]) == 9
    assert len(tests[1] & tests[2]) == 14


@every_split
@pytest.mark.parametrize("part", ["train", "val", "test"])
def test_a_part_is_named_on_the_command_line(name, part):
    assert part_of(f"{name}:{part}") == read_split(name).part(part)
    assert part_of(f" {name.upper()}:{part} ") == read_split(name).part(part)


@pytest.mark.parametrize("text", ["brats2019", "brats2018", "", "brats2020:test"])
def test_an_unknown_split_is_refused_with_those_there_are(text):
    with pytest.raises(UnknownSplitError, match=r"brats2018-3, brats2020, brats2021$") as error:
        read_split(text)
    assert isinstance(error.value, BadInputError)
    assert repr(text) in str(error.value)


@pytest.mark.parametrize("text", ["brats2020", "brats2020:", "brats2020:tests", "x:test", ":test"])
def test_an_unknown_part_is_refused_with_those_there_are(text):
    with pytest.raises(UnknownSplitError, match=r"brats2020:val, brats2020:test"):
        part_of(text)


def test_a_case_in_two_parts_is_a_bug_of_the_list():
    with pytest.raises(AssertionError, match="b is in train and in test"):
        Split("s", ("a", "b"), ("c",), ("b", "d"), "nobody")


def test_every_case_of_brats_2020_is_there():
    split = read_split("brats2020")
    numbers = sorted(int(id[-3:]) for id in (*split.train, *split.val, *split.test))

    assert numbers == list(range(1, 370))
