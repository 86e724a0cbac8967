"""Reading a case: its sequences on one canonical grid, and the expert's labels if there are any.

path ──▶ files there (inventory) ──▶ role of each file (choose)
                                                     │
             one grid (common_grid) ◀── volumes (storage.formats)
                     │
                     └──▶ labels checked (label_scheme) ──▶ Case

Files are read in parallel: unpacking gzip releases the interpreter's lock.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ccsd_core.domain.case import Case, Source
from ccsd_core.domain.hounsfield import ct_problem
from ccsd_core.domain.input_checks import warnings_about
from ccsd_core.domain.mirrored import mirrored
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import LabelScheme
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import BadInputError, CaseError, LabelsError
from ccsd_core.storage.appearance.mismatches import mismatches
from ccsd_core.storage.cases.case_files import CaseFiles
from ccsd_core.storage.cases.case_search import find_cases
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.label_scheme import scheme_for, scheme_without_labels
from ccsd_core.storage.cases.layout import Layout
from ccsd_core.storage.cases.nnunet import scheme_of as nnunet_scheme
from ccsd_core.storage.cases.overrides import Overrides, overridden_scheme
from ccsd_core.storage.formats import load_channels, load_labels, load_volume
from ccsd_core.storage.label_maps.label_checks import check_expert, check_overlap
from ccsd_core.storage.names.identity import published_names
from ccsd_core.storage.names.origin import sources_of
from ccsd_core.storage.names.patients import patient_of
from ccsd_core.storage.nifti.common_grid import on_grid, placed, placed_like
from ccsd_core.storage.stored_volume import StoredVolume

__all__ = ["find_cases", "load_case", "read_case"]


def load_case(
    path: Path,
    *,
    files: Overrides | None = None,
    scheme: LabelScheme | None = None,
    default_scheme: LabelScheme | None = None,
    labels_needed: bool = True,
) -> Case:
    """Read a case from a folder, a 4-D file of the MSD layout, or a single named sequence.

    Args:
        path: The folder or file.
        files: The user's overrides; they take precedence over what the names suggest.
        scheme: Label scheme if the layout does not determine it or is wrong; one in `files` takes
            precedence.
        default_scheme: Label scheme if neither names nor the user state one; None means BraTS 2021.
        labels_needed: Whether labels that cannot be used are an error; else they are ignored, with
            a note.

    Raises:
        CaseError: If there is no sequence, or two files may be the same sequence.
        NiftiError: If a file is not a usable image.
        LabelsError: If the labels cannot be used, and are needed.
    """
    found = choose(inventory(path), files)
    chosen_scheme = overridden_scheme(files or {}) or scheme
    if chosen_scheme is None and found.layout is Layout.OWN:
        chosen_scheme = default_scheme
    return read_case(found, labels_needed=labels_needed, scheme=chosen_scheme)


def read_case(
    found: CaseFiles, *, scheme: LabelScheme | None = None, labels_needed: bool = True
) -> Case:
    """Read a case whose files were chosen.

    Args:
        found: Files of the case.
        scheme: Label scheme if the layout does not determine it or is wrong.
        labels_needed: Whether labels that cannot be used are an error; else they are ignored, with
            a note.

    Raises:
        CaseError: If a file has no such channel, is a CT, or every sequence is blank.
        NiftiError: If a file is not a usable image.
        LabelsError: If the labels cannot be used, and are needed.
    """
    with ThreadPoolExecutor(thread_name_prefix="reading") as threads:
        labels = threads.submit(load_labels, found.labels.path) if found.labels else None
        volumes = _read(found, threads)
        return _assemble(
            found,
            volumes,
            labels.result if labels else None,
            scheme=scheme,
            labels_needed=labels_needed,
            known_as=_names(found, sources_of(found.path)),
        )


def _names(files: CaseFiles, within: Iterable[str]) -> frozenset[str]:
    """All names of the patient, or of the patients that a mixed case was made from."""
    opened = [*files.images.values(), *([files.labels] if files.labels else [])]
    names = frozenset((files.id, *published_names(s.path for s in opened), *within))
    return names.union(*(patient_of(name).names for name in names))


def _read(files: CaseFiles, threads: ThreadPoolExecutor) -> dict[Modality, StoredVolume]:
    in_4d_files = {m: files.images[m].path for m in files.channels}
    single_files = {m: s.path for m, s in files.images.items() if m not in in_4d_files}
    read = dict(zip(single_files, threads.map(load_volume, single_files.values()), strict=True))
    all_channels = {path: load_channels(path) for path in dict.fromkeys(in_4d_files.values())}
    for modality, path in in_4d_files.items():
        index = files.channels[modality]
        if index >= len(all_channels[path]):
            raise CaseError(
                f"{path} has {len(all_channels[path])} channels, numbered from 0: "
                f"there is no channel {index} for {modality.label}"
            )
        read[modality] = all_channels[path][index]
    return {m: read[m] for m in sorted(read)}


def _assemble(
    files: CaseFiles,
    read: Mapping[Modality, StoredVolume],
    expert: Callable[[], StoredVolume] | None,
    *,
    scheme: LabelScheme | None,
    labels_needed: bool,
    known_as: frozenset[str],
) -> Case:
    """Bring everything onto the grid of the first sequence and make the case."""
    read, blank = _without_blank(files, read)
    notes = [*files.notes, *blank]
    read, placing = placed(read, {m: source.path for m, source in files.images.items()})
    first = read[min(read)]
    for one in read.values():
        notes.extend(note for note in one.notes if note not in notes)
    names = {m: f"{m.label} ({files.images[m].path.name})" for m in read}
    for m, one in read.items():
        problem = ct_problem(one.volume, names[m])
        if problem:
            raise CaseError(problem)
    volumes: dict[Modality, Volume] = {}
    for modality, one in read.items():
        volumes[modality], moved = on_grid(
            one.volume, first.volume, name=names[modality], order="linear"
        )
        notes.extend(moved)
    # As read, not as resampled: the voxel size of each file is checked.
    as_read = {m: one.volume for m, one in read.items()}
    notes.extend(warnings_about(as_read, names))
    notes.extend(mismatches(as_read, names))
    notes.extend(mirrored(volumes, names))
    sources: dict[Modality | None, Source] = {m: files.images[m] for m in read}
    checked = None
    if files.labels is not None and expert is not None:
        try:
            stated = _stated_scheme(files) if scheme is None else scheme
            checked = _check_labels(files, files.labels.path, expert, volumes, first, scheme=stated)
            sources[None] = files.labels
        except LabelsError as error:
            if labels_needed:
                raise
            files = files.without_labels()
            notes.append(f"the expert labels were not used: {error}")
    if checked is None:
        labels, stated = None, _stated_scheme(files) if scheme is None else scheme
        chosen, remarks = scheme_without_labels(files.layout, folder=files.id, given=stated)
    else:
        labels, chosen, remarks = checked
    return Case(
        id=files.id,
        volumes=volumes,
        stored=first.stored,
        reference=labels,
        scheme=chosen,
        sources=sources,
        notes=(*notes, *placing, *remarks),
        not_opened=files.not_opened,
        also_named=known_as - {files.id},
        resampled=frozenset(m for m, v in as_read.items() if not v.same_grid(first.volume)),
        study_folder=None if files.study is None else files.path,
    )


def _without_blank(
    files: CaseFiles, read: Mapping[Modality, StoredVolume]
) -> tuple[dict[Modality, StoredVolume], list[str]]:
    """The sequences that are not blank; a blank one is treated as not acquired.

    Raises:
        CaseError: If all are blank.
    """
    blank = {m for m, one in read.items() if one.volume.array.min() == one.volume.array.max()}
    if len(blank) == len(read):
        names = ", ".join(files.images[m].path.name for m in sorted(blank))
        raise CaseError(f"case {files.id!r} is blank ({names}): export its images again")
    return {m: one for m, one in read.items() if m not in blank}, [
        f"{m.label} ({files.images[m].path.name}) is blank: every voxel is "
        f"{read[m].volume.array.flat[0]:g}; it is taken as missing"
        for m in sorted(blank)
    ]


def _stated_scheme(files: CaseFiles) -> LabelScheme | None:
    """The label scheme that the data set itself states."""
    if files.layout is not Layout.NNUNET:
        return None
    try:
        return nnunet_scheme(files.path.parent)
    except LabelsError:
        if files.labels is not None:
            raise
        return None


def _check_labels(
    files: CaseFiles,
    path: Path,
    expert: Callable[[], StoredVolume],
    volumes: Mapping[Modality, Volume],
    first: StoredVolume,
    *,
    scheme: LabelScheme | None,
) -> tuple[Volume, LabelScheme, tuple[str, ...]]:
    try:
        read, placing = placed_like(expert(), first, path=path)
        check_overlap(read, first, path=path)
        labels, moved = on_grid(
            read.volume, first.volume, name=f"the label file {path.name}", order="nearest"
        )
    except LabelsError:
        raise
    except BadInputError as error:
        raise LabelsError(str(error)) from error
    of_labels = check_expert(labels, read, volumes, first, path=path)
    counts = np.bincount(read.volume.array.astype(np.uint8, copy=False).ravel(), minlength=1)
    values = np.flatnonzero(counts).astype(np.uint8)
    chosen, remarks = scheme_for(files.layout, values, path=path, folder=files.id, given=scheme)
    return labels, chosen, (*read.notes, *placing, *moved, *of_labels, *remarks)
