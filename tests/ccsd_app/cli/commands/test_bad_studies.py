"""Studies that cannot be used: one line names the file and the way out, and nothing is left."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from PIL import Image

pydicom = pytest.importorskip("pydicom")


def changed(path: Path, **elements: object) -> None:
    """Change elements of a file; None removes one."""
    dataset = pydicom.dcmread(path)
    for name, value in elements.items():
        if value is None:
            delattr(dataset, name)
        else:
            setattr(dataset, name, value)
    pydicom.dcmwrite(path, dataset)


def a_ct(write, folder):
    for path in write(header={"Modality": "CT", "SeriesDescription": "CCT nativ"}):
        changed(path, SOPClassUID=pydicom.uid.CTImageStorage)


def a_spine(write, folder):
    write(plane="sagittal", header={"BodyPartExamined": "LSPINE", "SeriesDescription": "t2 sag"})


def a_lone_localiser(write, folder):
    write(header={"SeriesDescription": "localizer", "ImageType": ["ORIGINAL", "PRIMARY", "M"]},
          array=np.ones((64, 64, 3)) * 100, affine=np.diag([3.0, 3, 40, 1]))  # fmt: skip


def jpeg_2000_that_is_damaged(write, folder):
    for path in write():
        dataset = pydicom.dcmread(path)
        picture = io.BytesIO()
        Image.fromarray(dataset.pixel_array.astype(np.uint16)).save(
            picture, "JPEG2000", no_jp2=True
        )
        stream = picture.getvalue()[:60]
        dataset.PixelData = pydicom.encaps.encapsulate([stream])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
        pydicom.dcmwrite(path, dataset)


def a_truncated_series(write, folder):
    path = write()[4]
    path.write_bytes(path.read_bytes()[:-60])


def one_without_pixels(write, folder):
    for path in write():
        changed(path, PixelData=None)


def two_patients(write, folder):
    write("study/a", study="first")
    write("study/b", study="second", person=("Doe^Jane", "PAT-1"))


def two_patients_in_one_study(write, folder):
    write("study/a")
    write("study/b", number=2, person=("Doe^Jane", "PAT-1"))


def series_that_lie_apart(write, folder):
    affine = np.diag([20.0, 18, 12, 1])
    write(number=1, sequence="T1", affine=affine)
    write(number=2, sequence="T2", affine=affine + np.eye(4, k=3) * 500)


def files_that_lie_apart(write, folder):
    folder.mkdir()
    head = np.zeros((40, 44, 40), np.float32)
    head[6:34, 6:38, 6:34] = np.random.default_rng(0).uniform(50, 90, (28, 32, 28))
    head += np.random.default_rng(1).uniform(1, 5, head.shape).astype(np.float32)
    for name, x in (("flair", 0.0), ("t1", 500.0)):
        affine = np.diag([5.0, 5, 5, 1])
        affine[0, 3] = x
        nib.save(nib.Nifti1Image(head, affine), folder / f"{name}.nii.gz")


def a_ct_as_nifti(write, folder):
    folder.mkdir()
    values = np.full((60, 60, 40), -1000, np.int16)
    values[15:45, 15:45, 8:32] = 40
    nib.save(nib.Nifti1Image(values, np.diag([4.0, 4, 5, 1])), folder / "t1.nii.gz")


BAD: dict[Callable, tuple[str, str]] = {
    a_ct: (r"series 1 \(CCT nativ\).* not MR", "give the folder of a brain MR study"),
    a_spine: (r"series 1 \(t2 sag\)", "give the folder of a brain MR study"),
    a_lone_localiser: (r"series 1 \(localizer\)", "give the folder of a brain MR study"),
    jpeg_2000_that_is_damaged: (r"S001I0000\.dcm is compressed \(JPEG 2000", "gdcmconv --raw"),
    a_truncated_series: (r"S001I0004\.dcm is truncated", "copy or export the series again"),
    one_without_pixels: (r"series 1 .* no pixel data", "export them with their images"),
    two_patients: (r"several patients.*a/S001I0000", "choose a study .command line: --study"),
    two_patients_in_one_study: (r"2 patients' identities.*/S00", "separate them first"),
    series_that_lie_apart: (r"series 1 .*series 2 .*do not overlap", "choose other series"),
    files_that_lie_apart: (r"t1\.nii\.gz.* (does|do) not overlap", "leave .* out"),
    a_ct_as_nifti: (r"t1\.nii\.gz.*CT in Hounsfield", "give MR sequences only"),
}


@pytest.fixture
def write(write_series, dicom_writer):
    def write(where="study", *, person=None, **how):
        someone = None if person is None else dicom_writer.Person(*person)
        return write_series(where, person=someone, **how)

    return write


@pytest.mark.parametrize("verb", ["segment", "prepare"])
@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_what_cannot_be_used_is_reported_with_its_file_and_the_way_out(
    command, write, tmp_path, monkeypatch, make, verb
):
    study, cache = tmp_path / "study", tmp_path / "cache"
    monkeypatch.setenv("CCSD_CACHE", str(cache))
    make(write, study)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    names, way_out = BAD[make]
    out = tmp_path / ("out.nii.gz" if verb == "segment" else "out")

    result = command(verb, study, "-o", out)

    assert result.code == 2, result.err
    (line,) = [one for one in result.error_lines if not one.startswith("note: ")]
    assert len(line) < 700
    assert re.search(names, line), line
    assert re.search(way_out, line), line
    assert "mustermann" not in line.lower()
    assert "doe" not in line.lower().split()
    assert not out.exists()
    assert not [p for p in tmp_path.rglob("*") if p.name.startswith((".making", ".new", ".ccsd"))]
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before
