"""Reading NIfTI images: the header is checked before the data is read; corrections are reported.

bytes ──▶ header ──▶ shape, type, affine checked ──▶ data ──▶ canonical (RAS+) Volume
                                                              + StoredGrid, to write results
                                                              + notes on corrections
"""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import NiftiError
from ccsd_core.storage.nifti.file_kind import open_bytes, read_exactly, read_up_to
from ccsd_core.storage.nifti.header import MAX_PADDING_BYTES, parse_header
from ccsd_core.storage.stored_volume import StoredVolume

LABEL_TOLERANCE = 1e-3
"""Distance from an integer (0.99999997 was seen) up to which a label is rounded without a note."""
LABEL_ROUNDING = 0.05
"""Distance up to which it is rounded with a note: label maps scaled to 8 bits and back contain
0.9882 and 3.9528."""


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
            f"{path} has shape {raw.array.shape}; a 3-D image is needed: "
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
        raise NiftiError(f"{path} has shape {raw.array.shape}; four axes are needed")
    channels = np.moveaxis(raw.array, -1, 0)
    return tuple(
        _canonical(_Raw(c, raw.stored, raw.notes, raw.placed), np.dtype(np.float32), path=path)
        for c in channels
    )


def load_labels(path: Path) -> StoredVolume:
    """Read a label map as uint8, whatever data type it was stored in.

    Raises:
        NiftiError: If the file is not a usable 3-D NIfTI image, or its values are not labels.
    """
    return whole_numbers(load_volume(path), path=path)


def whole_numbers(read: StoredVolume, *, path: Path) -> StoredVolume:
    """An image that was read as a label map: its values checked, rounded, as uint8.

    Args:
        read: Image that was read.
        path: Path of the image, for messages.

    Raises:
        NiftiError: If its values are not labels.
    """
    values = read.volume.array
    with np.errstate(invalid="ignore"):
        labels = values.astype(np.uint8)
    if np.array_equal(labels, values):
        return StoredVolume(read.volume.with_array(labels), read.stored, read.notes, read.placed)
    rounded = np.rint(values)
    off = np.abs(values - rounded)
    offending = float(values.flat[int(off.argmax())])
    if off.max() > LABEL_ROUNDING:
        raise NiftiError(
            f"{path} contains {offending:g}, but labels are whole numbers: give a label map that "
            "was resampled with nearest neighbours, not a map of probabilities"
        )
    low, high = float(rounded.min()), float(rounded.max())
    if low < 0 or high > 255:
        offending = low if low < 0 else high
        raise NiftiError(
            f"{path} contains {offending:g}, but labels are 0 to 255: correct the label file"
        )
    notes = read.notes
    if off.max() > LABEL_TOLERANCE:
        notes = (*notes, f"{path.name} contains {offending:g}; its labels were rounded")
    volume = read.volume.with_array(rounded.astype(np.uint8))
    return StoredVolume(volume, read.stored, notes, read.placed)


def canonical(
    array: NDArray[np.generic],
    stored: StoredGrid,
    *,
    path: Path,
    notes: tuple[str, ...] = (),
    placed: bool = True,
) -> StoredVolume:
    """An array in stored order, of any format, as a canonical float32 volume.

    Args:
        array: Values, shape (x, y, z).
        stored: Grid of the values as stored.
        path: Path of the file, for messages.
        notes: Corrections made on reading so far.
        placed: Whether the file states its position in space.

    Raises:
        NiftiError: If no value is a finite number.
    """
    return _canonical(_Raw(array, stored, notes, placed), np.dtype(np.float32), path=path)


def placed_as(one: StoredVolume, other: StoredVolume) -> StoredVolume:
    """An image that does not state its position, placed like one of the same shape.

    Args:
        one: An image with `placed` False, so its axes are still in stored order.
        other: An image with the same stored shape that states its position.
    """
    assert not one.placed
    assert one.stored.shape == other.stored.shape
    stored = replace(one.stored, affine=other.stored.affine)
    array, affine = _reoriented(one.volume.array, stored, one.volume.array.dtype)
    return StoredVolume(Volume(array, affine), stored)


def background_of(array: NDArray[np.generic]) -> float:
    """The value around the head: the median of the image's corners, 0 if none of them is finite."""
    corners = array[np.ix_(*([0, -1] for _ in array.shape))]
    known = corners[np.isfinite(corners)]
    return float(np.median(known.astype(np.float64))) if known.size else 0.0


def _read(path: Path) -> _Raw:
    with open_bytes(path) as stream:
        header = parse_header(stream, path=path)
        read_exactly(stream, header.data_offset - header.size, path=path)
        count = math.prod(header.shape) * header.dtype.itemsize
        data = read_exactly(stream, count, path=path)
        # Reading to the end makes gzip verify its checksum.
        read_up_to(stream, MAX_PADDING_BYTES, path=path)
    array: NDArray[np.generic] = np.frombuffer(data, header.dtype).reshape(header.shape, order="F")
    if (header.slope, header.intercept) != (1, 0):
        with np.errstate(over="ignore", invalid="ignore"):
            array = array.astype(np.float64) * header.slope + header.intercept
    return _Raw(array, header.stored, header.notes, header.placed)


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
        # One pass reorients, converts and copies; a copy even where nothing changes, so that
        # the result is writable and not a view of the file's bytes.
        return np.array(apply_orientation(array, orientation), dtype, order="C"), affine


def _finite(
    array: NDArray[np.generic], *, path: Path
) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """`array` with values that are not finite replaced by the background around the head."""
    finite = np.isfinite(array)
    if finite.all():
        return array, ()
    if not finite.any():
        raise NiftiError(f"{path} contains no finite value: export it again")
    background = background_of(array)
    count = int(array.size - finite.sum())
    note = f"{path.name}: {count} voxels without a finite value were set to background"
    return np.where(finite, array, np.asarray(background, array.dtype)), (note,)
