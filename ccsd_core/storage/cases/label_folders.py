"""Labels in a separate folder, parallel to the images.

    images/P1/…      labels/P1.nii.gz  labels/P1_seg.nii.gz  labels/P1/seg.nii.gz
    imagesTr/P1_…    labelsTr/P1.nii.gz

A folder of labels is recognised by its name; a file in it belongs to the case of the same name.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ccsd_core.domain.case import Source
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.formats import images_in
from ccsd_core.storage.names.naming import is_mask, role_by_words, words_of

IN_PARALLEL_FOLDER = "in the folder of labels next to the images"
"""The reason for using such a file as expert labels."""
_FOLDERS = re.compile(
    r"(?:labels?|masks?|seg(?:mentation)?s?|annotations?|gt|ground[-_ ]?truth|derivatives)"
    r"(?:[-_ ]?(?:tr|train|ts|test|val))?",
    re.IGNORECASE,
)


def labels_in_parallel_folder(path: Path, name: str) -> tuple[Path, ...]:
    """The label files of a case in a parallel folder of labels, next to it or to its parent folder.

    Args:
        path: The case: a folder, or a folder and a patient's name.
        name: The case's name in that folder.
    """
    for above in (path.parent, path.parent.parent):
        for folder in _folders_of_labels(above):
            if folder != path.parent and (found := labels_in(folder, name)):
                return found
    return ()


def labels_in(folder: Path, name: str) -> tuple[Path, ...]:
    """The label files of a case in a folder of labels: NAME, NAME_seg, or all in NAME/.

    Args:
        folder: The folder of labels.
        name: The case's name.
    """
    found = [path for path, stem in _images(folder) if _is_of(stem, name)]
    if not found:
        found = [path for path, stem in _images(folder / name) if _names_labels(stem)]
    return tuple(sorted(found))


def with_labels_from(found: CaseFiles, folder: Path | None) -> CaseFiles:
    """The case with its label file from another folder; without labels if there is none.

    Args:
        found: The case.
        folder: The folder; None keeps the labels that the case has.

    Raises:
        CaseError: If there are several.
    """
    if folder is None:
        return found
    there = labels_in(folder, found.id)
    if len(there) > 1:
        names = " and ".join(path.name for path in there)
        raise CaseError(f"{folder}: both {names} look like the labels of {found.id}: keep one")
    if not there:
        return replace(found, labels=None)
    return replace(found, labels=Source(there[0], "in the folder of labels that was given"))


def _folders_of_labels(above: Path) -> Iterator[Path]:
    try:
        names = sorted(path.name for path in above.iterdir() if _FOLDERS.fullmatch(path.name))
    except OSError:
        return
    yield from (above / name for name in names if (above / name).is_dir())


def _images(folder: Path) -> list[tuple[Path, str]]:
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []
    return [(folder / name, stem) for name, stem in images_in(folder, names).items()]


def _is_of(stem: str, name: str) -> bool:
    rest = stem[len(name) :]
    if not stem.startswith(name) or (rest and rest[0].isalnum()):
        return False
    return not rest or _names_labels(rest)


def _names_labels(stem: str) -> bool:
    words = words_of(stem)
    return role_by_words(words) == "labels" or (is_mask(words) and "brain" not in words)
