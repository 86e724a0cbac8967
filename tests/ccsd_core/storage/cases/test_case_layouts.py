"""Reading cases: published layouts and free names, and who a case is."""

from pathlib import Path

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import BRATS2021, BRATS2023
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.names.origin import write_origin
from tests.ccsd_core.storage.cases.case_samples import BRATS2018, GLI, OWN, assert_read

every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)


@pytest.mark.parametrize(
    ("name", "names", "scheme", "message"),
    [
        ("BraTS2021_90001", None, BRATS2021, False),
        ("BraTS20_Training_001", None, BRATS2021, False),
        ("Brats18_CBICA_AAB_1", BRATS2018, BRATS2021, False),
        ("BraTS-GLI-00000-000", GLI, BRATS2023, False),
        ("patient 7", OWN, BRATS2021, True),
    ],
)
def test_every_layout_is_read_with_its_scheme(brats_case, name, names, scheme, message):
    written = brats_case(name, scheme=scheme, **({"names": names} if names else {}))
    case = load_case(written.path)
    assert_read(case, written)
    assert case.id == name
    assert case.scheme is scheme
    assert any("--scheme" in note for note in case.notes) == message
    assert len(case.sources) == 5
    assert all(source.reason for source in case.sources.values())


@every_subset
def test_any_sequences_alone_make_a_case(brats_case, subset: ModalitySubset):
    written = brats_case(available=subset)
    case = load_case(written.path)
    assert case.available == subset
    assert_read(case, written)


@every_subset
def test_free_names_of_any_sequences_make_a_case(brats_case, subset: ModalitySubset):
    written = brats_case("own", available=subset, names=OWN)
    assert_read(load_case(written.path), written)


def test_the_odd_label_name_of_case_355_is_found(brats_case):
    written = brats_case(
        "BraTS20_Training_355", names={**BRATS2018, None: "W39_1998.09.19_Segm.nii"}
    )
    case = load_case(written.path)
    assert case.reference is not None
    assert case.scheme is BRATS2021
    assert case.notes == ()


@pytest.mark.parametrize("prefix", ["flair-trial 03 ", "T2_study_", "seg-team_"])
def test_a_patients_name_does_not_make_sequences_of_its_files(brats_case, prefix: str):
    names = {role: prefix + name for role, name in OWN.items()}
    written = brats_case("own", names=names)
    assert_read(load_case(written.path), written)


def test_a_case_without_labels_has_no_reference(brats_case):
    case = load_case(brats_case(with_labels=False).path)
    assert case.reference is None
    assert None not in case.sources


def test_a_renamed_copy_of_a_published_case_is_still_published(brats_case):
    written = brats_case()
    moved = written.path.rename(written.path.with_name("two sequences"))
    case = load_case(moved)
    assert (case.id, case.scheme, case.notes) == ("two sequences", BRATS2021, ())


OTHER_NAMES = ("Brats18_CBICA_ABM_1", "HG_BraTS20_Training_007", "BraTS2021_01207")


@pytest.mark.parametrize("seen", [*OTHER_NAMES, "BraTS-GLI-01207-000"])
def test_a_case_is_among_those_that_name_its_patient_in_another_year(brats_case, seen):
    for name in OTHER_NAMES:
        case = load_case(brats_case(name).path)
        assert case.is_among([seen, "another"])
        assert not case.is_among(["BraTS20_Training_008", "BraTS-GLI-01208-000"])


def test_a_mixed_case_is_among_those_that_name_a_source_of_it(brats_case):
    written = brats_case("Synthetic_Mixed_00001")
    write_origin(written.path, recipe="lesion", sources=["BraTS20_Training_007"])

    case = load_case(written.path)

    assert case.is_among(["Brats18_CBICA_ABM_1"])
    assert not case.is_among(["Brats18_CBICA_AAB_1"])


def test_the_current_folder_has_its_own_name(brats_case, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(brats_case().path)
    assert load_case(Path()).id == "BraTS2021_90001"


@pytest.mark.parametrize(
    ("folder", "name"),
    [("sub-01/anat", "sub-01"), ("sub-01/ses-2/anat", "sub-01_ses-2"), ("p7/nifti", "p7")],
)
def test_a_folder_named_alike_for_all_patients_gives_way_to_the_patients(brats_case, folder, name):
    assert load_case(brats_case(folder, names=OWN).path).id == name


def test_volumes_are_writable_and_contiguous(brats_case):
    case = load_case(brats_case(dtype="float32").path)
    assert all(
        v.array.flags.writeable and v.array.flags.c_contiguous for v in case.volumes.values()
    )
