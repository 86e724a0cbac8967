"""Which file is what in a case, before any image is read.

folder, single sequence or 4-D file ──▶ layout and words of the names ──▶ one file for each role
                + files given by hand ─────────────────────────────────────────▲
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ccsd_core.domain.case import Source
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.layout import (
    Candidate,
    FolderFiles,
    Layout,
    image_names,
    is_msd_image,
    layout_of_file,
    msd_labels,
    read_folder,
)
from ccsd_core.storage.msd import channel_order
from ccsd_core.storage.naming import UNDERSTOOD, Role, role_by_words, stem_of, words_of
from ccsd_core.storage.nifti_header import read_header
from ccsd_core.storage.segmentation_file import DESCRIPTION

_FLAGS = {m: f"--{m.name.lower()}" for m in Modality}
_GENERIC_FOLDERS = frozenset(("anat", "nifti", "nii", "mri", "images"))


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """What a case is made of.

    Args:
        id: The case's name.
        layout: The layout its names follow.
        images: The file of each sequence.
        labels: The expert's label file, if there is one.
        channels: The 4-D file that holds the sequences as channels, in the MSD layout.
        notes: What the user should know about the choice.
    """

    id: str
    layout: Layout
    images: Mapping[Modality, Source]
    labels: Source | None = None
    channels: Path | None = None
    notes: tuple[str, ...] = ()


def find_files(path: Path, files: Mapping[Modality, Path] | None = None) -> CaseFiles:
    """Sort the files of a case: a folder, a 4-D file of the MSD layout, or a named sequence.

    Args:
        path: The folder or file.
        files: Sequences given by hand; each replaces what the names suggest.

    Raises:
        CaseError: If there is no sequence, or two files claim to be the same one.
        NiftiError: If a header that has to be asked cannot be read.
    """
    path = Path(path)
    by_hand = {m: Source(Path(f), "given by hand") for m, f in (files or {}).items()}
    if path.is_file() and is_msd_image(path) and len(read_header(path).shape) == 4:
        return _of_msd(path, by_hand)
    found = _of_file(path, by_hand) if path.is_file() else _of_folder(path, by_hand)
    _check_distinct(found.images)
    return found


def _of_folder(folder: Path, by_hand: Mapping[Modality, Source]) -> CaseFiles:
    offered = read_folder(folder)
    images = {
        role: _only(role, candidates)
        for role, candidates in offered.candidates.items()
        if isinstance(role, Modality) and role not in by_hand
    }
    if not images and not by_hand:
        _refuse_empty(folder, offered)
    labels, notes = _experts_labels(offered.candidates.get("labels", ()))
    return CaseFiles(_id_of(folder), offered.layout, {**images, **by_hand}, labels, notes=notes)


def _experts_labels(candidates: tuple[Candidate, ...]) -> tuple[Source | None, tuple[str, ...]]:
    """The label file; what this software predicted is not taken for an expert's work."""
    predicted = [c for c in candidates if read_header(c.path).description == DESCRIPTION]
    notes = tuple(
        f"{c.path.name} is a prediction, not expert labels: passed over" for c in predicted
    )
    experts = tuple(c for c in candidates if c not in predicted)
    return (_only("labels", experts) if experts else None), notes


def _of_file(path: Path, by_hand: Mapping[Modality, Source]) -> CaseFiles:
    stem = stem_of(path.name)
    if stem is None:
        raise CaseError(f"{path} is not a case: give a folder, or a .nii or .nii.gz file")
    role = role_by_words(words_of(stem))
    if not isinstance(role, Modality):
        raise CaseError(
            f"{path.name} does not tell which sequence it is: give its folder, or name it with "
            f"{', '.join(_FLAGS.values())}"
        )
    source = Source(path, "the words of its name")
    return CaseFiles(stem, layout_of_file(path), {role: source, **by_hand})


def _of_msd(path: Path, by_hand: Mapping[Modality, Source]) -> CaseFiles:
    images = {
        m: Source(path, f"{Layout.MSD.value}, channel {i}")
        for i, m in enumerate(channel_order(path))
    }
    labels = msd_labels(path)
    return CaseFiles(
        stem_of(path.name) or path.name,
        Layout.MSD,
        {**images, **by_hand},
        Source(labels, Layout.MSD.value) if labels else None,
        channels=path,
    )


def _only(role: Role, candidates: tuple[Candidate, ...]) -> Source:
    """The one file for a role.

    Raises:
        CaseError: If there are several.
    """
    first, *others = candidates
    if others:
        names = " and ".join(c.path.name for c in candidates)
        folder = first.path.parent
        what = role.label if isinstance(role, Modality) else "the label file"
        hint = f"say which with {_FLAGS[role]}" if isinstance(role, Modality) else "keep one"
        raise CaseError(f"{folder}: both {names} look like {what}: {hint}")
    return Source(first.path, first.reason)


def _check_distinct(images: Mapping[Modality, Source]) -> None:
    seen: dict[Path, Modality] = {}
    for modality, source in images.items():
        real = Path(os.path.realpath(source.path))
        if real in seen:
            raise CaseError(
                f"{source.path} is given as {seen[real].label} and as {modality.label}: "
                "name a file for each"
            )
        seen[real] = modality


def _refuse_empty(folder: Path, offered: FolderFiles) -> NoReturn:
    names = image_names(folder)
    msd = [n for n in names if is_msd_image(folder / n)]
    if msd and not offered.candidates:
        raise CaseError(f"{folder} holds several cases: give one file, for example {msd[0]}")
    inside = f"its images are {', '.join(names[:4])}" if names else "it has no .nii or .nii.gz file"
    raise CaseError(f"{folder} has no sequence ({inside}): understood are {UNDERSTOOD}")


def _id_of(folder: Path) -> str:
    """The folder's name, or those above it where the name is the same for every patient."""
    real = folder.resolve()
    if real.name.lower() in _GENERIC_FOLDERS and real.parent.name:
        real = real.parent
    if real.name.lower().startswith("ses-"):  # BIDS: sub-01/ses-1/anat
        return f"{real.parent.name}_{real.name}"
    return real.name
