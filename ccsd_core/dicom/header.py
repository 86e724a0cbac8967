"""Reading the header of one file with pydicom, without its pixels."""

from typing import Any, BinaryIO

from ccsd_core.dicom.acquisition_fields import acquisition_of, seconds_of_day
from ccsd_core.dicom.dataset_values import number, text, whole
from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.libraries import pydicom
from ccsd_core.dicom.placement_fields import placement_of
from ccsd_core.dicom.privacy import naming_words, patient_key, without_names
from ccsd_core.dicom.study_files import StudyFile, StudyFiles

_IDENTITY = (
    "PatientName",
    "PatientID",
    "OtherPatientNames",
    "OtherPatientIDs",
    "PatientBirthName",
    "PatientBirthDate",
    "AccessionNumber",
)
"""Read only so that it can be removed from other text; none of it is kept."""
_TAGS = (
    *_IDENTITY,
    "SpecificCharacterSet",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "StudyDate",
    "SeriesInstanceUID",
    "FrameOfReferenceUID",
    "Modality",
    "SeriesNumber",
    "InstanceNumber",
    "SeriesDescription",
    "ProtocolName",
    "Manufacturer",
    "BodyPartExamined",
    "ImageType",
    "ScanningSequence",
    "SequenceName",
    "PulseSequenceName",
    "EchoPulseSequence",
    "EchoPlanarPulseSequence",
    "MRAcquisitionType",
    "EchoTime",
    "RepetitionTime",
    "InversionTime",
    "InversionRecovery",
    "ContrastBolusAgent",
    "ContrastBolusAgentSequence",
    "ContrastBolusVolume",
    "ContrastBolusStartTime",
    "AcquisitionContrast",
    "DiffusionBValue",
    "AngioFlag",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "ImagesInAcquisition",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "SamplesPerPixel",
    "PixelSpacing",
    "SliceThickness",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
_PIXEL_HEADER_BYTES = 12
"""Tag, type and length in front of the pixels; implicit files take 8."""
MOST_BYTES = 2.0**50
"""No file is larger; a header that implies more is damaged."""
_DIRECTORY = "1.2.840.10008.1.3.10"


def read_instance(file: StudyFile, files: StudyFiles) -> Instance | None:
    """The content of a file's header; None if it is not a DICOM file.

    A truncated header is read up to its end; such a file has no pixels.
    """
    library = pydicom()
    try:
        with files.open(file) as stream:
            if not _may_be_dicom(stream):
                return None
            dataset = library.dcmread(
                stream, stop_before_pixels=True, specific_tags=list(_TAGS), force=True
            )
            rest = file.size - stream.tell()
    except Exception:  # noqa: BLE001 — damaged bytes raise many types of error, of pydicom and zlib
        return None
    if text(dataset, "SOPClassUID") in ("", _DIRECTORY):
        return None
    return _instance(dataset, file, rest)


def _may_be_dicom(stream: BinaryIO) -> bool:
    """Whether the first bytes are DICOM's, with or without the preamble; the stream is rewound."""
    start = stream.read(132)
    stream.seek(0)
    # Before 1993 files had no preamble; they begin with an element of group 8 (or 2).
    return start[128:] == b"DICM" or start[:4] in (b"\x08\0\0\0", b"\x08\0\5\0", b"\x08\0\x08\0")


def _instance(dataset: Any, file: StudyFile, rest: int) -> Instance:
    words = naming_words(text(dataset, tag) for tag in _IDENTITY)
    frames = whole(dataset, "NumberOfFrames") or 1
    syntax = str(getattr(dataset.file_meta, "TransferSyntaxUID", ""))
    return Instance(
        file=file,
        shown_name=without_names(file.name, words),
        patient=patient_key(id=text(dataset, "PatientID"), name=text(dataset, "PatientName")),
        study_uid=text(dataset, "StudyInstanceUID"),
        series_uid=text(dataset, "SeriesInstanceUID"),
        instance_uid=text(dataset, "SOPInstanceUID"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        kind=text(dataset, "Modality").upper(),
        sop_class=text(dataset, "SOPClassUID"),
        transfer_syntax=syntax,
        series_number=whole(dataset, "SeriesNumber"),
        number=whole(dataset, "InstanceNumber"),
        description=without_names(text(dataset, "SeriesDescription"), words),
        protocol=without_names(text(dataset, "ProtocolName"), words),
        manufacturer=text(dataset, "Manufacturer"),
        body_part=text(dataset, "BodyPartExamined"),
        acquisition=acquisition_of(dataset),
        placement=placement_of(dataset),
        frames=frames,
        images_in_acquisition=whole(dataset, "ImagesInAcquisition"),
        started_s=seconds_of_day(
            text(dataset, "AcquisitionTime") or text(dataset, "AcquisitionDateTime")[8:]
        ),
        injected_s=seconds_of_day(text(dataset, "ContrastBolusStartTime")),
        has_pixels=rest > _PIXEL_HEADER_BYTES,
        lacks_bytes=_missing_bytes(dataset, rest, frames=frames, syntax=syntax),
        study_date=_as_date(text(dataset, "StudyDate")),
    )


def _as_date(stated: str) -> str:
    """`2026-01-02` of DICOM's `20260102`; "" of anything else."""
    digits = stated.replace(".", "")  # as before 1993
    if len(digits) != 8 or not digits.isdecimal():
        return ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def _missing_bytes(dataset: Any, rest: int, *, frames: int, syntax: str) -> int:
    """How many bytes of pixel data are missing; compressed data do not state their length."""
    uid = pydicom().uid.UID(syntax) if syntax else None
    if uid is not None and (uid.is_private or not uid.is_transfer_syntax or uid.is_compressed):
        return 0
    bits = number(dataset, "BitsAllocated") or 0
    rows, columns = whole(dataset, "Rows") or 0, whole(dataset, "Columns") or 0
    samples = whole(dataset, "SamplesPerPixel") or 1
    values = min(rows * columns * samples * frames, MOST_BYTES)
    expected = int(min(values * bits / 8, MOST_BYTES))
    return max(0, expected - rest) if rest > 0 else 0
