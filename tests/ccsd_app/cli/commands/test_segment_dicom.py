"""`ccsd-app segment STUDY`: a DICOM study in; label map, DICOM-SEG and secondary capture out."""

import json

import nibabel as nib
import numpy as np
import pydicom
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_folder import load_case

pytest.importorskip("highdicom")


@pytest.fixture
def study(make_case, write_series, tmp_path, monkeypatch):
    """FLAIR and T2 of the small case as a DICOM study."""
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    case = load_case(make_case(sequences=(Modality.FLAIR, Modality.T2)))
    for number, (modality, volume) in enumerate(case.volumes.items(), 2):
        array = volume.array - volume.array.min()
        write_series(
            number=number, sequence=modality.label, array=array, affine=volume.world_from_voxel
        )
    return tmp_path / "study"


def test_a_study_is_segmented_and_named_by_its_alias(command, study, model, tmp_path):
    out, seg = tmp_path / "out.nii.gz", tmp_path / "seg.dcm"

    result = command("segment", study, "-o", out, "--dicom-seg", seg, "--model", model)

    assert result.code == 0, result.err
    assert result.out.startswith("DICOM-")
    assert "FLAIR, T2" in result.out
    assert str(seg) in result.out
    assert nib.load(out).shape == nib.load(next((tmp_path / "cache").rglob("2_*.nii"))).shape
    assert seg.read_bytes()[128:132] == b"DICM"
    assert "mustermann" not in (result.out + result.err).lower()
    assert b"Mustermann" in seg.read_bytes()


def test_anonymous_dicom_seg_names_nobody(command, study, model, tmp_path):
    seg = tmp_path / "seg.dcm"
    options = ("--dicom-seg", seg, "--anonymous", "--model", model)

    assert command("segment", study, "-o", tmp_path / "o.nii.gz", *options).code == 0
    assert b"Mustermann" not in seg.read_bytes()


def test_a_picture_of_the_result_is_filed_with_the_study(command, study, model, tmp_path):
    capture, nobodys = tmp_path / "capture.dcm", tmp_path / "nobodys.dcm"
    options = ("-o", tmp_path / "o.nii.gz", "--model", model, "--secondary-capture")

    result = command("segment", study, *options, capture)
    assert result.code == 0, result.err
    assert str(capture) in result.out
    written = pydicom.dcmread(capture)
    source = pydicom.dcmread(next(study.rglob("*.dcm")))
    assert written.StudyInstanceUID == source.StudyInstanceUID
    assert written.PatientName == source.PatientName
    picture = written.pixel_array
    assert picture.shape[2] == 3
    grey = (picture[..., 0] == picture[..., 1]) & (picture[..., 1] == picture[..., 2])
    assert 0.2 < grey.mean() < 1, "slices in grey, regions in colour"
    assert "FLAIR" in written.DerivationDescription

    assert command("segment", study, *options, nobodys, "--anonymous").code == 0
    assert b"Mustermann" not in nobodys.read_bytes()


def test_every_study_of_a_folder_is_segmented_and_a_broken_one_is_named(
    command, study, write_series, dicom_writer, model, tmp_path
):
    folder, out, summary = tmp_path / "discs", tmp_path / "out", tmp_path / "all.json"
    study.rename(folder)
    array, affine = np.random.default_rng(0).uniform(1, 90, (40, 44, 36)), np.diag([3.0, 3, 3, 1])
    write_series("discs/later", study="later", sequence="T1", array=array, affine=affine)
    for series, person in enumerate((None, dicom_writer.Person("Doe^Jane", "PAT-1")), 1):
        write_series("discs/mixed", study="mixed", number=series, person=person)
    options = ("--model", model, "--prepare", "never")

    refused = command("segment", folder, "-o", tmp_path / "one.nii.gz", *options)
    assert (refused.code, len(refused.error_lines)) == (2, 1)
    assert refused.err.rstrip().endswith("or give -o a folder, to segment each of them")

    result = command("segment", folder, "-o", out, "--json", summary, *options)

    assert result.code == 1, "one study failed"
    assert "carry 2 patients' identities" in result.err
    assert "1 of 3 cases failed" in result.err
    made = sorted(path.name for path in out.glob("DICOM-*.nii.gz") if "_on_" not in path.name)
    content = json.loads(summary.read_text())
    assert made == sorted(f"{one['case']}.nii.gz" for one in content["cases"])
    assert len(made) == 2
    assert len(content["failed"]) == 1
    assert "mustermann" not in (result.out + result.err + summary.read_text()).lower()


def test_what_cannot_become_dicom_seg_is_refused_before_the_work(
    command, study, make_case, model, tmp_path
):
    case, out, seg = make_case("other"), tmp_path / "out.nii.gz", tmp_path / "seg.dcm"
    options = ("-o", out, "--model", model)
    there = tmp_path / "there.dcm"
    there.write_bytes(b"somebody's")
    refused = {
        "is not a DICOM study": (case, *options, "--dicom-seg", seg),
        "exists: choose another file": (study, *options, "--dicom-seg", there),
        "so --secondary-capture has no images": (case, *options, "--secondary-capture", seg),
        "both name": (study, *options, "--dicom-seg", seg, "--secondary-capture", seg),
        "--anonymous needs --dicom-seg": (study, *options, "--anonymous"),
        "one study and one label map": (
            *(study, "-o", tmp_path / "folder", "--model", model),
            *("--all-subsets", "--dicom-seg", seg),
        ),
    }

    for words, arguments in refused.items():
        result = command("segment", *arguments)
        assert (result.code, len(result.error_lines)) == (2, 1), result.err
        assert words in result.err
    assert not out.exists()
    assert there.read_bytes() == b"somebody's"


def test_a_folder_without_a_usable_series_says_why(command, write_series, tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_CACHE", str(tmp_path / "cache"))
    write_series("ct", header={"Modality": "CT"})

    result = command("segment", tmp_path / "ct", "-o", tmp_path / "o.nii.gz")

    assert (result.code, len(result.error_lines)) == (2, 1)
    assert "not MR" in result.err
