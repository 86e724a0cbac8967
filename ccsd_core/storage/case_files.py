"""Which file is what in a case, before any image is read.

folder, single sequence or 4-D file ──▶ layout and words of the names ──▶ one file for each role
                + files given by hand ─────────────────────────────────────────▲
"""

import os
from collections.abc import Iterable, Mapping, Sequence
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
from ccsd_core.storage.segmentation_file import PREDICTION

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
        passed_over: Label files that are none of an expert's: this program wrote them.
    """

    id: str
    layout: Layout
    images: Mapping[Modality, Source]
    labels: Source | None = None
    channels: Path | None = None
    passed_over: tuple[Path, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about the choice."""
        return tuple(
            f"{path.name} was passed over: this program wrote it, its header says "
            f"{PREDICTION.partition(';')[0]!r}; if it was corrected by hand, change that text"
            for path in self.passed_over
        )


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


def case_id(path: Path) -> str:
    """The name of the case at a path that `find_cases` gave; no file is opened."""
    return stem_of(path.name) or path.name if path.is_file() else _id_of(path)


def _of_folder(folder: Path, by_hand: Mapping[Modality, Source]) -> CaseFiles:
    offered = read_folder(folder)
    images = {
        role: _only(role, candidates)
        for role, candidates in offered.candidates.items()
        if isinstance(role, Modality) and role not in by_hand
    }
    if not images and not by_hand:
        _refuse_empty(folder, offered)
    labels, ours = _experts_labels(offered.candidates.get("labels", ()))
    return CaseFiles(
        _id_of(folder), offered.layout, {**images, **by_hand}, labels, passed_over=ours
    )


def _experts_labels(candidates: Iterable[Candidate]) -> tuple[Source | None, tuple[Path, ...]]:
    """The label file, and those that are our own predictions and no expert's work."""
    ours, experts = [], []
    for one in candidates:
        (ours if read_header(one.path).description == PREDICTION else experts).append(one)
    return (_only("labels", experts) if experts else None), tuple(one.path for one in ours)


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
    file = msd_labels(path)
    labels, ours = _experts_labels([Candidate(file, Layout.MSD.value)] if file else ())
    return CaseFiles(
        case_id(path),
        Layout.MSD,
        {**images, **by_hand},
        labels,
        channels=path,
        passed_over=ours,
    )


def _only(role: Role, candidates: Sequence[Candidate]) -> Source:
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
