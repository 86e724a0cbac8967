"""Reading a case: find the sequences, bring them onto one canonical grid, read the labels.

folder or 4-D file ──▶ which file is what (layout, naming) ──▶ volumes (nifti)
      + files given by hand                                        │
                                Case  ◀── labels checked ◀── one grid (resample)
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

import numpy as np

from ccsd_core.domain.case import Case, Source
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021, LabelScheme
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError
from ccsd_core.storage.case_search import find_cases
from ccsd_core.storage.label_scheme import scheme_for
from ccsd_core.storage.layout import (
    Candidate,
    FolderFiles,
    Layout,
    image_names,
    is_msd_image,
    msd_labels,
    read_folder,
)
from ccsd_core.storage.msd import channel_order
from ccsd_core.storage.naming import (
    UNDERSTOOD,
    Role,
    role_by_words,
    stem_of,
    words_of,
)
from ccsd_core.storage.nifti import (
    StoredVolume,
    background_of,
    load_channels,
    load_labels,
    load_volume,
    placed_as,
)
from ccsd_core.storage.nifti_header import read_header
from ccsd_core.storage.resample import onto_grid, overlap
from ccsd_core.storage.segmentation_file import DESCRIPTION

__all__ = ["find_cases", "load_case"]

_FLAGS = {m: f"--{m.name.lower()}" for m in Modality}
_GENERIC_FOLDERS = frozenset(("anat", "nifti", "nii", "mri", "images"))


@dataclass(frozen=True, slots=True)
class _Files:
    """What a case is made of, before anything is read."""

    id: str
    layout: Layout
    images: Mapping[Modality, Source]
    labels: Source | None
    notes: tuple[str, ...] = ()


def load_case(
    path: Path,
    *,
    files: Mapping[Modality, Path] | None = None,
    scheme: LabelScheme | None = None,
) -> Case:
    """Read a case from a folder, a 4-D file of the MSD layout, or a single named sequence.

    Args:
        path: The folder or file.
        files: Sequences given by hand; each replaces what the folder's names suggest.
        scheme: What the integers of the labels mean, where the layout does not tell or errs.

    Raises:
        CaseError: If there is no sequence, or two files claim to be the same one.
        NiftiError: If a file is not a usable image.
        LabelSchemeError: If the labels do not fit the scheme.
    """
    path = Path(path)
    by_hand = {m: Source(Path(f), "given by hand") for m, f in (files or {}).items()}
    if path.is_file() and is_msd_image(path) and len(read_header(path).shape) == 4:
        return _load_msd(path, by_hand, scheme)
    found = _files_of_file(path) if path.is_file() else _files_of_folder(path, by_hand)
    images = {**found.images, **by_hand}
    _check_distinct(images)
    read = {m: load_volume(images[m].path) for m in sorted(images)}
    return _assemble(replace(found, images=images), read, scheme=scheme)


def _read_all(paths: Mapping[Modality, Path]) -> dict[Modality, StoredVolume]:
    """Read several images at once: unpacking lets other threads run."""
    with ThreadPoolExecutor(max_workers=len(Modality)) as pool:
        return dict(zip(paths, pool.map(load_volume, paths.values()), strict=True))


def _files_of_folder(folder: Path, by_hand: Mapping[Modality, Source]) -> _Files:
    offered = read_folder(folder)
    images = {
        role: _only(role, candidates)
        for role, candidates in offered.candidates.items()
        if isinstance(role, Modality) and role not in by_hand
    }
    if not images and not by_hand:
        _refuse_empty(folder, offered)
    labels, notes = _experts_labels(offered.candidates.get("labels", ()))
    return _Files(_id_of(folder), offered.layout, images, labels, notes)


def _experts_labels(candidates: tuple[Candidate, ...]) -> tuple[Source | None, tuple[str, ...]]:
    """The label file; what this software predicted is not taken for an expert's work."""
    predicted = [c for c in candidates if read_header(c.path).description == DESCRIPTION]
    notes = tuple(
        f"{c.path.name} is a prediction, not expert labels: passed over" for c in predicted
    )
    experts = tuple(c for c in candidates if c not in predicted)
    return (_only("labels", experts) if experts else None), notes


def _files_of_file(path: Path) -> _Files:
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
    return _Files(stem, Layout.OWN, {role: source}, None)


def _load_msd(path: Path, by_hand: Mapping[Modality, Source], scheme: LabelScheme | None) -> Case:
    order = channel_order(path)
    channels = load_channels(path)
    if len(channels) != len(order):
        raise CaseError(
            f"{path} has {len(channels)} channels, {len(order)} are expected "
            f"({', '.join(m.label for m in order)}): is it of the MSD Task01 set?"
        )
    read = dict(zip(order, channels, strict=True))
    images = {m: Source(path, f"{Layout.MSD.value}, channel {i}") for i, m in enumerate(order)}
    for modality, source in by_hand.items():
        read[modality], images[modality] = load_volume(source.path), source
    labels = msd_labels(path)
    source = Source(labels, Layout.MSD.value) if labels else None
    files = _Files(stem_of(path.name) or path.name, Layout.MSD, images, source)
    return _assemble(files, {m: read[m] for m in sorted(read)}, scheme=scheme)


def _assemble(
    files: _Files, read: Mapping[Modality, StoredVolume], *, scheme: LabelScheme | None
) -> Case:
    """Bring everything onto the grid of the first sequence and make the case."""
    notes = list(files.notes)
    read, placing = _placed(read, files.images)
    first = read[min(read)]
    for one in read.values():
        notes.extend(note for note in one.notes if note not in notes)
    volumes: dict[Modality, Volume] = {}
    for modality, one in read.items():
        name = f"{modality.label} ({files.images[modality].path.name})"
        volumes[modality], moved = _on_grid(one.volume, first.volume, name=name, order="linear")
        notes.extend(moved)
        if one.volume.array.min() == one.volume.array.max():
            notes.append(f"{name} is blank: every voxel has the same value")
    sources: dict[Modality | None, Source] = {**files.images}
    labels, chosen, label_notes = None, scheme or BRATS2021, ()
    if files.labels is not None:
        sources[None] = files.labels
        labels, chosen, label_notes = _read_labels(files, first, scheme=scheme)
    return Case(
        id=files.id,
        volumes=volumes,
        stored=first.stored,
        reference=labels,
        scheme=chosen,
        sources=sources,
        notes=(*notes, *placing, *label_notes),
    )


def _read_labels(
    files: _Files, first: StoredVolume, *, scheme: LabelScheme | None
) -> tuple[Volume, LabelScheme, tuple[str, ...]]:
    assert files.labels is not None
    path = files.labels.path
    read, placing = load_labels(path), ()
    if not read.placed and first.placed and read.stored.shape == first.stored.shape:
        read, placing = placed_as(read, first), (_placing_note(path),)
    labels, moved = _on_grid(
        read.volume, first.volume, name=f"the label file {path.name}", order="nearest"
    )
    values = np.unique(read.volume.array.astype(np.uint8))
    chosen, said = scheme_for(files.layout, values, path=path, folder=files.id, given=scheme)
    return labels, chosen, (*read.notes, *placing, *moved, *said)


def _placed(
    read: Mapping[Modality, StoredVolume], images: Mapping[Modality, Source]
) -> tuple[dict[Modality, StoredVolume], list[str]]:
    """Lay images that do not say where they lie where others of their shape lie."""
    result, notes = dict(read), []
    for modality, one in read.items():
        like = (
            other
            for other in read.values()
            if other.placed and other.stored.shape == one.stored.shape
        )
        other = None if one.placed else next(like, None)
        if other is not None:
            result[modality] = placed_as(one, other)
            notes.append(_placing_note(images[modality].path))
    return result, notes


def _placing_note(path: Path) -> str:
    return (
        f"{path.name}: the file does not say how it lies in the patient (both NIfTI codes are "
        "0); it was laid where the case's other images of the same shape lie"
    )


def _on_grid(
    volume: Volume, grid: Volume, *, name: str, order: Literal["linear", "nearest"]
) -> tuple[Volume, tuple[str, ...]]:
    """`volume` on the grid of the first sequence, with a note if it had to be resampled."""
    if volume.same_grid(grid):
        return grid.with_array(volume.array), ()
    if not overlap(volume, grid):
        raise CaseError(
            f"{name} lies elsewhere than the case's first sequence: register the images first"
        )
    note = f"{name} had another grid and was resampled onto that of the first sequence ({order})"
    outside = background_of(volume.array) if order == "linear" else 0.0
    return onto_grid(volume, grid, order=order, outside=outside), (note,)


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
