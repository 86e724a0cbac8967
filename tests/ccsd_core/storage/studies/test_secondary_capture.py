"""Secondary capture: the picture itself, filed with the patient's study, valid."""

import shutil
import subprocess

import numpy as np
import pytest

from ccsd_core.storage.studies.secondary_capture import write_secondary_capture

pydicom = pytest.importorskip("pydicom")
pytest.importorskip("highdicom")


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(0, 256, (33, 51, 3), np.uint8)


@pytest.fixture
def write(write_series, opened, tmp_path, picture):
    """Writes the picture and returns its file and the header of a source image."""

    def write(*, anonymous=False, **how):
        source = pydicom.dcmread(write_series(sequence="T1", **how)[0])
        segmentation, images = opened()
        path = tmp_path / "picture.dcm"
        made_by = segmentation.provenance
        write_secondary_capture(
            path, picture, images, made_by, about="T1 beside T2", anonymous=anonymous
        )
        return path, source

    return write


def test_the_picture_is_filed_with_the_patients_study(write, picture):
    path, source = write()

    written = pydicom.dcmread(path)
    np.testing.assert_array_equal(written.pixel_array, picture)
    for name in ("PatientName", "PatientID", "StudyInstanceUID"):
        assert written[name].value == source[name].value
    assert written.SeriesInstanceUID != source.SeriesInstanceUID
    assert written.DerivationDescription == "T1 beside T2"


def test_an_anonymous_picture_names_nobody(write):
    path, source = write(anonymous=True)

    written = pydicom.dcmread(path)
    assert written.StudyInstanceUID != source.StudyInstanceUID
    assert not written.PatientName
    data = path.read_bytes().lower()
    assert b"mustermann" not in data
    assert b"4711" not in data


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.parametrize("enhanced", [False, True], ids=["a file a slice", "multi-frame"])
@pytest.mark.parametrize("anonymous", [False, True])
def test_the_validator_finds_no_error(write, anonymous, enhanced):
    path, _ = write(anonymous=anonymous, enhanced=enhanced)

    result = subprocess.run(["dciodvfy", path], capture_output=True, text=True)
    assert [line for line in result.stderr.splitlines() if line.startswith("Error")] == []
    assert "SCImage" in result.stderr
