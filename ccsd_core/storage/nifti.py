"""Reading NIfTI images: everything is checked before the data is touched, and mended aloud.

bytes ──▶ header ──▶ shape, type, affine checked ──▶ data ──▶ canonical (RAS+) Volume
                                                              + StoredGrid, the way back
                                                              + notes, what was mended
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

import nibabel as nib
import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import NiftiError
from ccsd_core.storage.file_kind import (
    NIFTI1_HEADER_BYTES,
    NIFTI2_HEADER_BYTES,
    open_bytes,
    read_exactly,
    read_up_to,
)

MAX_BYTES = 2 * 1024**3
"""Images larger than this, unpacked, are refused: no brain scan is, and memory is finite."""
LABEL_TOLERANCE = 1e-3
"""How far a label may lie from an integer (0.99999997 has been seen) and still be rounded."""
_MAX_PADDING_BYTES = 16 * 1024**2


@dataclass(frozen=True, slots=True, eq=False)
class StoredVolume:
    """An image as it is worked with, and as it lay on disk.

    Args:
        volume: The canonical (RAS+) volume.
        stored: The grid of the file.
        notes: What reading had to mend, one sentence each.
        placed: Whether the file states where it lies in the patient.
    """

    volume: Volume
    stored: StoredGrid
    notes: tuple[str, ...] = ()
    placed: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class _Raw:
    """A file's values in stored order, with at least three axes."""

    array: NDArray[np.generic]
    stored: StoredGrid
    notes: tuple[str, ...]
    placed: bool


def load_volume(path: Path, *, dtype: Literal["float32", "float64"] = "float32") -> StoredVolume:
    """Read a 3-D image; a trailing axis of length 1 is dropped.

    Args:
        path: A `.nii` or `.nii.gz` file.
        dtype: Type of the values in memory.

    Raises:
        NiftiError: If the file is not a usable 3-D NIfTI image.
    """
    raw = _read(path)
    if raw.array.ndim != 3:
        raise NiftiError(
            f"{path} has shape {raw.array.shape}, one 3-D image is needed: "
            "split it, or keep several sequences in one file only in the MSD layout "
            "(imagesTr/BRATS_*.nii.gz)"
        )
    return _canonical(raw, np.dtype(dtype), path=path)


def load_channels(path: Path) -> tuple[StoredVolume, ...]:
    """Read a 4-D image as one float32 volume per channel.

    Raises:
        NiftiError: If the file is not a usable 4-D NIfTI image.
    """
    raw = _read(path)
    if raw.array.ndim != 4:
        raise NiftiError(f"{path} has shape {raw.array.shape}, four axes are needed")
    channels = np.moveaxis(raw.array, -1, 0)
    return tuple(
        _canonical(_Raw(c, raw.stored, raw.notes, raw.placed), np.dtype(np.float32), path=path)
        for c in channels
    )


def load_labels(path: Path) -> StoredVolume:
    """Read a label map as uint8, whatever number type it was stored in.

    Raises:
        NiftiError: If the file is not a usable 3-D NIfTI image, or its values are no labels.
    """
    read = load_volume(path)
    values = read.volume.array
    rounded = np.rint(values)
    off = np.abs(values - rounded)
    if off.max() > LABEL_TOLERANCE:
        strange = float(values.flat[int(off.argmax())])
        raise NiftiError(f"{path} holds {strange:g}, labels are whole numbers: give the label file")
    low, high = float(rounded.min()), float(rounded.max())
    if low < 0 or high > 255:
        strange = low if low < 0 else high
        raise NiftiError(f"{path} holds {strange:g}, labels are 0 to 255: give the label file")
    volume = read.volume.with_array(rounded.astype(np.uint8))
    return StoredVolume(volume, read.stored, read.notes, read.placed)


def placed_as(one: StoredVolume, other: StoredVolume) -> StoredVolume:
    """An image that does not say where it lies, laid where one of the same shape lies.

    Args:
        one: An image with `placed` False, so its axes are still in stored order.
        other: An image of the same stored shape that states its place.
    """
    assert not one.placed
    assert one.stored.shape == other.stored.shape
    stored = replace(one.stored, affine=other.stored.affine)
    array, affine = _reoriented(one.volume.array, stored, one.volume.array.dtype)
    return StoredVolume(Volume(array, affine), stored)


def background_of(array: NDArray[np.generic]) -> float:
    """The value around the head: the median of the image's corners, 0 if they hold none."""
    corners = array[np.ix_(*([0, -1] for _ in array.shape))]
    known = corners[np.isfinite(corners)]
    return float(np.median(known.astype(np.float64))) if known.size else 0.0


def shape_of(path: Path) -> tuple[int, ...]:
    """The shape a file states, without reading its data; trailing axes of length 1 dropped.

    Raises:
        NiftiError: If the file is not a NIfTI image.
    """
    with open_bytes(path) as stream:
        header, _ = _read_header(stream, path=path)
    return _checked_shape(header, path=path)


def description_of(path: Path) -> str:
    """The free text in a file's header, without reading its data.

    Raises:
        NiftiError: If the file is not a NIfTI image.
    """
    with open_bytes(path) as stream:
        header, _ = _read_header(stream, path=path)
    return bytes(header["descrip"]).rstrip(b"\0").decode(errors="replace")


def _read(path: Path) -> _Raw:
    with open_bytes(path) as stream:
        header, header_bytes = _read_header(stream, path=path)
        shape = _checked_shape(header, path=path)
        dtype = _checked_dtype(header, shape, path=path)
        slope, intercept = _scaling(header, path=path)
        stored, placed, notes = _place(header, shape, path=path)
        offset = _data_offset(header, header_bytes, path=path)
        read_exactly(stream, offset - header_bytes, path=path)
        data = read_exactly(stream, math.prod(shape) * dtype.itemsize, path=path)
        # Reading on to the end makes gzip compare its checksum with what was read.
        read_up_to(stream, _MAX_PADDING_BYTES, path=path)
    array: NDArray[np.generic] = np.frombuffer(data, dtype).reshape(shape, order="F")
    if slope is not None and (slope, intercept) != (1, 0):
        with np.errstate(over="ignore", invalid="ignore"):
            array = array.astype(np.float64) * slope + (intercept or 0.0)
    return _Raw(array, stored, notes, placed)


def _read_header(stream: BinaryIO, *, path: Path) -> tuple[nib.Nifti1Header, int]:
    """The header, and how many bytes of the stream it took."""
    start = read_up_to(stream, NIFTI1_HEADER_BYTES, path=path)
    sizes = {int.from_bytes(start[:4], "little"), int.from_bytes(start[:4], "big")}
    kind, count = nib.Nifti1Header, NIFTI1_HEADER_BYTES
    if NIFTI2_HEADER_BYTES in sizes:
        kind, count = nib.Nifti2Header, NIFTI2_HEADER_BYTES
    elif NIFTI1_HEADER_BYTES not in sizes:
        raise NiftiError(f"{path} is not a NIfTI file: give a .nii or .nii.gz image")
    start += read_exactly(stream, count - len(start), path=path)
    try:
        header = kind(start, check=False)
    except (HeaderDataError, ValueError) as error:
        raise NiftiError(f"{path} has a damaged NIfTI header ({error}): export it again") from error
    if bytes(header["magic"])[:3] in (b"ni1", b"ni2"):
        raise NiftiError(
            f"{path} is the header of a .hdr/.img pair: convert the pair to one .nii.gz file"
        )
    if bytes(header["magic"])[:3] not in (b"n+1", b"n+2"):
        raise NiftiError(f"{path} is not a NIfTI file: give a .nii or .nii.gz image")
    return header, count


def _checked_shape(header: nib.Nifti1Header, *, path: Path) -> tuple[int, ...]:
    dims = [int(d) for d in header["dim"]]
    if not 1 <= dims[0] <= 7 or any(d < 1 for d in dims[1 : dims[0] + 1]):
        raise NiftiError(f"{path} states the impossible shape {dims}: the header is damaged")
    shape = dims[1 : dims[0] + 1]
    while len(shape) > 3 and shape[-1] == 1:
        shape.pop()
    if len(shape) < 3:
        raise NiftiError(f"{path} has shape {tuple(shape)}, a volume has 3 axes: give a 3-D image")
    return tuple(shape)


def _checked_dtype(
    header: nib.Nifti1Header, shape: tuple[int, ...], *, path: Path
) -> np.dtype[np.generic]:
    try:
        dtype = header.get_data_dtype()
    except (HeaderDataError, KeyError):
        code = int(header["datatype"])
        raise NiftiError(f"{path} has the unknown number type {code}: export it again") from None
    if dtype.kind not in "iuf" or dtype.itemsize == 0:
        raise NiftiError(f"{path} holds {dtype} values, a scan holds one real number a voxel")
    size = math.prod(shape) * max(dtype.itemsize, 4)
    if size > MAX_BYTES:
        raise NiftiError(
            f"{path} states shape {shape}, {size / 1024**3:.1f} GiB: at most "
            f"{MAX_BYTES / 1024**3:g} GiB are read, crop or resample the image"
        )
    return dtype


def _data_offset(header: nib.Nifti1Header, header_bytes: int, *, path: Path) -> int:
    stated = float(header["vox_offset"])
    if stated == 0:
        return header_bytes
    if not header_bytes <= stated <= _MAX_PADDING_BYTES:  # nan too
        raise NiftiError(f"{path} states its data at byte {stated:.0f}: the header is damaged")
    return int(stated)


def _scaling(header: nib.Nifti1Header, *, path: Path) -> tuple[float | None, float | None]:
    try:
        return header.get_slope_inter()
    except HeaderDataError as error:
        raise NiftiError(f"{path} has an unusable intensity scale ({error})") from error


def _place(
    header: nib.Nifti1Header, shape: tuple[int, ...], *, path: Path
) -> tuple[StoredGrid, bool, tuple[str, ...]]:
    """Where the file says it lies; sform before qform, as the standard's readers do."""
    qform_code, sform_code = int(header["qform_code"]), int(header["sform_code"])
    x, y, z = shape[:3]
    stated = [name for name, code in (("sform", sform_code), ("qform", qform_code)) if code > 0]
    for name in stated:
        affine = _stated_affine(header, name)
        if affine is not None and _is_usable(affine):
            notes = (
                ()
                if name == stated[0]
                else (f"{path.name}: its sform is unusable, its qform was taken",)
            )
            return StoredGrid((x, y, z), affine, qform_code, sform_code), True, notes
    if stated:
        raise NiftiError(
            f"{path} has an affine that is not finite or gives its voxels no volume: "
            "repair its sform or qform"
        )
    spacing = [float(s) for s in header["pixdim"][1:4]]
    if not all(math.isfinite(s) and s > 0 for s in spacing):
        raise NiftiError(f"{path} states the voxel size {spacing} mm: repair its header")
    note = (
        f"{path.name}: the file does not say how it lies in the patient (both NIfTI codes are "
        "0); its axes were taken as right, anterior, superior, so left and right may be swapped"
    )
    affine = np.diag([*spacing, 1.0])
    return StoredGrid((x, y, z), affine, qform_code, sform_code), False, (note,)


def _stated_affine(header: nib.Nifti1Header, name: str) -> NDArray[np.float64] | None:
    """The sform's or the qform's matrix; None if the header's numbers make none."""
    try:
        affine = header.get_sform() if name == "sform" else header.get_qform()
    except (HeaderDataError, ValueError):
        return None
    return np.asarray(affine, np.float64)


def _is_usable(affine: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(affine).all() and abs(np.linalg.det(affine[:3, :3])) > 1e-9)


def _canonical(raw: _Raw, dtype: np.dtype[np.generic], *, path: Path) -> StoredVolume:
    array, affine = _reoriented(raw.array, raw.stored, dtype)
    array, notes = _finite(array, path=path)
    return StoredVolume(Volume(array, affine), raw.stored, (*raw.notes, *notes), raw.placed)


def _reoriented(
    array: NDArray[np.generic], stored: StoredGrid, dtype: np.dtype[np.generic]
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """An array in stored order as a canonical one, and its affine."""
    orientation = io_orientation(stored.affine)
    affine = stored.affine @ inv_ornt_aff(orientation, stored.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        # One pass turns, converts and lays out; a copy even where nothing changes, so that
        # the result is writable and not a view of the file's bytes.
        return np.array(apply_orientation(array, orientation), dtype, order="C"), affine


def _finite(
    array: NDArray[np.generic], *, path: Path
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """`array` with what is not a number replaced by the background around the head."""
    finite = np.isfinite(array)
    if finite.all():
        return array, ()
    if not finite.any():
        raise NiftiError(f"{path} holds no finite value: export it again")
    background = background_of(array)
    count = int(array.size - finite.sum())
    note = f"{path.name}: {count} voxels without a finite value were set to background"
    return np.where(finite, array, np.asarray(background, array.dtype)), (note,)
