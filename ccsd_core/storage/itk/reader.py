"""Reading NRRD and MetaImage with SimpleITK: the header is checked before the voxels are read.

file ──▶ size, components, position (LPS) ──▶ checked ──▶ voxels ──▶ canonical (RAS+) StoredVolume
"""

import math
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.errors import ItkImageError, MissingLibraryError
from ccsd_core.storage.itk.header_check import check_header
from ccsd_core.storage.nifti.header import MAX_BYTES, is_usable
from ccsd_core.storage.nifti.reader import canonical
from ccsd_core.storage.stored_volume import StoredVolume

RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class ItkHeader:
    """A checked header.

    Args:
        shape: Three axes; a fourth counts the channels, where there are several.
        stored: Grid of the image as stored.
        placed: Whether the file states its position in space.
        description: Always empty: these formats store no description.
        notes: Corrections made, one sentence each.
    """

    shape: tuple[int, ...]
    stored: StoredGrid
    placed: bool = True
    description: str = ""
    notes: tuple[str, ...] = ()


def read_header(path: Path) -> ItkHeader:
    """The header of a file.

    Raises:
        ItkImageError: If the file is not a usable NRRD or MetaImage.
        MissingLibraryError: If SimpleITK is not installed.
    """
    return _header(_opened(path), path=path)


def load_volume(path: Path) -> StoredVolume:
    """Read a 3-D image as float32.

    Raises:
        ItkImageError: If the file is not a usable 3-D image.
        MissingLibraryError: If SimpleITK is not installed.
    """
    array, header = _read(path)
    if len(header.shape) != 3:
        raise ItkImageError(
            f"{path} has shape {header.shape}, one 3-D image is needed: export one channel"
        )
    return canonical(array, header.stored, path=path, notes=header.notes, placed=header.placed)


def load_channels(path: Path) -> tuple[StoredVolume, ...]:
    """Read an image of several channels as one float32 volume per channel.

    Raises:
        ItkImageError: If the file is not a usable image of several channels.
        MissingLibraryError: If SimpleITK is not installed.
    """
    array, header = _read(path)
    if len(header.shape) != 4:
        raise ItkImageError(f"{path} has shape {header.shape}, four axes are needed")
    return tuple(
        canonical(channel, header.stored, path=path, notes=header.notes, placed=header.placed)
        for channel in np.moveaxis(array, -1, 0)
    )


def _opened(path: Path) -> Any:
    """A reader that has read the header.

    Raises:
        ItkImageError: If that cannot be done.
    """
    try:
        itk = import_module("SimpleITK")
    except ImportError as error:
        raise MissingLibraryError(
            f"reading {path.name} needs SimpleITK: pip install 'ccsd[scanner]'"
        ) from error
    if not path.is_file():
        raise ItkImageError(f"{path} does not exist: check the path")
    check_header(path, nrrd=_kind(path) == "NRRD file")
    reader = itk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise ItkImageError(f"{path} is not a usable {_kind(path)}: export it again") from error
    return reader


def _header(reader: Any, *, path: Path) -> ItkHeader:
    size, channels = tuple(reader.GetSize()), int(reader.GetNumberOfComponents())
    if len(size) == 4 and size[3] == 1:
        size = size[:3]
    if len(size) != 3:
        raise ItkImageError(f"{path} has {len(size)} axes, a volume has 3: give a 3-D image")
    shape = (*size, channels) if channels > 1 else size
    if math.prod(shape) * 4 > MAX_BYTES:
        raise ItkImageError(
            f"{path} states shape {shape}: at most {MAX_BYTES / 1024**3:g} GiB are read; crop or "
            "resample the image"
        )
    affine = _affine(reader)
    if not is_usable(affine):
        raise ItkImageError(f"{path} states an affine that gives its voxels no volume: correct it")
    x, y, z = size
    # A MetaImage always has a position; NRRD files without a space do not state one.
    placed = _kind(path) != "NRRD file" or reader.HasMetaDataKey("NRRD_space")
    note = (
        f"{path.name}: the file does not say how it lies in the patient; its axes were taken as "
        "left, posterior, superior, so left and right may be swapped"
    )
    return ItkHeader(shape, StoredGrid((x, y, z), affine), placed, notes=() if placed else (note,))


def _affine(reader: Any) -> NDArray[np.float64]:
    spacing, origin = reader.GetSpacing()[:3], reader.GetOrigin()[:3]
    count = len(reader.GetSize())
    direction = np.asarray(reader.GetDirection()).reshape(count, count)[:3, :3]
    affine = np.eye(4)
    affine[:3, :3] = direction * spacing
    affine[:3, 3] = origin
    return RAS_FROM_LPS @ affine


def _read(path: Path) -> tuple[NDArray[np.generic], ItkHeader]:
    """Values as [x, y, z] or [x, y, z, channel], and the header."""
    reader = _opened(path)
    header = _header(reader, path=path)
    try:
        image = reader.Execute()
    except (RuntimeError, MemoryError) as error:
        raise ItkImageError(
            f"{path} is truncated, damaged, or its data file is missing: export it again"
        ) from error
    array = np.asarray(import_module("SimpleITK").GetArrayViewFromImage(image))
    channels = len(header.shape) == 4
    if array.ndim == 4 and not channels:
        array = array[0]
    # SimpleITK's arrays begin with z; channels come last.
    return array.transpose((2, 1, 0, 3) if channels else (2, 1, 0)).copy(), header


def _kind(path: Path) -> str:
    return "NRRD file" if path.suffix.lower() in (".nrrd", ".nhdr") else "MetaImage"
