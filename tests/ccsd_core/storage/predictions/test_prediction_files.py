"""Names of predictions: three layouts, any spelling of the sequences, doubtful names reported."""

from pathlib import Path

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.storage.predictions.prediction_files import prediction_files, prediction_path

PAIR = ModalitySubset.parse("FLAIR+T2")
CASE = "Brats18_CBICA_ABM_1"


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


@pytest.mark.parametrize(
    "layout",
    [
        "{case}/{subset}.nii.gz",
        "{subset}/{case}.nii",
        "{case}_{subset}.nii.gz",
        "{case}_{subset}_labels.nii.gz",
        "{case}/{case}_{subset}.nii.gz",
    ],
)
def test_every_subset_is_found_in_every_layout(tmp_path, layout):
    spelt = {
        s: layout.format(case=CASE, subset="+".join(m.label for m in s))
        for s in ModalitySubset.every()
    }
    found = prediction_files(touch(tmp_path, *spelt.values()))
    assert found.of({CASE}) == {s: tmp_path / name for s, name in spelt.items()}
    assert list(found.of({CASE})) == list(ModalitySubset.every())
    assert found.of({"another"}) == {}
    assert found.unclear == ()


@pytest.mark.parametrize("text", ["T1c+FLAIR", "flair,t1ce", "T1C+flair", "t2f t1gd"])
def test_sequences_may_be_spelt_as_anywhere_else(tmp_path, text):
    touch(tmp_path, f"{CASE}/{text}.nii.gz")
    assert list(prediction_files(tmp_path).of({CASE})) == [ModalitySubset.parse("FLAIR+T1c")]


def test_what_this_program_writes_is_found_again(tmp_path):
    paths = {s: prediction_path(tmp_path, CASE, s) for s in ModalitySubset.every()}
    touch(tmp_path, *(str(path.relative_to(tmp_path)) for path in paths.values()))
    assert prediction_files(tmp_path).of({CASE}) == paths


def test_a_case_may_go_by_several_names(tmp_path):
    touch(tmp_path, f"{CASE}/FLAIR.nii.gz", "renamed/T2.nii.gz")
    found = prediction_files(tmp_path).of({CASE, "renamed"})
    assert [str(s) for s in found] == ["FLAIR", "T2"]


@pytest.mark.parametrize(
    "other", [f"FLAIR+T2/{CASE}.nii.gz", f"{CASE}_FLAIR+T2.nii.gz", f"{CASE}/T2+FLAIR.nii"]
)
def test_two_files_from_one_subset_are_both_named(tmp_path, other):
    touch(tmp_path, f"{CASE}/FLAIR+T2.nii.gz", other)
    with pytest.raises(CaseError, match=r"two label maps for FLAIR \+ T2") as caught:
        prediction_files(tmp_path).of({CASE})
    assert str(tmp_path / other) in str(caught.value)
    assert str(tmp_path / CASE / "FLAIR+T2.nii.gz") in str(caught.value)


def test_a_case_named_like_a_sequence_is_recognised_by_the_requested_case(tmp_path):
    touch(tmp_path, "T1/FLAIR.nii.gz")
    found = prediction_files(tmp_path)
    assert [str(s) for s in found.of({"T1"})] == ["FLAIR"]
    assert [str(s) for s in found.of({"FLAIR"})] == ["T1"]


def test_names_without_sequences_are_listed_separately(tmp_path):
    touch(tmp_path, f"{CASE}/FLAIR.nii.gz", f"{CASE}/best.nii.gz", "notes.txt", ".T1/x.nii.gz")
    assert prediction_files(tmp_path).unclear == (tmp_path / CASE / "best.nii.gz",)


@pytest.mark.parametrize("names", [(), ("a/b.nii.gz",), ("FLAIR.nii.gz",)], ids=str)
def test_a_folder_without_any_such_name_is_refused_with_the_naming(tmp_path, names):
    with pytest.raises(BadInputError, match=r"DIR/CASE/FLAIR\+T2\.nii\.gz"):
        prediction_files(touch(tmp_path, *names))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInputError, match="nowhere"):
        prediction_files(tmp_path / "nowhere")
