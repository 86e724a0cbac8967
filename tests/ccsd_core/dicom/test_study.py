"""From a folder, a disc or a zip to the series in it; and what is refused, in which words."""

import zipfile

import numpy as np
import pytest

from ccsd_core.dicom.selection import checked, select
from ccsd_core.dicom.study_choice import SeveralStudiesError
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import DicomError


def found(study):
    return [(s.label, s.description, s.count) for s in study.series]


def test_files_are_found_in_nested_folders_under_any_name(write_series, read, tmp_path):
    (first, *_) = write_series("a/b/c", number=2)
    first.rename(first.with_name("no_suffix"))
    write_series("a/d", number=5, sequence="FLAIR")
    (tmp_path / "a" / "notes.txt").write_text("no DICOM")
    (tmp_path / "a" / "preview.jpg").write_bytes(bytes(300))

    assert found(read(tmp_path)) == [("2", "t2_tse_tra", 12), ("5", "t2_tirm_tra_dark-fluid", 12)]


def test_two_series_mixed_in_one_folder_are_distinguished(write_series, read, tmp_path):
    for number, sequence in ((2, "T2"), (3, "T1")):
        for path in write_series(f"{number}", number=number, sequence=sequence):
            target = tmp_path / "mixed" / f"{path.stem[-2:]}{number}.dcm"
            target.parent.mkdir(exist_ok=True)
            path.rename(target)

    assert found(read(tmp_path / "mixed")) == [("2", "t2_tse_tra", 12), ("3", "t1_se_tra", 12)]


def test_a_zip_is_read_where_it_lies(write_series, read, tmp_path):
    with zipfile.ZipFile(tmp_path / "s.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_series(number=4):
            archive.write(path, f"x/{path.name}")

    (series,) = read(tmp_path / "s.zip").series

    assert (series.label, series.count, series.missing) == ("4", 12, 0)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.zip", "study"]


def test_files_that_a_dicomdir_lists_and_the_disc_lacks_are_reported(write_series, read, tmp_path):
    paths = write_series("disc/images")
    table = tmp_path / "disc" / "DICOMDIR"
    # The table has capitals, the system that copied the disc small letters.
    write_table_of_contents(table, [["IMAGES", path.name.upper()] for path in paths])
    whole = read(table)
    paths[4].unlink()

    assert whole.notes == ()
    assert [s.count for s in whole.series] == [12]
    for path in (table, table.parent):
        study = read(path)

        assert [s.count for s in study.series] == [11]
        assert study.notes == ("the DICOMDIR lists 1 file that is missing: copy the whole disc",)


def write_table_of_contents(path, names):
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid

    table = Dataset()
    table.file_meta = FileMetaDataset()
    table.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    table.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    table.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    table.DirectoryRecordSequence = []
    for name in names:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = name
        table.DirectoryRecordSequence.append(record)
    pydicom.dcmwrite(path, table, enforce_file_format=True)


def test_files_from_before_the_preamble_are_read(write_series, read, tmp_path):
    import pydicom

    for path in write_series():
        dataset = pydicom.dcmread(path)
        del dataset.file_meta
        dataset.preamble = None
        pydicom.dcmwrite(path, dataset, implicit_vr=True, little_endian=True)

    assert found(read(tmp_path)) == [("1", "t2_tse_tra", 12)]


def test_copies_of_a_file_count_once(write_series, read, tmp_path):
    write_series("a")
    write_series("copy of a")

    assert found(read(tmp_path)) == [("1", "t2_tse_tra", 12)]


def test_a_series_of_the_scanner_that_holds_two_contrasts_is_two(write_series, read, tmp_path):
    write_series("pd", uid="1.2.3", header={"EchoTime": 14})
    write_series("t2", uid="1.2.3", header={"EchoTime": 95})

    assert [(s.label, s.count) for s in read(tmp_path).series] == [("1a", 12), ("1b", 12)]


def test_a_multi_frame_file_is_a_series_by_itself(write_series, read):
    (path,) = write_series(enhanced=True, vendor="philips", sequence="FLAIR")

    (series,) = read(path).series

    assert (series.count, series.is_enhanced, series.stack.position_count) == (12, True, 12)
    assert series.stack.spacing_mm == pytest.approx((20, 18, 12), abs=1e-5)
    acquisition = series.acquisition
    assert (acquisition.echo_ms, acquisition.repetition_ms) == (125, 11000)
    assert acquisition.inversion_ms == 2800


def test_planes_matrix_and_obliquity_are_reported(write_series, read, tmp_path):
    for number, plane in enumerate(("axial", "sagittal", "coronal"), start=1):
        write_series(f"{number}", number=number, plane=plane)

    stacks = [s.stack for s in read(tmp_path).series]

    assert [stack.plane for stack in stacks] == ["axial", "sagittal", "coronal"]
    assert [stack.matrix for stack in stacks] == [(8, 10), (10, 12), (8, 12)]
    assert all(5 < stack.oblique_degrees < 15 for stack in stacks)


def test_a_missing_slice_is_counted(write_series, read, tmp_path):
    write_series(leave_out=(5, 6))

    (series,) = read(tmp_path).series

    assert series.missing == 2
    with pytest.raises(DicomError, match=r"2 images are missing .10 are present"):
        checked(select([series]))


def test_missing_slices_at_the_end_are_known_from_what_ge_announces(write_series, read, tmp_path):
    write_series(vendor="ge", leave_out=(10, 11))

    assert read(tmp_path).series[0].missing == 2


def test_a_truncated_file_is_named_with_the_way_out(write_series, read, tmp_path):
    path = write_series()[3]
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(DicomError, match=r"S001I0003.dcm is truncated \(\d+ bytes .*export"):
        checked(select(read(tmp_path).series))


def test_a_file_that_breaks_off_in_its_header_belongs_to_its_series(write_series, read, tmp_path):
    path = write_series()[3]
    path.write_bytes(path.read_bytes()[:-300])

    (series,) = read(tmp_path).series

    with pytest.raises(DicomError, match=r"S001I0003\.dcm has no pixel data: copy or export"):
        checked(select([series]))


def test_a_study_without_pixel_data_is_refused(write_series, read, tmp_path, dicom_writer):
    import pydicom

    for path in write_series():
        dataset = pydicom.dcmread(path)
        del dataset.PixelData
        dataset.save_as(path)

    with pytest.raises(DicomError, match="its files have no pixel data: export them with"):
        checked(select(read(tmp_path).series))


def test_a_ct_a_spine_and_a_lone_localiser_are_refused_in_a_line_each(
    write_series, read, tmp_path, dicom_head
):
    refused = {
        "ct": ({"header": {"Modality": "CT"}}, "it is CT, not MR"),
        "spine": ({"header": {"BodyPartExamined": "LSPINE"}}, "body part LSPINE"),
        "loc": (
            {"array": dicom_head[0][:, :, :3], "header": {"SeriesDescription": "x"}},
            "3 slices",
        ),
    }
    for where, (how, message) in refused.items():
        write_series(where, **how)

        with pytest.raises(DicomError, match=message):
            checked(select(read(tmp_path / where).series))


def test_the_three_planes_of_one_localiser_are_set_aside(write_series, read, tmp_path, dicom_head):
    for plane in ("axial", "sagittal", "coronal"):
        write_series(
            plane,
            plane=plane,
            uid="1.2.3",
            array=dicom_head[0][:3, :3, :3],
            header={"SeriesDescription": "AAHead_Scout"},
        )

    rows = select(read(tmp_path).series).rows

    assert [row.series.label for row in rows] == ["1a", "1b", "1c"]
    assert {row.guess.label for row in rows} == {"localiser"}


def test_two_studies_are_refused_until_one_is_named(write_series, read, tmp_path):
    write_series("2024", study="first")
    write_series("2025", study="second", number=3)

    with pytest.raises(
        DicomError, match=r"several studies: choose one .*--study NAME.*: DICOM-"
    ) as message:
        read(tmp_path)
    alias = str(message.value).partition("DICOM-")[2].partition(" ")[0]
    chosen = read(tmp_path, alias=f"DICOM-{alias}")
    assert chosen.alias == f"DICOM-{alias}"
    assert len(chosen.series) == 1
    assert chosen.notes == ("another study in the same folder: not used",)


def test_several_studies_are_reported_with_date_series_and_sequences_the_newest_first(
    write_series, read, tmp_path, dicom_writer
):
    write_series("a", study="first", header={"StudyDate": "20240305"})
    write_series("a", study="first", header={"StudyDate": "20240305"}, number=2, sequence="FLAIR")
    write_series("b", study="second", number=3)
    other = dicom_writer.Person("Doe^Jane", "PAT-1")
    write_series("c", study="third", number=4, person=other, header={"StudyDate": None})

    with pytest.raises(SeveralStudiesError) as message:
        read(tmp_path)
    found = [(c.date, c.patient, c.series, c.sequences) for c in message.value.choices]
    assert found == [
        ("2026-01-02", 1, 1, (Modality.T2,)),
        ("2024-03-05", 1, 2, (Modality.FLAIR, Modality.T2)),
        ("", 2, 1, (Modality.T2,)),
    ]
    assert "(2 series: FLAIR, T2; such as a/S001I0000.dcm)" in str(message.value)
    assert not [w for w in ("Mustermann", "4711", "Doe") if w in str(message.value)]


def test_two_patients_are_refused(write_series, read, tmp_path, dicom_writer):
    write_series("a", study="first")
    write_series("b", study="second", person=dicom_writer.Person("Doe^Jane", "PAT-1"), number=2)

    with pytest.raises(DicomError, match="there are files of several patients"):
        read(tmp_path)


def test_two_patients_in_one_study_are_refused_with_a_file(
    write_series, read, tmp_path, dicom_writer
):
    write_series("a")
    write_series("b", person=dicom_writer.Person("Doe^Jane", "PAT-1"), number=2)

    with pytest.raises(DicomError, match=r"carry 2 patients' identities, for example [ab]/S00"):
        read(tmp_path)


def test_a_ct_study_beside_the_mr_is_left_alone(write_series, read, tmp_path):
    write_series("mr", study="first")
    write_series("ct", study="second", number=3, header={"Modality": "CT"})

    assert [s.first.kind for s in read(tmp_path).series] == ["MR"]


def test_what_is_no_study_is_refused_with_the_way_out(read, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "nifti").mkdir()
    (tmp_path / "nifti" / "t1.nii.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" + bytes(18))
    for name, message in {
        "none": "does not exist",
        "empty": "is empty: give the folder of a study",
        "nifti": "contains NIfTI files but no DICOM file: open it as a case",
        "bad.zip": "is empty",
    }.items():
        with pytest.raises(DicomError, match=message):
            read(tmp_path / name)


def test_headers_of_deidentified_files_are_enough(write_series, read, tmp_path, dicom_writer):
    write_series(person=dicom_writer.DEIDENTIFIED, number=2)
    write_series("b", person=dicom_writer.DEIDENTIFIED, number=3, sequence="T1")

    assert len(select(read(tmp_path).series).used) == 2


def test_numbers_that_break_the_standard_are_read_as_missing(
    write_series, read, tmp_path, dicom_writer
):
    import pydicom
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    for path in write_series():
        dataset = pydicom.dcmread(path)
        tag = Tag("EchoTime")
        dataset._dict[tag] = RawDataElement(tag, "DS", 4, b"1,5a", 0, is_implicit_VR=False,
                                            is_little_endian=True)  # fmt: skip
        dataset.save_as(path)

    (series,) = read(tmp_path).series

    assert series.acquisition.echo_ms is None
    assert np.isfinite(series.stack.spacing_mm).all()
