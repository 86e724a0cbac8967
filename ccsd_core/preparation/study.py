"""Reading a study for its preparation, and writing the prepared case in BraTS layout.

case of image files ─┐
                     ├──▶ which file is which sequence (storage.cases) ──▶ Scans
DICOM ──converted────┘

Prepared ──▶ CASE/CASE_{flair,t1,t1ce,t2}.nii.gz, brain_mask.nii.gz, preparation.json
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError, CaseError
from ccsd_core.preparation.prepared import Prepared, in_stored_order
from ccsd_core.preparation.scans import Scans
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_place import case_place
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import Overrides
from ccsd_core.storage.formats import load_channels, load_volume
from ccsd_core.storage.models.checkpoint import replaced_folder
from ccsd_core.storage.nifti.common_grid import placed
from ccsd_core.storage.nifti.writer import write_array
from ccsd_core.storage.stored_volume import StoredVolume

SUFFIX = {Modality.FLAIR: "flair", Modality.T1: "t1", Modality.T1C: "t1ce", Modality.T2: "t2"}
RECORD_NAME, MASK_NAME = "preparation.json", "brain_mask.nii.gz"


def read_scans(
    path: Path, files: Overrides | None = None, *, study: str | None = None
) -> Steps[Scans]:
    """The sequences of a study, each on its own grid.

    Args:
        path: A case of image files, or a DICOM study (folder, zip, DICOMDIR).
        files: The user's overrides; they take precedence over file names.
        study: The alias of the study to read, if there are several.

    Raises:
        BadInputError: If there is no usable study.
        MissingLibraryError: If a library that is needed to read it is not installed.
    """
    place = yield from case_place(path, study=study)
    return (yield from scans_of(choose(inventory(place), files or None)))


def scans_of(found: CaseFiles) -> Steps[Scans]:
    """The sequences of a case from its chosen files, each on its own grid.

    Raises:
        BadInputError: If a file is not a usable image.
    """
    read: dict[Modality, StoredVolume] = {}
    for done, (m, source) in enumerate(sorted(found.images.items())):
        yield Progress(done, len(found.images), f"reading {m.label}")
        if m not in found.channels:
            read[m] = load_volume(source.path)
            continue
        channels = load_channels(source.path)
        if found.channels[m] >= len(channels):
            raise CaseError(f"{source.path} has {len(channels)} channels: {m.label} is not there")
        read[m] = channels[found.channels[m]]
    paths = {m: source.path for m, source in found.images.items()}
    read, notes = placed(read, paths)
    names = {m: f"{m.label} ({path.name})" for m, path in paths.items()}
    every_note = dict.fromkeys(
        (*found.notes, *(n for one in read.values() for n in one.notes), *notes)
    )
    return Scans(found.id, read, names, tuple(every_note), paths)


def check_new_folder(folder: Path) -> None:
    """Check the folder for a prepared case before work begins.

    Raises:
        BadInputError: If it exists and is not empty.
    """
    check_place(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInputError(f"{folder} exists and is not empty: choose a new folder")


def write_prepared(folder: Path, prepared: Prepared) -> None:
    """Write a prepared study; the folder is written completely or not at all.

    Raises:
        BadInputError: If it exists and is not empty.
        ResourceError: If it cannot be written.
    """
    check_new_folder(folder)
    stored = prepared.stored
    with replaced_folder(folder) as new:
        for m, volume in prepared.volumes.items():
            array = in_stored_order(volume, stored)
            write_array(new / f"{folder.name}_{SUFFIX[m]}.nii.gz", _smallest(array), stored.affine)
        if prepared.brain is not None:
            mask = in_stored_order(prepared.brain, stored)
            write_array(new / MASK_NAME, mask, stored.affine)
        content = prepared.record.as_json() | {"notes": list(prepared.notes)}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (new / RECORD_NAME).write_text(text, encoding="utf-8")


def _smallest(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Whole numbers as int16, which is what scanners mostly write; others as they are."""
    if np.abs(array).max() > np.iinfo(np.int16).max:
        return array
    whole = array.astype(np.int16)
    return whole if np.array_equal(whole, array) else array
