"""Writing synthetic patients as a data set in BraTS 2021 layout."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ccsd_core.data.synthetic.patient import HEALTHY, Patient, check_share, draw_patient
from ccsd_core.domain.case import SYNTHETIC_PREFIX
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.models.checkpoint import replaced_folder
from ccsd_core.storage.names.origin import write_origin
from ccsd_core.storage.nifti.writer import write_array

SUFFIX = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}


def write_cases(
    out: Path, *, count: int, seed: int, spacing_mm: float = 1.0, healthy: float = HEALTHY
) -> Steps[list[Path]]:
    """Write `count` cases into `out`; case i depends only on `seed` + i.

    Args:
        out: Folder for the case folders; created if missing.
        count: Number of cases.
        seed: Seed of the first case; each following one uses the next.
        spacing_mm: Edge of the isotropic voxels in mm.
        healthy: Probability of a patient without tumour.

    Raises:
        BadInputError: If `count` is not positive, a case folder exists already, or `healthy` is not
            a probability.
        ResourceError: If a file cannot be written.
    """
    check_share("healthy", healthy)
    folders = new_folders(out, SYNTHETIC_PREFIX, count=count, seed=seed)

    def draw(one: int) -> Patient:
        return draw_patient(one, spacing_mm=spacing_mm, healthy=healthy)

    return (yield from write_drawn(folders, seed=seed, draw=draw))


def new_folders(out: Path, prefix: str, *, count: int, seed: int) -> list[Path]:
    """Folders of `count` new cases.

    Raises:
        BadInputError: If `count` is not positive, one of the folders exists already, or a file is
            in their place.
    """
    if count < 1:
        raise BadInputError(f"{count} cases: give at least 1")
    folders = [out / f"{prefix}{seed + i:05d}" for i in range(count)]
    check_place(folders[0])
    for folder in folders:
        if folder.exists():
            raise BadInputError(f"{folder} exists already: choose another folder or seed")
    return folders


def write_drawn(
    folders: list[Path], *, seed: int, draw: Callable[[int], Patient]
) -> Steps[list[Path]]:
    """Draw a patient for each folder, with seeds from `seed` on, and write it.

    Raises:
        ResourceError: If a file cannot be written.
    """
    for i, folder in enumerate(folders):
        yield Progress(i, len(folders), f"generating {folder.name}")
        write_patient(folder, draw(seed + i))
    yield Progress(len(folders), len(folders), "all written")
    return folders


def write_patient(folder: Path, patient: Patient) -> None:
    """Write one patient's five files, stored in LPS like BraTS.

    If it is mixed from real patients, a sixth file names them.

    Raises:
        ResourceError: If a file cannot be written.
    """
    x, y, _ = patient.labels.shape
    mm = patient.spacing_mm
    affine = np.diag([-mm, -mm, mm, 1.0])
    affine[:2, 3] = (x - 1) * mm / 2, (y - 1) * mm / 2
    affine[2, 3] = -72.0
    arrays = {SUFFIX[m]: image for m, image in patient.images.items()} | {"seg": patient.labels}
    with replaced_folder(folder) as new:  # so that an incomplete case never looks complete
        for suffix, array in arrays.items():
            stored = np.ascontiguousarray(array[::-1, ::-1])
            write_array(new / f"{folder.name}_{suffix}.nii.gz", stored, affine)
        if patient.sources:
            write_origin(new, recipe=patient.recipe, sources=patient.sources)
