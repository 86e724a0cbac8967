"""The DICOM files of a converted series: their headers, and the position of each slice."""

# pydicom's data elements are typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ccsd_core.dicom.libraries import pydicom
from ccsd_core.dicom.study import Study, read_study
from ccsd_core.dicom.study_files import open_study
from ccsd_core.errors import CaseError, DicomError
from ccsd_core.progress import drain
from ccsd_core.storage.studies.study_record import read_record

RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class SourceImages:
    """The files of one series.

    Args:
        datasets: Headers without pixels: one per slice, or a single multi-frame one.
        slices: For each slice (frame), 4×4 from (row, column, 0) to RAS+ millimetres.
        shape: Rows and columns of a slice.
    """

    datasets: tuple[Any, ...]
    slices: tuple[NDArray[np.float64], ...]
    shape: tuple[int, int]


def source_images(folder: Path, file: str) -> SourceImages:
    """Read the headers of the files that a volume of a converted study was made from.

    Args:
        folder: The converted study.
        file: The name of the volume in it.

    Raises:
        CaseError: If the folder is not a converted study, or does not contain this volume.
        DicomError: If the study was moved, deleted or changed since.
        MissingLibraryError: If pydicom is not installed.
    """
    record = read_record(folder)
    if record is None:
        raise CaseError(f"{folder} was not converted from a DICOM study: open the study itself")
    label = next((one.label for one in record.series if one.file == file), None)
    if label is None:
        raise CaseError(f"{file} is not a series of this DICOM study: choose one of its sequences")
    if not record.source.exists():
        raise DicomError(
            f"the DICOM study of {folder.name} is no longer at {record.source}: put it back, or "
            "open it from where it is now"
        )
    study: Study = drain(read_study(record.source, alias=folder.name))
    series = next((one for one in study.series if one.label == label), None)
    if series is None:
        raise DicomError(f"series {label} is no longer in {record.source}: open the study again")
    datasets: list[Any] = []
    with open_study(record.source) as opened:
        for instance in series.instances:
            with opened.open(instance.file) as stream:
                datasets.append(pydicom().dcmread(stream, stop_before_pixels=True, force=True))
    return _placed(datasets)


def _placed(datasets: Sequence[Any]) -> SourceImages:
    first = datasets[0]
    shape = int(first.Rows), int(first.Columns)
    if len(datasets) == 1 and int(getattr(first, "NumberOfFrames", 1)) > 1:
        return SourceImages(tuple(datasets), tuple(_of_frames(first)), shape)
    placed = [
        (_affine(one.ImagePositionPatient, one.ImageOrientationPatient, one.PixelSpacing), one)
        for one in datasets
    ]
    normal = np.cross(placed[0][0][:3, 0], placed[0][0][:3, 1])
    placed.sort(key=lambda pair: float(normal @ pair[0][:3, 3]))
    return SourceImages(
        tuple(one for _, one in placed), tuple(affine for affine, _ in placed), shape
    )


def _of_frames(dataset: Any) -> list[NDArray[np.float64]]:
    shared = dataset.SharedFunctionalGroupsSequence[0]
    found: list[NDArray[np.float64]] = []
    for frame in dataset.PerFrameFunctionalGroupsSequence:

        def group(name: str, frame: Any = frame) -> Any:
            return getattr(frame if name in frame else shared, name)[0]

        found.append(
            _affine(
                group("PlanePositionSequence").ImagePositionPatient,
                group("PlaneOrientationSequence").ImageOrientationPatient,
                group("PixelMeasuresSequence").PixelSpacing,
            )
        )
    return found


def _affine(
    position: Sequence[float], orientation: Sequence[float], spacing: Sequence[float]
) -> NDArray[np.float64]:
    """Affine from (row, column, 0) to RAS+ mm; DICOM PS3.3 C.7.6.2.1.1 defines it in LPS+."""
    directions = np.asarray(orientation, np.float64).reshape(2, 3)
    lps = np.eye(4)
    lps[:3, 0] = directions[1] * float(spacing[0])  # down a column, row by row
    lps[:3, 1] = directions[0] * float(spacing[1])
    lps[:3, 2] = np.cross(directions[0], directions[1])
    lps[:3, 3] = np.asarray(position, np.float64)
    return RAS_FROM_LPS @ lps


def labels_on_slices(
    labels: NDArray[np.uint8], world_from_voxel: NDArray[np.float64], images: SourceImages
) -> NDArray[np.uint8]:
    """A label map on the slices of a series, by the nearest voxel; 0 outside the map.

    Args:
        labels: The map, (x, y, z).
        world_from_voxel: 4×4, to RAS+ millimetres.
        images: The series.

    Returns:
        (slice, row, column).
    """
    rows, columns = images.shape
    grid = np.stack(np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij"))
    points = np.concatenate([grid.reshape(2, -1), np.zeros((1, rows * columns))])
    voxel_from_world = np.linalg.inv(world_from_voxel)
    found = np.zeros((len(images.slices), rows, columns), np.uint8)
    limits = np.asarray(labels.shape)[:, None]
    for index, world_from_pixel in enumerate(images.slices):
        matrix = voxel_from_world @ world_from_pixel
        nearest = np.rint(matrix[:3, :3] @ points + matrix[:3, 3:]).astype(np.int64)
        inside = ((nearest >= 0) & (nearest < limits)).all(axis=0)
        x, y, z = nearest[:, inside]
        found[index].reshape(-1)[inside] = labels[x, y, z]
    return found
