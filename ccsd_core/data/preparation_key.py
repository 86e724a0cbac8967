"""How a labelled case becomes a training case, told before anything is read.

A recipe's key changes whenever what comes out may change: another file, another grid, another
version of the preparation. So prepared cases can be kept on disk and found again.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.preprocess import prepare, prepare_target
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_folder import load_case

VERSION = 1
"""Of the preparation; raise it when `preprocess`, `normalise` or `grid` give other values."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A case to be prepared.

    Args:
        path: Where it lies.
        id: Its name.
        available: The sequences it has.
        spacing_mm: The network's voxel edge.
        lattice: Multiples that the box snaps to.
        key: Tells this recipe from every other; a file name.
    """

    path: Path
    id: str
    available: ModalitySubset
    spacing_mm: float
    lattice: tuple[int, int, int]
    key: str

    def cook(self) -> dict[str, NDArray[np.generic]]:
        """Read and prepare the case: its `images` (float16, absent ones 0) and `regions`.

        Raises:
            BadInputError: If the case cannot be used; the message names it.
        """
        case = load_case(self.path)
        prepared = prepare(case, spacing_mm=self.spacing_mm, lattice=self.lattice)
        images = np.zeros((len(Modality), *prepared.box.shape), np.float16)
        for modality, image in prepared.images.items():
            images[modality] = image.numpy()
        return {"images": images, "regions": prepare_target(case, prepared).numpy()}


def recipe(
    path: Path, files: CaseFiles, *, spacing_mm: float, lattice: tuple[int, int, int]
) -> Recipe:
    """The recipe of one labelled case.

    Args:
        path: Where it lies.
        files: What it is made of.
        spacing_mm: The network's voxel edge.
        lattice: Multiples that the box snaps to.

    Raises:
        CaseError: If one of its files cannot be looked at.
    """
    told = json.dumps([VERSION, spacing_mm, lattice, _looks(files)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    available = ModalitySubset.of(*files.images)
    return Recipe(path, files.id, available, spacing_mm, lattice, f"{files.id[:100]}-{digest}")


def _looks(files: CaseFiles) -> list[tuple[str, str, str, int, int]]:
    """Every file's role, reason, place, size and time of change."""
    assert files.labels is not None, "an unlabelled case has no recipe"
    roles = {modality.name: source for modality, source in sorted(files.images.items())}
    looks = []
    for role, source in {**roles, "labels": files.labels}.items():
        real = source.path.resolve()
        try:
            found = real.stat()
        except OSError as error:
            raise CaseError(
                f"case {files.id!r}: {source.path} cannot be read ({error.strerror}): check its "
                "permissions"
            ) from error
        looks.append((role, source.reason, str(real), found.st_size, found.st_mtime_ns))
    return looks
