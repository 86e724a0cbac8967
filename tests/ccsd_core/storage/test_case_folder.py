"""Reading cases: layouts, free names, label schemes, grids, and what is refused."""

import json
import os
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, BRATS2023, BRATS2024, MSD, Region
from ccsd_core.errors import CaseError, LabelSchemeError, NiftiError
from ccsd_core.storage.by_hand import LabelFile
from ccsd_core.storage.case_folder import load_case
from ccsd_core.storage.origin import write_origin
from ccsd_core.storage.segmentation_file import save_labels

F, T1, T1C, T2 = Modality
BRATS2018 = {
    F: "{id}_flair.nii",
    T1: "{id}_t1.nii",
    T1C: "{id}_t1ce.nii",
    T2: "{id}_t2.nii",
    None: "{id}_seg.nii",
}
GLI = {
    F: "{id}-t2f.nii.gz",
    T1: "{id}-t1n.nii.gz",
    T1C: "{id}-t1c.nii.gz",
    T2: "{id}-t2w.nii.gz",
    None: "{id}-seg.nii.gz",
}
OWN = {
    F: "AX T2 FLAIR.nii.gz",
    T1: "AX T1.nii.gz",
    T1C: "AX T1 +C.nii.gz",
    T2: "AX T2.nii.gz",
    None: "tumour label.nii.gz",
}
every_subset = pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)


def assert_read(case, written) -> None:
    """The case holds what was written, seen from the patient."""
    assert case.grid.is_canonical
    for modality, stored in written.images.items():
        assert (case.volumes[modality].array == stored[::-1, ::-1]).all()
    assert (case.reference.array == written.labels[::-1, ::-1]).all()


@pytest.mark.parametrize(
    ("name", "names", "scheme", "said"),
    [
        ("BraTS2021_90001", None, BRATS2021, False),
        ("BraTS20_Training_001", None, BRATS2021, False),
        ("Brats18_CBICA_AAB_1", BRATS2018, BRATS2021, False),
        ("BraTS-GLI-00000-000", GLI, BRATS2023, False),
        ("patient 7", OWN, BRATS2021, True),
    ],
)
def test_every_layout_is_read_with_its_scheme(brats_case, name, names, scheme, said):
    written = brats_case(name, scheme=scheme, **({"names": names} if names else {}))
    case = load_case(written.path)
    assert_read(case, written)
    assert case.id == name
    assert case.scheme is scheme
    assert any("--scheme" in note for note in case.notes) == said
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


# -------------------------------------------------------------------------- label schemes


def labels_of(*values: int) -> np.ndarray:
    labels = np.zeros((24, 28, 20), np.uint8)
    for position, value in enumerate(values):
        labels[5 + position, 5, 5] = value
    return labels


def test_label_4_in_the_newer_names_is_the_resection_cavity(brats_case):
    written = brats_case("BraTS-GLI-02000-101", names=GLI, labels=labels_of(1, 2, 3, 4))
    case = load_case(written.path)
    assert case.scheme is BRATS2024
    assert case.reference_regions is not None
    assert case.reference_regions[Region.WT].sum() == 3
    assert "resection cavity" in case.notes[0]


def test_a_cavity_without_enhancing_tumour_is_told_by_the_sets_own_name(brats_case):
    written = brats_case("BraTS-GLI-02000-102", names=GLI, labels=labels_of(1, 2, 4))
    assert load_case(written.path).scheme is BRATS2024


def test_label_4_without_3_under_a_foreign_name_is_asked_for(brats_case):
    names = {k: v.format(id="BraTS-X-1") for k, v in GLI.items()}
    written = brats_case("mine", names=names, labels=labels_of(1, 2, 4))
    with pytest.raises(LabelSchemeError, match=r"brats2021 or brats2024 with --scheme"):
        load_case(written.path)
    assert load_case(written.path, scheme=BRATS2021).scheme is BRATS2021


def test_what_is_said_of_the_label_file_wins_over_everything(brats_case):
    names = {k: v.format(id="BraTS-X-1") for k, v in GLI.items()}
    written = brats_case("mine", names=names, labels=labels_of(1, 2, 4))
    labels = written.path / names[None]
    for scheme in (BRATS2021, BRATS2024):
        files = {"labels": LabelFile(labels, scheme)}
        case = load_case(written.path, files=files, scheme=BRATS2023)
        assert case.scheme is scheme
        assert case.sources[None].path == labels


def test_only_schemes_that_fit_are_offered_and_none_where_none_does(brats_case):
    with pytest.raises(LabelSchemeError, match=r"which of brats2024 they follow"):
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


def test_without_labels_the_paediatric_set_is_told_that_its_numbers_are_others(brats_case):
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


# ------------------------------------------------------------------------------- by hand


def test_files_given_by_hand_replace_what_the_names_say(brats_case, tmp_path: Path):
    written = brats_case()
    other = brats_case("other", seed=1)
    file = other.path / "other_t1.nii.gz"
    case = load_case(written.path, files={T1: file})
    assert (case.volumes[T1].array == other.images[T1][::-1, ::-1]).all()
    assert (case.volumes[F].array == written.images[F][::-1, ::-1]).all()
    assert case.sources[T1].reason == "given by hand"


@every_subset
def test_files_given_by_hand_need_no_telling_names(brats_case, subset: ModalitySubset):
    names = {m: f"series{m}.nii.gz" for m in Modality} | {None: "x.nii.gz"}
    written = brats_case("own", names=names)
    files = {m: written.path / f"series{m}.nii.gz" for m in subset}
    case = load_case(written.path, files=files)
    assert case.available == subset
    assert (case.stored.affine == written.affine).all()


def test_two_files_for_one_sequence_are_both_named(brats_case):
    written = brats_case("own", names=OWN)
    nib.save(nib.load(written.path / OWN[T1]), written.path / "COR T1.nii.gz")
    with pytest.raises(CaseError, match=r"AX T1\.nii\.gz and COR T1\.nii\.gz.*T1.*--t1") as error:
        load_case(written.path)
    assert "\n" not in str(error.value)
    by_hand = {T1: written.path / "COR T1.nii.gz"}
    assert load_case(written.path, files=by_hand).sources[T1].path.name == "COR T1.nii.gz"


def test_a_sequence_packed_and_unpacked_is_a_doubt(brats_case):
    written = brats_case()
    nib.save(
        nib.load(written.path / f"{written.path.name}_t2.nii.gz"),
        written.path / f"{written.path.name}_t2.nii",
    )
    with pytest.raises(CaseError, match=r"_t2\.nii and .*_t2\.nii\.gz"):
        load_case(written.path)


def test_one_file_cannot_be_two_sequences(brats_case):
    written = brats_case()
    file = written.path / f"{written.path.name}_t1.nii.gz"
    with pytest.raises(CaseError, match="as T1 and as T2"):
        load_case(written.path, files={T1: file, T2: file})


def test_an_original_is_preferred_to_its_bias_corrected_copy(brats_case):
    written = brats_case("own", names=OWN)
    nib.save(nib.load(written.path / OWN[T2]), written.path / "AX T2 bias.nii.gz")
    assert load_case(written.path).sources[T2].path.name == OWN[T2]


# --------------------------------------------------------------------------------- grids


def test_one_sequence_in_another_orientation_lies_where_the_rest_lie(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_t1ce.nii.gz"
    nib.save(nib.as_closest_canonical(nib.load(path)), path)
    case = load_case(written.path)
    assert_read(case, written)
    assert case.notes == ()
    assert nib.aff2axcodes(case.stored.affine) == ("L", "P", "S")


def test_signed_zeros_in_an_affine_are_the_same_grid(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_seg.nii.gz"
    affine = written.affine.copy()
    affine[affine == 0] = -0.0
    nib.save(nib.Nifti1Image(written.labels, affine), path)
    assert load_case(written.path).notes == ()


def test_another_grid_is_resampled_onto_the_first_and_noted(brats_case):
    written = brats_case(labels=labels_of(1, 2, 4))
    path = written.path / f"{written.path.name}_t2.nii.gz"
    ramp = np.broadcast_to(np.arange(12.0)[:, None, None], (12, 14, 10)).astype(np.float32)
    coarse = written.affine @ np.diag([2.0, 2, 2, 1])
    nib.save(nib.Nifti1Image(ramp, coarse), path)
    case = load_case(written.path)
    assert case.grid.shape == (24, 28, 20)
    expected = np.arange(23) / 2
    assert np.allclose(case.volumes[T2].array[::-1][:23, 10, 8], expected)
    assert [n for n in case.notes if "T2" in n and "resampled" in n and "linear" in n]


def test_outside_a_resampled_sequence_is_its_own_background(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_t2.nii.gz"
    image = np.full((12, 28, 20), -3.0, np.float32)
    image[3:9, 3:25, 3:17] = 1
    nib.save(nib.Nifti1Image(image, written.affine), path)
    values = load_case(written.path).volumes[T2].array[::-1, ::-1]
    assert (values[12:] == -3).all()
    assert (values[:12] == image).all()


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_a_blank_sequence_is_noted_once(brats_case, modality: Modality):
    written = brats_case()
    path = load_case(written.path).sources[modality].path
    nib.save(nib.Nifti1Image(np.zeros_like(written.images[modality]), written.affine), path)
    (note,) = load_case(written.path).notes
    assert note.startswith(f"{modality.label} ({path.name}) is blank: every voxel is 0,")


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_voxels_without_a_value_are_noted_once(brats_case, modality: Modality):
    written = brats_case(dtype="float32")
    path = load_case(written.path).sources[modality].path
    values = written.images[modality].copy()
    values[:3] = np.nan
    nib.save(nib.Nifti1Image(values, written.affine), path)
    (note,) = load_case(written.path).notes
    assert note.startswith(f"{path.name}: {3 * 28 * 20} voxels without a finite value")


@pytest.mark.parametrize("modality", Modality, ids=lambda m: m.label)
def test_thick_slices_are_told_of_the_file_not_of_the_grid_it_comes_onto(
    brats_case, modality: Modality
):
    written = brats_case()
    path = load_case(written.path).sources[modality].path
    affine = written.affine @ np.diag([1.0, 1, 4, 1])
    nib.save(nib.Nifti1Image(written.images[modality][:, :, ::4], affine), path)
    (note,) = [note for note in load_case(written.path).notes if "slices thicker" in note]
    assert note.startswith(f"{modality.label} ({path.name}): the voxels measure 1 × 1 × 4 mm")


def test_a_file_that_is_there_twice_is_told(brats_case):
    written = brats_case()
    sources = load_case(written.path).sources
    sources[T1C].path.write_bytes(sources[T1].path.read_bytes())
    (note,) = load_case(written.path).notes
    assert f"{sources[T1].path.name}) and T1c ({sources[T1C].path.name}) look like one" in note


def test_labels_on_another_grid_stay_labels(brats_case):
    written = brats_case()
    labels = written.labels[::2, ::2, ::2]
    affine = written.affine @ np.diag([2.0, 2, 2, 1])
    nib.save(nib.Nifti1Image(labels, affine), written.path / f"{written.path.name}_seg.nii.gz")
    case = load_case(written.path)
    assert case.reference is not None
    assert case.reference.array.dtype == np.uint8
    assert set(np.unique(case.reference.array)) <= set(BRATS2021.integers)
    assert (case.reference.array[::-1, ::-1][::2, ::2, ::2] == labels).all()
    assert any("nearest" in note for note in case.notes)


def test_a_sequence_that_lies_elsewhere_is_refused(brats_case):
    written = brats_case()
    away = written.affine.copy()
    away[:3, 3] += 500
    path = written.path / f"{written.path.name}_t2.nii.gz"
    nib.save(nib.Nifti1Image(written.images[T2], away), path)
    with pytest.raises(CaseError, match=r"T2 .*lies elsewhere.*register"):
        load_case(written.path)


@pytest.mark.parametrize("role", ["_flair", "_t2", "_seg"])
def test_a_file_without_a_place_lies_where_its_like_lie(brats_case, role: str):
    written = brats_case()
    path = written.path / f"{written.path.name}{role}.nii.gz"
    image = nib.load(path)
    image.set_sform(None, 0)
    image.set_qform(None, 0)
    nib.save(nib.Nifti1Image(np.asarray(image.dataobj), None, image.header), path)
    header = nib.load(path).header
    assert (int(header["qform_code"]), int(header["sform_code"])) == (0, 0)
    case = load_case(written.path)
    assert_read(case, written)
    assert ["other images of the same shape" in note for note in case.notes] == [True]
    assert (case.stored.sform_code == 0) == (role == "_flair")


# ----------------------------------------------------------------------------- one file


def msd_case(root: Path, name: str = "BRATS_001.nii.gz") -> Path:
    (root / "imagesTr").mkdir(parents=True, exist_ok=True)
    (root / "labelsTr").mkdir(exist_ok=True)
    image = np.stack([np.full((6, 7, 8), 10.0 * (i + 1)) for i in range(4)], -1)
    nib.save(nib.Nifti1Image(image.astype(np.float32), np.eye(4)), root / "imagesTr" / name)
    labels = np.zeros((6, 7, 8), np.uint8)
    labels[1, 1, 1], labels[2, 2, 2], labels[3, 3, 3] = 1, 2, 3
    nib.save(nib.Nifti1Image(labels, np.eye(4)), root / "labelsTr" / name)
    return root / "imagesTr" / name


def test_a_decathlon_file_is_a_case_of_four(tmp_path: Path):
    case = load_case(msd_case(tmp_path))
    assert case.id == "BRATS_001"
    assert [float(v.array[0, 0, 0]) for v in case.volumes.values()] == [10, 20, 30, 40]
    assert tuple(case.volumes) == tuple(Modality)
    assert case.scheme is MSD
    assert case.reference_regions is not None
    assert case.reference_regions.sum(axis=(1, 2, 3)).tolist() == [3, 2, 1]


def test_a_decathlon_file_without_labels_keeps_the_decathlons_scheme(tmp_path: Path):
    (tmp_path / "imagesTs").mkdir()
    path = msd_case(tmp_path).rename(tmp_path / "imagesTs" / "BRATS_001.nii.gz")
    case = load_case(path)
    assert case.reference is None
    assert case.scheme is MSD
    assert not any("scheme" in note for note in case.notes)


def test_the_decathlons_own_description_gives_the_order(tmp_path: Path):
    path = msd_case(tmp_path)
    stated = {"0": "T2w", "1": "t1gd", "2": "T1w", "3": "FLAIR"}
    (tmp_path / "dataset.json").write_text(json.dumps({"modality": stated}))
    case = load_case(path)
    assert [float(case.volumes[m].array[0, 0, 0]) for m in Modality] == [40, 30, 20, 10]


def test_another_decathlon_task_is_refused(tmp_path: Path):
    path = msd_case(tmp_path)
    (tmp_path / "dataset.json").write_text(json.dumps({"modality": {"0": "CT"}}))
    with pytest.raises(CaseError, match="not of a brain tumour set"):
        load_case(path)


def test_a_4d_file_of_another_origin_is_refused_with_a_hint(tmp_path: Path):
    path = msd_case(tmp_path).rename(tmp_path / "mine_t1.nii.gz")
    with pytest.raises(NiftiError, match=r"split it.*MSD"):
        load_case(path)


def test_one_named_sequence_is_a_case_of_one(brats_case):
    written = brats_case()
    case = load_case(written.path / f"{written.path.name}_t1ce.nii.gz")
    assert case.available == ModalitySubset.of(T1C)


def test_a_file_whose_name_says_nothing_asks_which_sequence_it_is(tmp_path: Path):
    nib.save(nib.Nifti1Image(np.ones((3, 3, 3), np.float32), np.eye(4)), tmp_path / "scan.nii.gz")
    with pytest.raises(CaseError, match=r"scan\.nii\.gz.*--flair, --t1, --t1c, --t2"):
        load_case(tmp_path / "scan.nii.gz")


# --------------------------------------------------------------------- our own predictions


def predict_into(folder: Path, name: str) -> None:
    """Write what this software would write for the case, under a name that looks like labels."""
    case = load_case(folder)
    zeros = np.zeros(case.grid.shape, np.uint8)
    save_labels(folder / name, case.grid.with_array(zeros), case.stored)


def test_a_prediction_beside_the_case_is_not_taken_for_expert_labels(brats_case):
    path = brats_case(with_labels=False).path
    predict_into(path, f"{path.name}_seg.nii.gz")
    case = load_case(path)
    assert case.reference is None
    (note,) = case.notes
    assert note.startswith("BraTS2021_90001_seg.nii.gz was passed over")
    assert "this program wrote it" in note
    assert "by hand" in note


def test_a_prediction_among_the_decathlons_labels_is_not_taken_for_an_experts(tmp_path: Path):
    path = msd_case(tmp_path)
    case = load_case(path)
    assert case.reference is not None
    save_labels(tmp_path / "labelsTr" / path.name, case.reference, case.stored)
    case = load_case(path)
    assert case.reference is None
    assert any("passed over" in note for note in case.notes)


def test_expert_labels_with_our_disclaimer_alone_are_expert_labels(brats_case):
    written = brats_case()
    path = written.path / f"{written.path.name}_seg.nii.gz"
    image = nib.load(path)
    image.header["descrip"] = "Research and teaching only, not for diagnosis"
    nib.save(nib.Nifti1Image(written.labels, image.affine, image.header), path)
    assert_read(load_case(written.path), written)


def test_a_prediction_beside_expert_labels_leaves_no_doubt(brats_case):
    written = brats_case("own", names=OWN)
    predict_into(written.path, "own_seg.nii.gz")
    assert_read(load_case(written.path), written)


# ------------------------------------------------------------------------------- refused


def test_a_folder_without_a_sequence_says_what_is_understood(brats_case):
    written = brats_case("own", names=dict.fromkeys([*Modality, None], "series.nii.gz"))
    with pytest.raises(
        CaseError, match=r"own has no sequence \(its images are series\.nii\.gz.*flair"
    ):
        load_case(written.path)


def test_an_empty_folder_says_so(tmp_path: Path):
    with pytest.raises(CaseError, match=r"no \.nii or \.nii\.gz file") as error:
        load_case(tmp_path)
    assert "\n" not in str(error.value)


def test_only_labels_are_no_case(brats_case):
    written = brats_case()
    for file in written.path.iterdir():
        if "_seg" not in file.name:
            file.unlink()
    with pytest.raises(CaseError, match="has no sequence"):
        load_case(written.path)


def test_a_path_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(CaseError, match="absent does not exist"):
        load_case(tmp_path / "absent")


def test_a_broken_sequence_is_named(brats_case):
    written = brats_case()
    file = written.path / f"{written.path.name}_t2.nii.gz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(NiftiError, match=r"_t2\.nii\.gz is a truncated gzip"):
        load_case(written.path)


def test_hidden_files_folders_and_link_loops_are_passed_over(brats_case):
    written = brats_case()
    (written.path / f"._{written.path.name}_t1.nii.gz").write_bytes(b"resource fork")
    (written.path / "extra_t1.nii.gz").mkdir()
    loop = written.path / f"{written.path.name}_t1_copy.nii.gz"
    loop.symlink_to(loop)
    assert_read(load_case(written.path), written)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_one_may_not_read_says_so(brats_case):
    path = brats_case().path
    path.chmod(0)
    try:
        with pytest.raises(CaseError, match="permissions"):
            load_case(path)
    finally:
        path.chmod(0o755)


# ---------------------------------------------------------------------------- real cases


def test_the_real_patients_have_the_volumes_their_table_says(real_cases: Path):
    case = load_case(real_cases / "BraTS2021_00006")
    assert case.scheme is BRATS2021
    assert case.notes == ()
    assert case.reference_regions is not None
    volumes = [int(r.sum()) * case.grid.voxel_ml for r in case.reference_regions]
    assert volumes == pytest.approx([138, 52, 26], abs=0.6)
