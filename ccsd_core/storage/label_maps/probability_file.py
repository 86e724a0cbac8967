"""Probability maps as NIfTI: one file per region, and one 4-D file of all, next to the label map.

    P1.nii.gz ──▶ P1_probability_WT.nii.gz  …_TC  …_ET       3-D
                  P1_probabilities.nii.gz                    4-D, last axis WT, TC, ET

NIfTI has no half floats. One byte per voxel with slope 1/255 keeps the threshold at one half, and a
32-bit float keeps the network's exact output.
"""

# nibabel is typed only in part.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import gzip
from pathlib import Path
from typing import Any, Literal

import nibabel as nib
import numpy as np
from nibabel.nifti1 import Nifti1Extension
from numpy.typing import NDArray

from ccsd_core.domain.byte_probability import CERTAIN, as_bytes
from ccsd_core.domain.case import StoredGrid
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError, CcsdError
from ccsd_core.storage.atomic import write_bytes
from ccsd_core.storage.label_maps.segmentation_file import to_stored
from ccsd_core.storage.nifti.header import read_header
from ccsd_core.storage.nifti.nifti_format import stem_of
from ccsd_core.storage.probability_names import OF_ALL, of_region

PROBABILITY = "CCSD probability; research and teaching only, not diagnosis"
"""The header's free text (79 bytes at most), by which this program recognises its own maps."""
ProbabilityType = Literal["uint8", "float32"]


def probability_paths(labels: Path) -> dict[Region | None, Path]:
    """Paths of the probability maps of a label map, by region; None is the 4-D file of all.

    >>> [path.name for path in probability_paths(Path("P1.nii.gz")).values()][2:]
    ['P1_probability_ET.nii.gz', 'P1_probabilities.nii.gz']
    """
    stem = stem_of(labels.name)
    assert stem is not None, f"{labels} is not the name of an image"
    ending = labels.name[len(stem) :]
    found: dict[Region | None, Path] = {
        region: labels.with_name(f"{stem}{of_region(region)}{ending}") for region in Region
    }
    return {**found, None: labels.with_name(f"{stem}{OF_ALL}{ending}")}


def check_probabilities(labels: Path) -> None:
    """Check that only files of this program would be overwritten.

    Raises:
        BadInputError: If one would.
    """
    for path in probability_paths(labels).values():
        if path.is_file() and not _is_ours(path):
            raise BadInputError(
                f"{path} exists and was not written by this program: choose another output, or "
                "move it away"
            )


def save_probabilities(
    labels: Path,
    values: NDArray[np.floating[Any]],
    stored: StoredGrid,
    *,
    kind: ProbabilityType = "uint8",
    comment: str = "",
) -> None:
    """Write the maps of one prediction.

    Args:
        labels: Its label map; the probability maps are named after it.
        values: Probabilities (3, x, y, z) of WT, TC, ET on the case's canonical grid.
        stored: The grid on disk.
        kind: Type of the stored values.
        comment: Text for the header's extension.

    Raises:
        ResourceError: If a file cannot be written.
    """
    array = as_bytes(values) if kind == "uint8" else values.astype(np.float32)
    regions = [to_stored(array[region], stored) for region in Region]
    for region, path in probability_paths(labels).items():
        data = np.stack(regions, axis=-1) if region is None else regions[region]
        _write(path, data, stored, comment=comment)


def _write(path: Path, array: NDArray[Any], stored: StoredGrid, *, comment: str) -> None:
    image = nib.Nifti1Image(array, stored.affine)
    image.header.set_data_dtype(array.dtype)
    if array.dtype == np.uint8:  # with a slope set, nibabel writes the values unchanged
        image.header.set_slope_inter(1 / CERTAIN, 0)
    image.header["descrip"] = PROBABILITY
    image.header.set_xyzt_units("mm")
    image.set_qform(stored.affine, stored.qform_code, strip_shears=True)
    image.set_sform(stored.affine, stored.sform_code)
    if comment:
        image.header.extensions.append(Nifti1Extension("comment", comment.encode(errors="replace")))
    data = image.to_bytes()
    if path.name.lower().endswith(".gz"):
        data = gzip.compress(data, compresslevel=6, mtime=0)
    write_bytes(path, data)


def _is_ours(path: Path) -> bool:
    try:
        return read_header(path).description == PROBABILITY
    except CcsdError:
        return False
