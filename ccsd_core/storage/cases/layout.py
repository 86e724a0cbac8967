"""Which files of a folder make a case, and what the folder's layout says about the labels.

BraTS 2018–2021   X/X_{flair,t1,t1ce,t2,seg}.nii(.gz)        labels brats2021
BraTS 2023–2024   X/X-{t2f,t1n,t1c,t2w,seg}.nii(.gz)         labels brats2023 or brats2024
MSD Task01        imagesTr/BRATS_*.nii.gz (4-D), labelsTr/   labels msd
own names         any words that name a sequence             labels not told
"""

import enum
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.naming import (
    BRATS2021_ENDINGS,
    BRATS2023_ENDINGS,
    Role,
    is_derived,
    published_role,
    role_by_words,
    stem_of,
    without_common_start,
    words_of,
)


class Layout(enum.Enum):
    """How a case lies on disk; the value is its name for people."""

    BRATS2021 = "BraTS 2018–2021 names"
    BRATS2023 = "BraTS 2023–2024 names"
    MSD = "MSD Task01 layout"
    OWN = "own names"


_PUBLISHED_ENDINGS = (
    (Layout.BRATS2021, BRATS2021_ENDINGS),
    (Layout.BRATS2023, BRATS2023_ENDINGS),
)


BY_WORDS = "the words of its name"
"""Why a file plays a role where no published layout says so."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may play a role in a case, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """What a folder offers.

    Args:
        layout: The layout its names follow.
        candidates: Files by role; more than one where the names leave a doubt.
    """

    layout: Layout
    candidates: Mapping[Role, tuple[Candidate, ...]] = field(default_factory=dict)

    @property
    def is_case(self) -> bool:
        """Whether there is at least one sequence."""
        return any(isinstance(role, Modality) for role in self.candidates)


def image_names(folder: Path) -> list[str]:
    """Names of the NIfTI files directly in a folder, sorted; hidden ones left out.

    Raises:
        CaseError: If the folder cannot be listed.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if stem_of(e.name) and not _is_folder(e))
    except FileNotFoundError:
        raise CaseError(f"{folder} does not exist: check the path") from None
    except PermissionError:
        raise CaseError(f"{folder} may not be read: check its permissions") from None
    except OSError as error:
        raise CaseError(f"{folder} cannot be listed ({error.strerror}): check the path") from error


def read_folder(folder: Path) -> FolderFiles:
    """Sort the files directly in `folder` into roles.

    Raises:
        CaseError: If the folder cannot be listed.
    """
    return sort_files([folder / name for name in image_names(folder)])


def sort_files(paths: Iterable[Path]) -> FolderFiles:
    """Sort image files into roles by their names; none is opened.

    Endings of a published set come first; for a role that none of them fills (a label file
    with an odd name, say) the words of the other names are asked.
    """
    stems = {path: stem_of(path.name) or "" for path in paths}
    for layout, endings in _PUBLISHED_ENDINGS:
        published = _published(stems, layout, endings)
        if any(isinstance(role, Modality) for role in published):
            taken = {c.path for cs in published.values() for c in cs}
            rest = {path: stem for path, stem in stems.items() if path not in taken}
            return FolderFiles(layout, {**_by_words(rest), **published})
    return FolderFiles(Layout.OWN, _by_words(stems))


def layout_of_file(path: Path) -> Layout:
    """The layout that the name of one sequence follows."""
    stems = {path: stem_of(path.name) or ""}
    for layout, endings in _PUBLISHED_ENDINGS:
        if _published(stems, layout, endings):
            return layout
    return Layout.OWN


def msd_labels(image: Path) -> Path | None:
    """Where the MSD layout keeps the labels of an image of `imagesTr`; None if there are none."""
    labels = image.parent.parent / "labelsTr" / image.name
    return labels if image.parent.name == "imagesTr" and labels.is_file() else None


def is_msd_image(path: Path) -> bool:
    """Whether a file lies where the MSD layout keeps its 4-D images, or is named as one."""
    if stem_of(path.name) is None:
        return False
    return path.parent.name in ("imagesTr", "imagesTs") or path.name.upper().startswith("BRATS_")


def _published(
    stems: Mapping[Path, str], layout: Layout, endings: Mapping[str, Role]
) -> dict[Role, tuple[Candidate, ...]]:
    found: dict[Role, tuple[Candidate, ...]] = {}
    homes = {folder: folder.resolve().name.lower() for folder in {p.parent for p in stems}}
    for path, stem in stems.items():
        split = published_role(stem, endings)
        if split is None:
            continue
        case_name, role = split
        # Own names may end like this by chance: the folder or the patient must fit the set.
        if case_name.lower() == homes[path.parent] or case_name.lower().startswith("brats"):
            found[role] = (*found.get(role, ()), Candidate(path, layout.value))
    return found


def _by_words(stems: Mapping[Path, str]) -> dict[Role, tuple[Candidate, ...]]:
    paths = list(stems)
    whole = [words_of(stems[path]) for path in paths]
    roles: list[Role | None] = [role_by_words(words) for words in without_common_start(whole)]
    if not any(isinstance(role, Modality) for role in roles):
        roles = [role_by_words(words) for words in whole]
    found: dict[Role, list[tuple[Path, tuple[str, ...]]]] = {}
    for path, words, role in zip(paths, whole, roles, strict=True):
        if role is not None:
            found.setdefault(role, []).append((path, words))
    result: dict[Role, tuple[Candidate, ...]] = {}
    for role, files in found.items():
        originals = [f for f in files if not is_derived(f[1])] or files
        result[role] = tuple(Candidate(path, BY_WORDS) for path, _ in originals)
    return result


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symbolic link that leads back to itself
        return True
