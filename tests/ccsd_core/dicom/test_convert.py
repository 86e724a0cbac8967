"""Volumes made of series: the same voxels at the same places as before they were DICOM."""

import io
import sys

import numpy as np
import pytest
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation

from ccsd_core.dicom.convert import convert
from ccsd_core.errors import DicomError, FailedError

ROUND_TRIPS = [
    ("siemens", "axial", False),
    ("ge", "sagittal", False),
    ("philips", "coronal", False),
    ("siemens", "sagittal", True),
    ("philips", "axial", True),
]


@pytest.mark.parametrize(("vendor", "plane", "enhanced"), ROUND_TRIPS)
def test_a_volume_comes_back_voxel_for_voxel(
    write_series, read, tmp_path, dicom_head, vendor, plane, enhanced
):
    write_series(vendor=vendor, plane=plane, enhanced=enhanced, dimension="3D")

    (series,) = read(tmp_path).series
    made = convert(series)

    array, affine = dicom_head
    turn = io_orientation(affine)
    np.testing.assert_array_equal(made.volume.array, apply_orientation(array, turn))
    expected = affine @ inv_ornt_aff(turn, array.shape)
    np.testing.assert_allclose(made.volume.world_from_voxel, expected, atol=1e-3)
    assert made.volume.is_canonical
    # Its slices stay the series' slices, so that results find the way back to the files.
    assert made.stored.shape == (*series.stack.matrix, series.stack.position_count)
    assert made.warnings == ()


def test_the_order_of_the_files_does_not_matter(write_series, read, tmp_path, dicom_head):
    paths = write_series()
    for index, path in enumerate(reversed(paths)):
        path.rename(path.with_name(f"{index:02d}.dcm"))

    made = convert(read(tmp_path).series[0])

    assert made.volume.array.sum() == dicom_head[0].sum()
    np.testing.assert_array_equal(np.sort(made.volume.array, None), np.sort(dicom_head[0], None))


def test_jpeg_2000_frames_are_decoded(write_series, read, tmp_path, dicom_head):
    import pydicom
    from PIL import Image

    for path in write_series():
        dataset = pydicom.dcmread(path)
        picture = io.BytesIO()
        pixels = Image.fromarray(dataset.pixel_array.astype(np.uint16))
        pixels.save(picture, "JPEG2000", no_jp2=True, irreversible=False)
        dataset.PixelData = pydicom.encaps.encapsulate([picture.getvalue()])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.JPEG2000Lossless
        pydicom.dcmwrite(path, dataset)

    made = convert(read(tmp_path).series[0])

    np.testing.assert_array_equal(np.sort(made.volume.array, None), np.sort(dicom_head[0], None))


def test_a_series_out_of_a_zip_is_converted(write_series, read, tmp_path, dicom_head):
    import zipfile

    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for path in write_series():
            archive.write(path, path.name)

    made = convert(read(tmp_path / "s.zip").series[0])

    assert made.volume.array.sum() == dicom_head[0].sum()


def test_the_patients_folder_is_left_as_it_was(write_series, read, tmp_path):
    write_series()
    before = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")}

    convert(read(tmp_path).series[0])

    assert {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*")} == before


def test_a_gap_is_reported_and_the_slices_made_even_when_the_user_insists(
    write_series, read, tmp_path
):
    write_series(leave_out=(5,))

    made = convert(read(tmp_path).series[0])

    assert made.warnings
    assert made.volume.spacing_mm[2] == pytest.approx(12, abs=1e-3)


def test_only_one_of_two_mixed_series_is_converted(write_series, read, tmp_path, dicom_head):
    write_series("a", number=2)
    write_series("a", number=3, sequence="T1", array=dicom_head[0] // 2)

    made = convert(read(tmp_path).series[1])

    assert made.volume.array.sum() == (dicom_head[0] // 2).sum()


def test_jpeg_2000_that_cannot_be_decoded_names_file_and_way_out(
    write_series, read, tmp_path, dicom_writer
):
    import pydicom
    from pydicom.encaps import encapsulate
    from pydicom.uid import JPEG2000Lossless

    for path in write_series():
        dataset = pydicom.dcmread(path)
        dataset.PixelData = encapsulate([b"no image\0"])
        dataset["PixelData"].is_undefined_length = True
        dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
        dataset.save_as(path)
    (series,) = read(tmp_path).series

    with pytest.raises(DicomError, match=r"S001I0000.dcm is compressed \(JPEG 2000.*gdcmconv"):
        convert(series)


def test_a_converter_that_does_not_run_is_no_fault_of_the_files(write_series, read, tmp_path):
    write_series()
    (series,) = read(tmp_path).series

    with pytest.raises(FailedError, match="dcm2niix cannot be run"):
        convert(series, program=tmp_path / "none")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in")
def test_a_series_that_makes_several_volumes_is_refused(write_series, read, tmp_path):
    write_series()
    (series,) = read(tmp_path).series
    stand_in = tmp_path / "dcm2niix"
    stand_in.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\n'
                        'touch "$2/volume.nii" "$2/volumea.nii"\n')  # fmt: skip
    stand_in.chmod(0o755)

    with pytest.raises(DicomError, match="has 2 volumes, one is needed"):
        convert(series, program=stand_in)
