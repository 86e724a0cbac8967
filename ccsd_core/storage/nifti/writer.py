"""Writing an array as a NIfTI file, atomically, with bytes that depend only on the content."""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from ccsd_core.storage.atomic import write_bytes


def write_array(path: Path, array: NDArray[np.generic], affine: NDArray[np.float64]) -> None:
    """Write `array` in its own data type; the gzip header contains neither name nor time.

    Args:
        path: Ends in `.nii.gz`, or in `.nii` for a file that is not compressed.
        array: Values in stored axis order, shape (x, y, z).
        affine: 4×4, voxel to RAS+ millimetres.

    Raises:
        ResourceError: If the file cannot be written.
    """
    image = nib.Nifti1Image(array, affine)
    image.header.set_xyzt_units("mm")
    image.set_qform(affine, 1)
    image.set_sform(affine, 1)
    data = image.to_bytes()
    compress = path.name.endswith(".gz")
    write_bytes(path, gzip.compress(data, compresslevel=6, mtime=0) if compress else data)
