"""Reading a NIfTI header, checked before any of the data is read.

bytes ──▶ shape, data type, scale, position (sform before qform) ──▶ NiftiHeader
"""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import math
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.volume import corner_distance_mm
from ccsd_core.errors import NiftiError
from ccsd_core.storage.nifti.file_kind import (
    NIFTI1_HEADER_BYTES,
    NIFTI2_HEADER_BYTES,
    open_bytes,
    read_exactly,
    read_up_to,
)

MAX_BYTES = 2 * 1024**3
"""Images larger than this, unpacked, are refused: no brain scan is that large."""
LEAST_EDGE_MM, LARGEST_EDGE_MM = 0.05, 20.0
"""Plausible voxel edges of a head scan; a unit of length that leads to others is taken as an
error."""
LEAST_EDGE, LARGEST_EDGE = 1e-5, 1e6
"""Possible voxel edges in any unit, from metres to micrometres; others mean a damaged header."""
FARTHEST = 1e9
"""Largest number in an affine; a larger one means a damaged header."""
LEAST_VOLUME = 1e-6
"""Smallest volume of a voxel relative to the product of its edges; below it, the axes are
coplanar."""
PIXDIM_TOLERANCE = 0.02
"""Relative difference that is allowed between stated voxel sizes and those of the affine."""
_UNITS = {1: ("metres", 1000.0), 3: ("micrometres", 0.001)}
MAX_PADDING_BYTES = 16 * 1024**2
"""Largest offset of the data from the start of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class NiftiHeader:
    """A checked header.

    Args:
        size: Bytes of the header itself.
        data_offset: Byte at which the data begins.
        shape: Shape of at least three axes; further axes of length 1 are dropped.
        dtype: Stored data type.
        slope: Factor of stored values.
        intercept: Added after scaling.
        stored: Grid of the image as stored.
        placed: Whether the file states its position in space.
        description: The header's free text.
        notes: Corrections made, one sentence each.
    """

    size: int
    data_offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    slope: float
    intercept: float
    stored: StoredGrid
    placed: bool
    description: str
    notes: tuple[str, ...] = ()


def read_header(path: Path) -> NiftiHeader:
    """The header of a file.

    Raises:
        NiftiError: If the file is not a usable NIfTI image.
    """
    with open_bytes(path) as stream:
        return parse_header(stream, path=path)


def parse_header(stream: BinaryIO, *, path: Path) -> NiftiHeader:
    """Read the header at the start of a stream; the stream is then positioned after it.

    Raises:
        NiftiError: If it is not a usable NIfTI header.
    """
    header, size = _read_header(stream, path=path)
    shape = _checked_shape(header, path=path)
    dtype = _checked_dtype(header, shape, path=path)
    slope, intercept = _scaling(header, path=path)
    stored, placed, notes = _place(header, shape, path=path)
    return NiftiHeader(
        size=size,
        data_offset=_data_offset(header, size, path=path),
        shape=shape,
        dtype=dtype,
        slope=slope,
        intercept=intercept,
        stored=stored,
        placed=placed,
        description=bytes(header["descrip"]).rstrip(b"\0").decode(errors="replace"),
        notes=notes,
    )


def _read_header(stream: BinaryIO, *, path: Path) -> tuple[nib.Nifti1Header, int]:
    """The header, and its size in bytes."""
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
    _follow_the_standard(header)
    if bytes(header["magic"])[:3] in (b"ni1", b"ni2"):
        raise NiftiError(
            f"{path} is the header of a .hdr/.img pair: convert the pair to one .nii.gz file"
        )
    if bytes(header["magic"])[:3] not in (b"n+1", b"n+2"):
        raise NiftiError(f"{path} is not a NIfTI file: give a .nii or .nii.gz image")
    return header, count


def _follow_the_standard(header: nib.Nifti1Header) -> None:
    """Read pixdim by the standard: qfac 0 means 1, and voxel sizes have no sign.

    Source: nifti1.h, comments on pixdim and qfac.
    """
    pixdim = np.array(header["pixdim"])
    if pixdim[0] not in (-1, 1):
        pixdim[0] = 1
    pixdim[1:4] = np.abs(pixdim[1:4])
    header["pixdim"] = pixdim


def _checked_shape(header: nib.Nifti1Header, *, path: Path) -> tuple[int, ...]:
    dims = [int(d) for d in header["dim"]]
    if not 1 <= dims[0] <= 7 or any(d < 1 for d in dims[1 : dims[0] + 1]):
        raise NiftiError(f"{path} states the impossible shape {dims}: the header is damaged")
    shape = dims[1 : dims[0] + 1]
    while len(shape) > 3 and shape[-1] == 1:
        shape.pop()
    if len(shape) < 3:
        raise NiftiError(f"{path} has shape {tuple(shape)}; a volume has 3 axes: give a 3-D image")
    return tuple(shape)


def _checked_dtype(
    header: nib.Nifti1Header, shape: tuple[int, ...], *, path: Path
) -> np.dtype[np.generic]:
    try:
        dtype: np.dtype[np.generic] = header.get_data_dtype()
    except (HeaderDataError, KeyError):
        code = int(header["datatype"])
        raise NiftiError(f"{path} has the unknown data type {code}: export it again") from None
    if dtype.kind not in "iuf" or dtype.itemsize == 0:
        raise NiftiError(f"{path} contains {dtype} values; a scan has one real number per voxel")
    size = math.prod(shape) * max(dtype.itemsize, 4)
    if size > MAX_BYTES:
        raise NiftiError(
            f"{path} states shape {shape}, {size / 1024**3:.1f} GiB: at most "
            f"{MAX_BYTES / 1024**3:g} GiB are supported; crop or resample the image"
        )
    return dtype


def _data_offset(header: nib.Nifti1Header, header_bytes: int, *, path: Path) -> int:
    stated = float(header["vox_offset"])
    if stated == 0:
        return header_bytes
    if not header_bytes <= stated <= MAX_PADDING_BYTES:  # nan too
        raise NiftiError(f"{path} states its data at byte {stated:.0f}: the header is damaged")
    return int(stated)


def _scaling(header: nib.Nifti1Header, *, path: Path) -> tuple[float, float]:
    try:
        slope, intercept = header.get_slope_inter()
    except HeaderDataError as error:
        raise NiftiError(f"{path} has an unusable intensity scale ({error})") from error
    return (1.0, 0.0) if slope is None else (slope, intercept or 0.0)


def _place(
    header: nib.Nifti1Header, shape: tuple[int, ...], *, path: Path
) -> tuple[StoredGrid, bool, tuple[str, ...]]:
    """Affine of the file's header; sform before qform, as the standard's readers do."""
    qform_code, sform_code = int(header["qform_code"]), int(header["sform_code"])
    x, y, z = shape[:3]
    mm, of_units = _millimetres(header, path=path)
    stated = [name for name, code in (("sform", sform_code), ("qform", qform_code)) if code > 0]
    for name in stated:
        affine = _stated_affine(header, name)
        if affine is not None and is_usable(affine):
            notes = (
                _disagreements(header, shape, affine, path=path)
                if name == stated[0]
                else (f"{path.name}: its sform is unusable, so its qform is used",)
            )
            grid = StoredGrid((x, y, z), _scaled(affine, mm), qform_code, sform_code)
            return grid, True, (*of_units, *notes)
    if stated:
        raise NiftiError(
            f"{path} has an unusable affine (not finite, or voxels without volume): "
            "repair its sform or qform"
        )
    spacing = [float(s) for s in header["pixdim"][1:4]]
    if not all(LEAST_EDGE <= s <= LARGEST_EDGE for s in spacing):  # nan, too
        raise NiftiError(f"{path} states the voxel size {spacing} mm: repair its header")
    note = (
        f"{path.name}: the file does not state its orientation (both NIfTI codes are "
        "0); the axes are taken as right, anterior, superior, so left and right may be swapped"
    )
    affine = _scaled(np.diag([*spacing, 1.0]), mm)
    return StoredGrid((x, y, z), affine, qform_code, sform_code), False, (*of_units, note)


def _millimetres(header: nib.Nifti1Header, *, path: Path) -> tuple[float, tuple[str, ...]]:
    """Length of the header's unit in millimetres, with notes."""
    code = int(header["xyzt_units"]) & 0x07
    unit, mm = _UNITS.get(code, ("", 1.0))
    if not unit:
        return 1.0, ()
    edge = float(np.median(np.abs(np.asarray(header["pixdim"][1:4], np.float64))))
    if not LEAST_EDGE_MM <= edge * mm <= LARGEST_EDGE_MM:
        return 1.0, (
            f"{path.name}: the header states {unit}, which would make voxels of {edge * mm:g} mm; "
            "millimetres are assumed",
        )
    return mm, (f"{path.name}: the header states lengths in {unit}; they were converted to mm",)


def _scaled(affine: NDArray[np.float64], mm: float) -> NDArray[np.float64]:
    return np.diag([mm, mm, mm, 1.0]) @ affine


def _disagreements(
    header: nib.Nifti1Header,
    shape: tuple[int, ...],
    affine: NDArray[np.float64],
    *,
    path: Path,
) -> tuple[str, ...]:
    """Notes on other positions in the header, if they differ from the one that is used."""
    edges = np.linalg.norm(affine[:3, :3], axis=0)
    stated = np.asarray(header["pixdim"][1:4], np.float64)
    if int(header["sform_code"]) > 0 and int(header["qform_code"]) > 0:
        other = _stated_affine(header, "qform")
        apart = 0.0
        if other is not None and is_usable(other):
            apart = corner_distance_mm(shape, affine, other)
        if apart > max(edges):
            return (
                f"{path.name}: its sform and its qform differ by up to {apart:.3g} mm; the sform "
                "is used",
            )
    if np.isfinite(stated).all() and (stated >= LEAST_EDGE).all():
        ratio = float((np.maximum(stated, edges) / np.minimum(stated, edges)).max())
        if ratio > 1 + PIXDIM_TOLERANCE:
            sizes = (" × ".join(f"{v:.3g}" for v in values) for values in (stated, edges))
            return (
                "{}: its voxel size (pixdim {} mm) differs from its affine ({} mm); the affine is "
                "used".format(path.name, *sizes),
            )
    return ()


def _stated_affine(header: nib.Nifti1Header, name: str) -> NDArray[np.float64] | None:
    """The sform's or the qform's matrix; None if the header does not define one."""
    try:
        with np.errstate(all="ignore"):  # damaged numbers; `is_usable` refuses the affine
            affine = header.get_sform() if name == "sform" else header.get_qform()
    except (HeaderDataError, ValueError):
        return None
    return np.asarray(affine, np.float64)


def is_usable(affine: NDArray[np.float64]) -> bool:
    """Whether an affine has a plausible voxel size, voxel volume and position."""
    if not np.isfinite(affine).all() or np.abs(affine).max() > FARTHEST:
        return False
    edges = np.linalg.norm(affine[:3, :3], axis=0)
    if not ((edges >= LEAST_EDGE) & (edges <= LARGEST_EDGE)).all():
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / edges)) > LEAST_VOLUME)
