"""Reading a predicted label map onto its case's grid: checked, reoriented, never resampled.

file ──▶ canonical label map ──▶ on the case's grid? ──▶ labels known? ──▶ regions
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import Case
from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import CaseError, LabelSchemeError
from ccsd_core.storage.formats import load_labels, read_header
from ccsd_core.storage.nifti.common_grid import placed_like
from ccsd_core.storage.nifti.grid_difference import grid_difference
from ccsd_core.storage.stored_volume import StoredVolume


def read_prediction(
    path: Path, case: Case, *, scheme: LabelScheme
) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """The regions (3, x, y, z) of a label map on the case's grid, and corrections made on reading.

    Axes may be stored in another order or direction: the map is reoriented, which changes no value.
    A map on a different grid is refused, because resampling would change the prediction.

    Args:
        path: The label map.
        case: Case of the prediction.
        scheme: Label scheme of the map.

    Raises:
        NiftiError: If it is not a usable label map.
        CaseError: If it is not on the case's voxel grid.
        LabelSchemeError: If it contains an integer that is not in the scheme.
    """
    read = load_labels(path)
    here = StoredVolume(case.grid, case.stored)
    read, placing = placed_like(read, here, path=path)
    if not read.volume.same_grid(case.grid):
        raise CaseError(_grid_problem(path, case))
    labels = read.volume.array.astype(np.uint8, copy=False)
    try:
        scheme.check(labels)
    except LabelSchemeError as error:
        raise LabelSchemeError(f"{path}: {error}, with --predictions-scheme") from None
    return scheme.regions(labels), (*read.notes, *placing)


def _grid_problem(path: Path, case: Case) -> str:
    source = case.sources.get(min(case.volumes))
    problem = f"{path} is not on the voxel grid of the case {case.id}"
    if source is None:
        return f"{problem}: write it on the grid of the case"
    difference = grid_difference(read_header(path), read_header(source.path))
    where = f" ({difference})" if difference else ""
    return f"{problem}, which is that of {source.path}{where}: write it on that grid"
