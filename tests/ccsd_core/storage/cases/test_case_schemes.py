"""Reading cases: what the integers of their labels mean."""

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD, Region
from ccsd_core.errors import LabelSchemeError
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.overrides import LabelFile
from ccsd_core.storage.label_maps.scheme_file import scheme_from
from tests.ccsd_core.storage.cases.case_samples import BRATS2018, GLI, OWN, labels_of


def test_label_4_in_the_newer_names_is_the_resection_cavity(brats_case):
    written = brats_case("BraTS-GLI-02000-101", names=GLI, labels=labels_of(1, 2, 3, 4))
    case = load_case(written.path)
    assert case.scheme is BRATS2024
    assert case.reference_regions is not None
    assert case.reference_regions[Region.WT].sum() == 3
    assert "resection cavity" in case.notes[0]


def test_a_cavity_without_enhancing_tumour_is_reported_by_the_sets_own_name(brats_case):
    written = brats_case("BraTS-GLI-02000-102", names=GLI, labels=labels_of(1, 2, 4))
    assert load_case(written.path).scheme is BRATS2024


def test_label_4_without_3_under_a_foreign_name_is_asked_for(brats_case):
    names = {k: v.format(id="BraTS-X-1") for k, v in GLI.items()}
    written = brats_case("mine", names=names, labels=labels_of(1, 2, 4))
    with pytest.raises(
        LabelSchemeError, match=r"brats2021 or brats2024 .*\(command line: --scheme\)"
    ):
        load_case(written.path)
    assert load_case(written.path, scheme=BRATS2021).scheme is BRATS2021


def test_a_scheme_chosen_for_the_label_file_takes_precedence(brats_case):
    names = {k: v.format(id="BraTS-X-1") for k, v in GLI.items()}
    written = brats_case("mine", names=names, labels=labels_of(1, 2, 4))
    labels = written.path / names[None]
    for scheme in (BRATS2021, BRATS2024):
        files = {"labels": LabelFile(labels, scheme)}
        case = load_case(written.path, files=files, scheme=BRATS2023)
        assert case.scheme is scheme
        assert case.sources[None].path == labels


def test_only_schemes_that_fit_are_offered_and_none_where_none_does(brats_case):
    with pytest.raises(LabelSchemeError, match=r"choose brats2024"):
        load_case(brats_case("own", names=OWN, labels=labels_of(1, 2, 3, 4)).path)
    with pytest.raises(LabelSchemeError, match=r"convert them to one of brats2021"):
        load_case(brats_case("odd", names=OWN, labels=labels_of(1, 7)).path)


@pytest.mark.parametrize("values", [(1, 2, 3), (3,), (1, 2, 3, 4)], ids=str)
def test_free_names_with_label_3_ask_for_the_scheme(brats_case, values):
    written = brats_case("own", names=OWN, labels=labels_of(*values))
    with pytest.raises(LabelSchemeError, match=r"labels 0.*3.*brats2021.*--scheme") as error:
        load_case(written.path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("scheme", [BRATS2023, BRATS2024, MSD], ids=lambda s: s.name)
def test_the_users_scheme_wins_and_needs_no_note(brats_case, scheme):
    written = brats_case("own", names=OWN, labels=labels_of(1, 2, 3))
    case = load_case(written.path, scheme=scheme)
    assert case.scheme is scheme
    assert case.notes == ()


def test_even_the_users_scheme_must_fit(brats_case):
    written = brats_case(labels=labels_of(1, 2, 4))
    with pytest.raises(LabelSchemeError, match="brats2023"):
        load_case(written.path, scheme=BRATS2023)


@pytest.mark.parametrize("names", [BRATS2018, GLI, OWN], ids=["2021", "2023", "own"])
def test_the_users_scheme_is_the_cases_without_labels_too(brats_case, names):
    case = load_case(brats_case(names=names, with_labels=False).path, scheme=MSD)
    assert (case.scheme, case.notes) == (MSD, ())


@pytest.mark.parametrize(
    ("name", "names", "scheme"),
    [
        ("BraTS2021_90001", None, BRATS2021),
        ("Brats18_CBICA_AAB_1", BRATS2018, BRATS2021),
        ("BraTS-GLI-00000-000", GLI, BRATS2023),
    ],
)
def test_without_labels_the_layout_still_tells_the_scheme(brats_case, name, names, scheme):
    case = load_case(
        brats_case(name, with_labels=False, **({"names": names} if names else {})).path
    )
    assert case.reference is None
    assert case.scheme is scheme
    assert case.notes == ()


def test_without_labels_free_names_get_the_default_scheme_and_say_so(brats_case):
    case = load_case(brats_case("own", names=OWN, with_labels=False).path)
    assert case.scheme is BRATS2021
    (note,) = case.notes
    assert "written as brats2021" in note
    assert "4 enhancing" in note
    assert "--scheme" in note


def test_without_labels_a_note_says_that_the_paediatric_set_has_other_numbers(brats_case):
    case = load_case(brats_case("BraTS-PED-00001-000", names=GLI, with_labels=False).path)
    assert case.scheme is BRATS2023
    assert "paediatric" in case.notes[0]


@pytest.mark.parametrize(
    ("name", "names", "scheme"),
    [("BraTS2021_90001", BRATS2018, BRATS2021), ("BraTS-GLI-00000-000", GLI, BRATS2023)],
)
@pytest.mark.parametrize("modality", Modality)
def test_one_sequence_of_a_published_set_alone_has_its_scheme(
    brats_case, name, names, scheme, modality
):
    written = brats_case(name, names=names)
    case = load_case(written.path / names[modality].format(id=name))
    assert (case.scheme, case.notes) == (scheme, ())


def test_the_paediatric_set_is_not_taken_for_the_adult_one(brats_case):
    written = brats_case("BraTS-PED-00001-000", names=GLI, labels=labels_of(1, 2, 3))
    with pytest.raises(LabelSchemeError, match="paediatric"):
        load_case(written.path)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_labels_stored_nearly_whole_are_read(brats_case, dtype):
    labels = labels_of(1, 2, 4).astype(dtype)
    case = load_case(brats_case(labels=labels * 0.99999997).path)
    assert case.reference is not None
    assert np.unique(case.reference.array).tolist() == [0, 1, 2, 4]


def test_labels_of_necrosis_alone_may_be_of_the_whole_tumour_which_is_reported(
    brats_case, tmp_path
):
    whole = load_case(brats_case("P1", labels=labels_of(1, 1)).path)
    usual = load_case(brats_case("P2", labels=labels_of(1, 2)).path)
    mine = tmp_path / "mine.toml"
    mine.write_text("necrosis = 9\noedema = 1\nenhancing = 8\n")
    stated = load_case(tmp_path / "P1", scheme=scheme_from(str(mine)))

    assert any("marks the whole tumour" in note for note in whole.notes)
    assert not any("marks the whole tumour" in note for note in (*usual.notes, *stated.notes))
    assert stated.reference_regions[Region.WT].sum() == 2
    assert not stated.reference_regions[Region.TC].any()
