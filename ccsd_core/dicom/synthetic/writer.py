"""Writing DICOM series from volumes, with headers like those of scanners, for tests and demos.

volume ──▶ slices in a plane ──▶ one file per slice (classic), or one for all (enhanced)
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from nibabel.orientations import apply_orientation as oriented
from nibabel.orientations import axcodes2ornt, inv_ornt_aff, io_orientation, ornt_transform
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid
from pydicom.valuerep import DSfloat

from ccsd_core.dicom.synthetic.vendors import IMAGE_TYPE, MANUFACTURER, PROTOCOLS

AXES = {"axial": "LPS", "sagittal": "PIL", "coronal": "LIP"}
"""Directions of rows, columns and slices in each plane, as scanners order them."""
_MOVED = ("EchoTime", "RepetitionTime", "InversionTime", "ScanningSequence", "SequenceName")
"""Elements that enhanced files state in functional groups."""
LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Person:
    """The invented patient of a study."""

    name: str = "Mustermann^Erika"
    number: str = "PAT-4711"


DEIDENTIFIED = Person("", "")


@dataclass(frozen=True, eq=False)
class Scan:
    """A series to write.

    Args:
        array: Values, shape (x, y, z); stored as unsigned 16-bit integers.
        affine: 4×4, voxel to RAS+ millimetres.
        sequence: FLAIR, T1, T1c or T2.
        number: The scanner's series number.
        vendor: siemens, ge or philips.
        dimension: 2D or 3D.
        plane: The plane of its slices.
        enhanced: Whether to write one multi-frame file instead of one file per slice.
        leave_out: Slices that are not written.
        header: Elements that replace the vendor's; None removes one.
        uid: Series Instance UID; made from the number if empty.
    """

    array: NDArray[np.generic]
    affine: NDArray[np.float64]
    sequence: str = "T2"
    number: int = 1
    vendor: str = "siemens"
    dimension: str = "2D"
    plane: str = "axial"
    enhanced: bool = False
    leave_out: Collection[int] = ()
    header: Mapping[str, object] = field(default_factory=dict)
    uid: str = ""


def write_scan(
    folder: Path, scan: Scan, *, person: Person = DEIDENTIFIED, study: str = "study"
) -> list[Path]:
    """Write a series into a folder and return its files.

    Args:
        folder: The folder; it is created if missing.
        scan: The series.
        person: The patient.
        study: Name of the study, from which its Study Instance UID is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    turn = ornt_transform(io_orientation(scan.affine), axcodes2ornt(tuple(AXES[scan.plane])))
    array = oriented(scan.array, turn)
    affine = LPS_FROM_RAS @ scan.affine @ inv_ornt_aff(turn, scan.array.shape)
    slices = [k for k in range(array.shape[2]) if k not in scan.leave_out]
    pixels = np.clip(np.rint(array), 0, 65535).astype("<u2")
    if scan.enhanced:
        dataset = _common(scan, affine, pixels.shape, person, study)
        _enhance(dataset, scan, affine, slices)
        data = b"".join(pixels[:, :, k].T.tobytes() for k in slices)
        return [_save(folder / f"S{scan.number:03d}.dcm", dataset, data)]
    paths: list[Path] = []
    for place, k in enumerate(slices):
        dataset = _common(scan, affine, pixels.shape, person, study)
        dataset.InstanceNumber = k + 1
        dataset.SOPInstanceUID = _uid(study, scan.number, scan.uid, scan.plane, str(scan.header), k)
        _place(dataset, affine, k)
        _apply(dataset, scan.header)
        path = folder / f"S{scan.number:03d}I{place:04d}.dcm"
        paths.append(_save(path, dataset, pixels[:, :, k].T.tobytes()))
    return paths


def _common(
    scan: Scan,
    affine: NDArray[np.float64],
    shape: tuple[int, ...],
    person: Person,
    study: str,
) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = EnhancedMRImageStorage if scan.enhanced else MRImageStorage
    dataset.SOPInstanceUID = _uid(study, scan.number, scan.uid, "all")
    dataset.StudyInstanceUID = _uid(study)
    dataset.SeriesInstanceUID = scan.uid or _uid(study, scan.number)
    dataset.FrameOfReferenceUID = _uid(study, "frame of reference")
    dataset.PatientName, dataset.PatientID = person.name, person.number
    if person == DEIDENTIFIED:
        dataset.PatientIdentityRemoved = "YES"
    dataset.StudyDate, dataset.StudyTime = "20260102", "101500"
    dataset.AcquisitionTime = f"{10 + scan.number // 60:02d}{scan.number % 60:02d}00"
    dataset.Modality, dataset.BodyPartExamined, dataset.PatientPosition = "MR", "HEAD", "HFS"
    dataset.Manufacturer, dataset.ManufacturerModelName = MANUFACTURER[scan.vendor]
    dataset.MagneticFieldStrength = 3
    dataset.ImageType = IMAGE_TYPE[scan.vendor]
    dataset.SeriesNumber = scan.number
    dataset.MRAcquisitionType = scan.dimension
    columns, rows, count = shape
    dataset.Rows, dataset.Columns = rows, columns
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 0
    if scan.vendor == "ge":
        dataset.ImagesInAcquisition = count
    _apply(dataset, PROTOCOLS[scan.vendor, scan.dimension, scan.sequence])
    return dataset


def _apply(dataset: Dataset, header: Mapping[str, object]) -> None:
    for name, value in header.items():
        if value is None:
            if name in dataset:
                delattr(dataset, name)
        else:
            setattr(dataset, name, value)


def _place(dataset: Dataset, affine: NDArray[np.float64], k: int) -> None:
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    directions = affine[:3, :3] / spacing
    dataset.PixelSpacing = _decimals(spacing[[1, 0]])
    dataset.SliceThickness = dataset.SpacingBetweenSlices = _decimals(spacing[2:])[0]
    dataset.ImageOrientationPatient = _decimals([*directions[:, 0], *directions[:, 1]])
    dataset.ImagePositionPatient = _decimals(affine[:3, 3] + k * affine[:3, 2])


def _enhance(dataset: Dataset, scan: Scan, affine: NDArray[np.float64], slices: list[int]) -> None:
    """Move the elements of classic files into functional groups."""
    flat = Dataset()
    _place(flat, affine, 0)
    shared = Dataset()
    shared.PixelMeasuresSequence = [
        _item(
            PixelSpacing=flat.PixelSpacing,
            SliceThickness=flat.SliceThickness,
            SpacingBetweenSlices=flat.SpacingBetweenSlices,
        )
    ]
    shared.PlaneOrientationSequence = [_item(ImageOrientationPatient=flat.ImageOrientationPatient)]
    inversion = dataset.get("InversionTime")
    shared.MREchoSequence = [_item(EffectiveEchoTime=float(dataset.EchoTime))]
    shared.MRTimingAndRelatedParametersSequence = [
        _item(RepetitionTime=dataset.RepetitionTime, FlipAngle=90)
    ]
    shared.MRModifierSequence = [
        _item(InversionRecovery="YES", InversionTimes=float(inversion))
        if inversion
        else _item(InversionRecovery="NO")
    ]
    dataset.EchoPulseSequence = "GRADIENT" if "GR" in dataset.ScanningSequence else "SPIN"
    agent = dataset.get("ContrastBolusAgent")
    if agent:
        dataset.ContrastBolusAgentSequence = [_item(CodeMeaning=agent)]
    for name in _MOVED:
        if name in dataset:
            delattr(dataset, name)
    if agent:
        del dataset.ContrastBolusAgent
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = []
    dataset.NumberOfFrames, dataset.InstanceNumber = len(slices), 1
    for place, k in enumerate(slices):
        _place(flat, affine, k)
        frame = Dataset()
        frame.PlanePositionSequence = [_item(ImagePositionPatient=flat.ImagePositionPatient)]
        frame.FrameContentSequence = [
            _item(StackID="1", InStackPositionNumber=place + 1, DimensionIndexValues=[1, place + 1])
        ]
        dataset.PerFrameFunctionalGroupsSequence.append(frame)
    _apply(dataset, scan.header)


def _item(**elements: object) -> Dataset:
    item = Dataset()
    _apply(item, elements)
    return item


def _decimals(values: Collection[float]) -> list[Any]:
    """Decimal strings of at most 16 characters, as the standard requires."""
    return [DSfloat(float(value), auto_format=True) for value in values]


def _uid(*parts: object) -> str:
    """A UID made from the parts; the same parts give the same UID."""
    return generate_uid(entropy_srcs=["ccsd made-up study", *map(str, parts)])


def _save(path: Path, dataset: Dataset, pixels: bytes) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta = meta
    dataset.PixelData = pixels
    pydicom.dcmwrite(path, dataset, enforce_file_format=True)
    return path
