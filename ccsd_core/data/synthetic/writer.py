"""Writing made-up patients as a data set in BraTS 2021 layout."""

from pathlib import Path

import numpy as np

from ccsd_core.data.synthetic.patient import Patient, draw_patient
from ccsd_core.domain.case import SYNTHETIC_PREFIX
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.checkpoint import replaced_folder
from ccsd_core.storage.nifti_writer import write_array

SUFFIX = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}


def write_cases(out: Path, *, count: int, seed: int, spacing_mm: float = 1.0) -> Steps[list[Path]]:
    """Write `count` cases into `out`; case i depends on `seed` + i alone.

    Args:
        out: Folder for the case folders; made if absent.
        count: How many.
        seed: First seed.
        spacing_mm: Voxel edge.

    Raises:
        BadInputError: If `count` is not positive or a case folder exists already.
        ResourceError: If the disk refuses.
    """
    if count < 1:
        raise BadInputError(f"{count} cases: ask for at least one")
    folders = [out / f"{SYNTHETIC_PREFIX}{seed + i:05d}" for i in range(count)]
    for folder in folders:
        if folder.exists():
            raise BadInputError(f"{folder} exists already: choose another folder or seed")
    for i, folder in enumerate(folders):
        yield Progress(i, count, f"drawing {folder.name}")
        write_patient(folder, draw_patient(seed + i, spacing_mm=spacing_mm))
    yield Progress(count, count, "all written")
    return folders


def write_patient(folder: Path, patient: Patient) -> None:
    """Write one patient's five files, stored LPS as BraTS stores them.

    Raises:
        ResourceError: If the disk refuses.
    """
    x, y, _ = patient.labels.shape
    mm = patient.spacing_mm
    affine = np.diag([-mm, -mm, mm, 1.0])
    affine[:2, 3] = (x - 1) * mm / 2, (y - 1) * mm / 2
    affine[2, 3] = -72.0
    arrays = {SUFFIX[m]: image for m, image in patient.images.items()} | {"seg": patient.labels}
    with replaced_folder(folder) as new:  # no half-written case that looks like a whole one
        for suffix, array in arrays.items():
            stored = np.ascontiguousarray(array[::-1, ::-1])
            write_array(new / f"{folder.name}_{suffix}.nii.gz", stored, affine)
