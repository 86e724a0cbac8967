"""Dividing the cases of a folder: a split of any year, by patient."""

import pytest

from ccsd_core.data.division import divide, divide_part
from ccsd_core.data.splits import read_split, split_names
from ccsd_core.errors import BadInputError, CaseError, UnknownSplitError
from ccsd_core.storage.names.patients import known_patients, patient_of, patients_of

PARTS = ("train", "val", "test")
BRATS2021 = [f"BraTS2021_{i:05d}" for i in range(1667)]


@pytest.mark.parametrize("name", split_names())
def test_the_splits_own_folder_is_divided_as_published(name):
    split = read_split(name)
    cases = sorted((*split.train, *split.val, *split.test, "another", "BraTS2021_99999"))

    division = divide(f" {name.upper()} ", cases)

    for part in PARTS:
        assert sorted(division.parts[part].cases) == list(split.part(part))
        assert division.parts[part].missing == ""
        found = divide_part(f" {name.upper()}:{part} ", cases)
        assert (found.cases, found.notes) == (division.parts[part].cases, ())
        assert (found.name, found.listed) == (f"{name}:{part}", len(patients_of(found.cases)))


@pytest.mark.parametrize("name", ["brats2018-3", "brats2020", "brats2023"])
def test_any_years_folder_has_the_patients_of_a_split(name):
    split, division = read_split(name), divide(name, BRATS2021)

    for part in PARTS:
        wanted, found = patients_of(split.part(part)), division.parts[part]
        assert patients_of(found.cases) == wanted & patients_of(BRATS2021)
        assert set(found.cases) <= set(BRATS2021)


def test_who_is_missing_is_reported_with_numbers():
    of_2020 = divide("brats2020", BRATS2021)
    few = divide("brats2018-3", ["BraTS20_Training_007", "BraTS2021_00000"])

    assert [of_2020.parts[part].missing for part in PARTS] == [
        "found 218 of the 219 patients of the training part of brats2020; missing: 1 "
        "(BraTS20_Training_355)",
        "found 49 of the 50 patients of the validation part of brats2020; missing: 1 "
        "(BraTS20_Training_354)",
        "found 98 of the 100 patients of the test part of brats2020; missing: 2 "
        "(BraTS20_Training_353, BraTS20_Training_367)",
    ]
    assert few.parts["train"].cases == ("BraTS20_Training_007",)
    assert few.parts["train"].missing == (
        "found 1 of the 199 patients of the training part of brats2018-3; missing: 198 "
        "(Brats18_2013_0_1, Brats18_2013_10_1, Brats18_2013_11_1, …)"
    )


def test_where_the_splits_own_name_is_there_other_cases_of_the_patient_are_left_alone():
    id = "BraTS-GLI-00008-00{}"
    one = "BraTS2021_00008"

    assert divide("brats2023", [one, id.format(0), id.format(2)]).parts["train"].cases == (
        id.format(0),
    )
    assert divide("brats2023", [one, id.format(2)]).parts["train"].cases == (one, id.format(2))
    assert divide("brats2023", [id.format(1), id.format(0)]).parts["train"].cases == (
        id.format(1),
        id.format(0),
    )


def test_an_empty_part_is_refused():
    with pytest.raises(
        CaseError, match=r"none of the 57 patients of the test part of brats2018-3 \(Brats18_.* 1 "
    ):
        divide_part("brats2018-3:test", ["BraTS2021_00000"])
    with pytest.raises(
        CaseError,
        match=r"no patient of site 12 is among the 2 cases .*\(1 of site 18, 1 of unknown",
    ):
        divide_part("sites:12:test", ["BraTS2021_00000", "Synthetic_00001"])
    with pytest.raises(CaseError, match="no patient of a site other than sites 1 and 18 is among"):
        divide_part("sites:18,1:train", ["BraTS2021_00000"])


@pytest.mark.parametrize(
    "text",
    ["brats2020", "brats2020:", "brats2020:tests", "x:test", ":test", "sites:18", "sites:18:val"],
)
def test_an_unknown_part_is_refused_with_those_there_are(text):
    with pytest.raises(UnknownSplitError, match=r"brats2020:val, brats2020:test.* sites:N:test"):
        divide_part(text, [])


def test_a_misspelt_part_proposes_the_closest():
    with pytest.raises(UnknownSplitError, match=r"did you mean brats2018-3:test\? use one of"):
        divide_part("brats2018-3:tset", [])


def test_leaving_a_site_out_keeps_it_for_the_test():
    names = [patient.names[-1] for patient in known_patients()]  # the oldest name of each
    division = divide("sites:18", [*names, "mine"])

    train, test = division.parts["train"].cases, division.parts["test"].cases
    assert {patient_of(name).site for name in test} == {"18"}
    assert len(test) == 382
    assert "18" not in {patient_of(name).site for name in train}
    assert len(train) + len(test) == 1255
    assert set(division.parts) == {"train", "test"}
    assert division.notes == (
        "found 382 of site 18, 873 of other sites; not used: 1 of unknown site",
    )
    assert divide_part(" Sites:18:test ", names).cases == test


def test_several_sites_are_left_out_together():
    names = [patient.id for patient in known_patients()]
    found = divide_part("sites: 6, 5:test", names)

    assert {patient_of(name).site for name in found.cases} == {"5", "6"}
    assert (found.name, found.listed) == ("sites:5,6:test", None)
    assert found.notes == ("found 56 of sites 5 and 6, 1199 of other sites",)


@pytest.mark.parametrize("text", ["sites:24", "sites:", "sites:5,,6", "sites:eighteen", "sites:05"])
def test_an_unknown_site_is_refused_with_those_there_are(text):
    with pytest.raises(BadInputError, match=r"unknown site '.*: 1 \(511\), 2 \(6\), 3 \(15\)"):
        divide(text, [])
