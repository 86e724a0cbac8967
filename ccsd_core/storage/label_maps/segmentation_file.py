"""Writing a segmentation as NIfTI on the grid and in the orientation of the case's own file.

    canonical labels ──▶ stored axis order ──▶ uint8, the stored affine and codes ──▶ .nii(.gz)

Equal segmentations give equal bytes: the gzip header contains neither name nor time.
"""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import gzip
import hashlib
import zlib
from pathlib import Path
from typing import TypeVar

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.nifti1 import Nifti1Extension
from nibabel.orientations import apply_orientation, io_orientation, ornt_transform
from numpy.typing import NDArray

from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.region import LabelScheme
from ccsd_core.domain.segmentation import SEEN_IN_TRAINING, Segmentation
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import BadInputError, CcsdError
from ccsd_core.storage.atomic import write_bytes
from ccsd_core.storage.nifti.header import read_header
from ccsd_core.storage.nifti.nifti_format import stem_of

PREDICTION = "CCSD prediction; research and teaching only, not diagnosis"
OF_DEGRADED = "CCSD prediction, DEGRADED input; research and teaching only, not diagnosis"
"""The description of predictions from images that were degraded on purpose."""
PREDICTIONS = (PREDICTION, OF_DEGRADED)
"""The header's free text (79 bytes at most), by which this program recognises its
own predictions."""

Kind = TypeVar("Kind", bound=np.generic)
_UNREADABLE = (
    *(OSError, ValueError, EOFError, AttributeError, TypeError, zlib.error),
    ImageFileError,
)


def is_prediction(path: Path) -> bool:
    """Whether this program wrote a label map, according to its header; False without a header."""
    try:
        return read_header(path).description in PREDICTIONS
    except CcsdError:
        return False


def is_as_written(path: Path) -> bool:
    """Whether a prediction of this program is unchanged, without manual corrections.

    Editors may keep or drop the header's text, but then the voxels or their digest differ.
    """
    if not is_prediction(path):
        return False
    try:
        image = nib.Nifti1Image.from_filename(path)
        comment = _comment(image)
        stored = np.asarray(image.dataobj)
    except _UNREADABLE:
        return False
    return _digest(stored) in comment


def states_seen_in_training(path: Path) -> bool:
    """Whether a prediction of this program states that its model was trained on the case."""
    return SEEN_IN_TRAINING in comment_of(path).split("; ")


def comment_of(path: Path) -> str:
    """The text in the header of a prediction of this program; "" for any other file."""
    if not is_prediction(path):
        return ""
    try:
        return _comment(nib.Nifti1Image.from_filename(path))
    except _UNREADABLE:
        return ""


def save_segmentation(
    path: Path,
    segmentation: Segmentation,
    *,
    scheme: LabelScheme | None = None,
    source: str = "",
) -> None:
    """Write the label map of a segmentation.

    Args:
        path: File to write, ending in `.nii` or `.nii.gz`.
        segmentation: The segmentation.
        scheme: Label scheme of the file; None for the segmentation's own.
        source: Text about the source images.

    Raises:
        BadInputError: If the name has another ending.
        ResourceError: If the file cannot be written.
    """
    labels = (scheme or segmentation.scheme).labels(segmentation.regions)
    about = "; ".join(filter(None, (PREDICTION, *segmentation.provenance.lines, source)))
    save_labels(
        path,
        segmentation.grid.with_array(labels),
        segmentation.stored,
        comment=about,
        description=OF_DEGRADED if segmentation.provenance.degraded else PREDICTION,
    )


def save_labels(
    path: Path,
    labels: Volume,
    stored: StoredGrid,
    *,
    comment: str = "",
    description: str = PREDICTION,
) -> None:
    """Write a canonical label map on the grid of its case's files on disk.

    Args:
        path: File to write.
        labels: The label map.
        stored: Grid of the file.
        comment: Text for the header's extension, which has room for more than its description.
        description: Which of `PREDICTIONS` it is.

    Raises:
        BadInputError: If the name does not end in `.nii` or `.nii.gz`.
        ResourceError: If the file cannot be written.
    """
    path = Path(path)
    if stem_of(path.name) is None:
        raise BadInputError(f"{path.name} must end in .nii or .nii.gz")
    array = to_stored(labels.array.astype(np.uint8), stored)
    image = nib.Nifti1Image(array, stored.affine)
    image.header.set_data_dtype(np.uint8)
    image.header["descrip"] = description
    image.header.set_xyzt_units("mm")
    image.set_qform(stored.affine, stored.qform_code, strip_shears=True)
    image.set_sform(stored.affine, stored.sform_code)
    about = "; ".join(filter(None, (comment, _digest(array))))
    image.header.extensions.append(Nifti1Extension("comment", about.encode(errors="replace")))
    data = image.to_bytes()
    if path.name.lower().endswith(".gz"):
        data = gzip.compress(data, compresslevel=6, mtime=0)
    write_bytes(path, data)


def _comment(image: nib.Nifti1Image) -> str:
    """The text that `save_labels` wrote into a header's extensions."""
    comment = b"".join(bytes(one.get_content()) for one in image.header.extensions)
    return comment.rstrip(b"\0").decode("utf-8", errors="replace")


def _digest(stored: NDArray[np.generic]) -> str:
    """A digest of the voxels' values, independent of their stored type."""
    values = np.ascontiguousarray(stored, "<i2").tobytes()
    return f"voxels sha256: {hashlib.sha256(values).hexdigest()}"


def to_stored(array: NDArray[Kind], stored: StoredGrid) -> NDArray[Kind]:
    """A canonical array in the axis order and directions of the stored grid."""
    canonical = np.stack([np.arange(3), np.ones(3)], axis=1)
    back = ornt_transform(canonical, io_orientation(stored.affine))
    result = np.ascontiguousarray(apply_orientation(array, back))
    assert result.shape == stored.shape, f"{result.shape} is not the stored {stored.shape}"
    return result
