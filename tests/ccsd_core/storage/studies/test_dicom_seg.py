"""DICOM-SEG: each voxel where it belongs in the patient, filed with his study, valid."""

import shutil
import subprocess

import numpy as np
import pytest

from ccsd_core.domain.region import Region
from ccsd_core.errors import CaseError, DicomError
from ccsd_core.progress import drain
from ccsd_core.storage.studies.convert_study import convert_study
from ccsd_core.storage.studies.dicom_seg import NAMES, write_dicom_seg
from ccsd_core.storage.studies.source_images import source_images

pydicom = pytest.importorskip("pydicom")
pytest.importorskip("highdicom")


def voxels(path, segmentation):
    """The case's voxels that each segment of a file holds, by where its frames lie in the world."""
    dataset = pydicom.dcmread(path)
    names = {s.SegmentNumber: s.SegmentLabel for s in dataset.SegmentSequence}
    shared = dataset.SharedFunctionalGroupsSequence[0]
    bits = np.unpackbits(np.frombuffer(dataset.PixelData, np.uint8), bitorder="little")
    shape = dataset.NumberOfFrames, dataset.Rows, dataset.Columns
    pixels = bits[: np.prod(shape)].reshape(shape)
    found = {name: np.zeros(segmentation.grid.shape, bool) for name in names.values()}
    inverse = np.linalg.inv(segmentation.grid.world_from_voxel)
    row_mm, column_mm = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
    along = np.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float)
    for frame, groups in zip(pixels, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        corner = np.array(groups.PlanePositionSequence[0].ImagePositionPatient, float)
        rows, columns = np.nonzero(frame)
        lps = corner + np.outer(columns * column_mm, along[:3]) + np.outer(rows * row_mm, along[3:])
        ras = lps * (-1, -1, 1)
        x, y, z = np.rint(inverse[:3, :3] @ ras.T + inverse[:3, 3:]).astype(int)
        found[names[number]][x, y, z] = True
    return found


@pytest.mark.parametrize("enhanced", [False, True], ids=["a file a slice", "multi-frame"])
@pytest.mark.parametrize("plane", ["axial", "sagittal"])
def test_every_region_lies_on_the_same_voxels_in_the_patient(
    write_series, opened, tmp_path, enhanced, plane
):
    write_series(sequence="T1", plane=plane, enhanced=enhanced, vendor="siemens")
    segmentation, images = opened()

    write_dicom_seg(tmp_path / "s.dcm", segmentation, images)

    found = voxels(tmp_path / "s.dcm", segmentation)
    for region in Region:
        np.testing.assert_array_equal(found[NAMES[region]], segmentation.regions[region])


def test_it_is_filed_with_the_patients_study_and_refers_to_its_images(
    write_series, opened, tmp_path
):
    source = pydicom.dcmread(write_series(sequence="T1")[0])
    write_dicom_seg(tmp_path / "s.dcm", *opened())

    written = pydicom.dcmread(tmp_path / "s.dcm")
    for name in ("PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert written[name].value == source[name].value
    referred = written.ReferencedSeriesSequence[0]
    assert referred.SeriesInstanceUID == source.SeriesInstanceUID
    assert written.SeriesInstanceUID != source.SeriesInstanceUID
    algorithm = written.SegmentSequence[0].SegmentationAlgorithmIdentificationSequence[0]
    assert "small" in algorithm.AlgorithmName
    assert "T1" in written.SeriesDescription


def test_anonymous_leaves_out_the_patient_and_the_study(write_series, opened, tmp_path):
    source = pydicom.dcmread(write_series(sequence="T1")[0])
    segmentation, images = opened()
    write_dicom_seg(tmp_path / "s.dcm", segmentation, images, anonymous=True)

    written = pydicom.dcmread(tmp_path / "s.dcm")
    assert written.StudyInstanceUID != source.StudyInstanceUID
    assert not written.PatientName
    assert not written.PatientID
    data = (tmp_path / "s.dcm").read_bytes().lower()
    assert b"mustermann" not in data
    assert b"4711" not in data


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="needs dciodvfy of dicom3tools")
@pytest.mark.parametrize("anonymous", [False, True])
def test_the_validator_finds_no_error(write_series, opened, tmp_path, anonymous):
    write_series(sequence="T1", person=None)
    segmentation, images = opened()
    write_dicom_seg(tmp_path / "s.dcm", segmentation, images, anonymous=anonymous)

    result = subprocess.run(["dciodvfy", tmp_path / "s.dcm"], capture_output=True, text=True)
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert lines == []
    assert "Segmentation" in result.stderr


def test_an_empty_segmentation_is_refused_and_writes_nothing(write_series, opened, tmp_path):
    write_series(sequence="T1")
    segmentation, images = opened()
    segmentation.regions[:] = False

    with pytest.raises(DicomError, match="no voxel is segmented"):
        write_dicom_seg(tmp_path / "s.dcm", segmentation, images)
    assert not (tmp_path / "s.dcm").exists()


def test_a_study_that_is_no_longer_there_is_named(write_series, opened, tmp_path):
    write_series(sequence="T1")
    folder = drain(convert_study(tmp_path / "study"))
    shutil.rmtree(tmp_path / "study")

    with pytest.raises(DicomError, match="no longer at"):
        source_images(folder, next(folder.glob("*.nii")).name)
    with pytest.raises(CaseError, match="is not a series"):
        source_images(folder, "other.nii")
    with pytest.raises(CaseError, match="not converted from a DICOM study"):
        source_images(tmp_path, "x.nii")
