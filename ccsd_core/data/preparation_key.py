"""The key of a prepared case: everything that its images and regions depend on.

It is known before an image is read, and changes whenever the result may change: for another file,
another grid, or another version of the preparation. Prepared cases can therefore be cached on disk.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ccsd_core.data.preprocess import prepare, prepare_target
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import LabelScheme
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.file_states import file_states
from ccsd_core.storage.cases.overrides import Overrides

PREPARATION_VERSION = 2
"""Version of the preparation; increase it when the results of `preprocess`, `normalise` or `grid`
change."""


@dataclass(frozen=True, slots=True)
class PreparationKey:
    """A labelled case to be prepared, and the settings.

    Args:
        path: Folder or file of the case.
        id: Name of the case.
        available: The sequences it has.
        spacing_mm: Edge length of the network's voxels.
        lattice: Multiples of voxels that the box is rounded to.
        name: The key as text, valid in a file name.
        scheme: Label scheme if the layout does not determine it.
        labels: Its label file, if that is not with the images.
    """

    path: Path
    id: str
    available: ModalitySubset
    spacing_mm: float
    lattice: tuple[int, int, int]
    name: str
    scheme: LabelScheme | None = None
    labels: Path | None = None

    def prepare(self) -> dict[str, Any]:
        """Read and prepare the case.

        Returns:
            `images` (m, x, y, z), float16, 0 for absent sequences; `regions` (r, x, y, z), bool;
            `present`, whether it has each sequence (blank ones do not count); `notes` on the case.

        Raises:
            BadInputError: If the case cannot be used; the message names it.
        """
        files: Overrides = {} if self.labels is None else {"labels": self.labels}
        case = load_case(self.path, files=files, scheme=self.scheme)
        prepared = prepare(case, spacing_mm=self.spacing_mm, lattice=self.lattice)
        images = np.zeros((len(Modality), *prepared.box.shape), np.float16)
        for modality, image in prepared.images.items():
            images[modality] = image.numpy()
        return {
            "images": images,
            "regions": prepare_target(case, prepared).numpy(),
            "present": [m in case.volumes for m in Modality],
            "notes": list(case.notes),
        }


def preparation_key(
    path: Path,
    files: CaseFiles,
    *,
    spacing_mm: float,
    lattice: tuple[int, int, int],
    scheme: LabelScheme | None = None,
    elsewhere: bool = False,
) -> PreparationKey:
    """The key of one labelled case.

    Args:
        path: Folder or file of the case.
        files: Its images and labels.
        spacing_mm: Edge length of the network's voxels.
        lattice: Multiples of voxels that the box is rounded to.
        scheme: Label scheme if the layout does not determine it.
        elsewhere: Whether its labels are in another folder than the images.

    Raises:
        CaseError: If one of its files cannot be accessed.
    """
    assert files.labels is not None, "an unlabelled case cannot be prepared for training"
    stated = scheme.integers if scheme is not None else None
    if scheme is not None and scheme.merged:
        stated = (*scheme.integers, *(read_as for _, read_as in scheme.merged))
    content = json.dumps([PREPARATION_VERSION, spacing_mm, lattice, file_states(files), stated])
    digest = hashlib.sha256(content.encode()).hexdigest()[:16]
    available = ModalitySubset.of(*files.images)
    return PreparationKey(
        path,
        files.id,
        available,
        spacing_mm,
        lattice,
        f"{files.id[:100]}-{digest}",
        scheme,
        files.labels.path if elsewhere and files.labels is not None else None,
    )
