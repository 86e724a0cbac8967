"""Published splits: whole, disjoint, and named as the data's folders are."""

import re

import pytest

from ccsd_core.data.splits import Split, read_split, split_names
from ccsd_core.errors import BadInputError, UnknownSplitError
from ccsd_core.storage.names.patients import patient_of, patients_of

COUNTS = {
    "brats2018-1": (199, 29, 57),
    "brats2018-2": (199, 29, 57),
    "brats2018-3": (199, 29, 57),
    "brats2020": (219, 50, 100),
    "brats2021": (876, 125, 250),
    "brats2023": (875, 125, 251),
}
FOLDERS = {
    "brats2018": r"Brats18_\w+_1",
    "brats2020": r"BraTS20_Training_\d{3}",
    "brats2021": r"BraTS2021_\d{5}",
    "brats2023": r"BraTS-GLI-\d{5}-00[01]",
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


@pytest.mark.parametrize("text", ["brats2019", "brats2018", "", "brats2020:test"])
def test_an_unknown_split_is_refused_with_those_there_are(text):
    with pytest.raises(
        UnknownSplitError, match=r"brats2018-3, brats2020, brats2021, brats2023$"
    ) as error:
        read_split(text)
    assert isinstance(error.value, BadInputError)
    assert repr(text) in str(error.value)


def test_a_case_in_two_parts_is_a_bug_of_the_list():
    with pytest.raises(AssertionError, match="b is in train and in test"):
        Split("s", ("a", "b"), ("c",), ("b", "d"), "nobody")


def test_every_case_of_brats_2020_is_there():
    split = read_split("brats2020")
    numbers = sorted(int(id[-3:]) for id in (*split.train, *split.val, *split.test))

    assert numbers == list(range(1, 370))


@every_split
def test_no_patient_is_in_two_parts_and_his_site_is_known(name):
    split = read_split(name)
    parts = [patients_of(split.part(part)) for part in ("train", "val", "test")]

    assert len(frozenset().union(*parts)) == sum(map(len, parts))
    assert all(patient_of(id).site for part in parts for id in part)


def test_brats_2023_has_the_patients_of_2021_but_for_its_second_scans():
    of_2021, of_2023 = (read_split(name) for name in ("brats2021", "brats2023"))
    ids = (*of_2023.train, *of_2023.val, *of_2023.test)
    second = [id for id in ids if id.endswith("-001")]
    everybody = patients_of((*of_2021.train, *of_2021.val, *of_2021.test))

    assert len(second) == 118
    assert set(second) < set(of_2023.train)
    assert patients_of(ids) < everybody
    assert len(everybody - patients_of(ids)) == 118
    assert {patient_of(id).site for id in everybody - patients_of(ids)} == {"18"}
