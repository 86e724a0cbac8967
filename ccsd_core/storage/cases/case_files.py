"""Which file is what in a case, before any image is read.

folder, single sequence or 4-D file ──▶ layout and words of the names ──▶ one file for each role
                + what was said by hand ───────────────────────────────────────▲
"""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from ccsd_core.domain.case import Source
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_search import SeveralCasesError, refuse_several
from ccsd_core.storage.cases.layout import (
    BY_WORDS,
    Candidate,
    Layout,
    image_names,
    is_msd_image,
    layout_of_file,
    msd_labels,
    read_folder,
)
from ccsd_core.storage.cases.msd import channel_order
from ccsd_core.storage.cases.naming import (
    UNDERSTOOD,
    Role,
    published_names,
    role_by_words,
    stem_of,
    without_common_start,
    words_of,
)
from ccsd_core.storage.cases.not_opened import Claims, claims_at, not_opened
from ccsd_core.storage.cases.overrides import (
    BY_HAND,
    NUMBERS_BY_HAND,
    Channel,
    FilesByHand,
    LabelFile,
    Part,
    file_of,
)
from ccsd_core.storage.cases.segmentation_file import PREDICTION, is_prediction
from ccsd_core.storage.nifti.header import read_header

_FLAGS = {m: f"--{m.name.lower()}" for m in Modality}
_MASKS = frozenset(("mask", "brainmask"))
_IN_WINDOW = "in the window's table of files"
_GENERIC_FOLDERS = frozenset(("anat", "nifti", "nii", "mri", "images"))


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """What a case is made of.

    Args:
        id: The case's name.
        layout: The layout its names follow.
        images: The file of each sequence.
        labels: The expert's label file, if there is one.
        channels: Which channel of its file a sequence is, for those that lie in a 4-D file.
        passed_over: Label files that are none of an expert's: this program wrote them.
        not_opened: Sequences whose files were left where they are; None are the labels.
        unclear: Files whose names tell nothing, though a sequence is missing.
    """

    id: str
    layout: Layout
    images: Mapping[Modality, Source]
    labels: Source | None = None
    channels: Mapping[Modality, int] = field(default_factory=dict[Modality, int])
    passed_over: tuple[Path, ...] = ()
    not_opened: frozenset[Modality | None] = frozenset()
    unclear: tuple[Path, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about the choice."""
        return (*self._passed_over_notes, *self._unclear_notes)

    @property
    def _unclear_notes(self) -> tuple[str, ...]:
        if not self.unclear:
            return ()
        missing = [m for m in Modality if m not in self.images]
        names = [path.name for path in self.unclear[:3]]
        more = len(self.unclear) - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more else "")
        several = len(self.unclear) > 1
        tell, are = ("their names tell", "they are") if several else ("its name tells", "it is")
        return (
            f"no {' and no '.join(m.label for m in missing)} was found, and {listed} "
            f"{'were' if several else 'was'} passed over: {tell} no sequence; say what {are} "
            f"{_IN_WINDOW} (Files…), or with {', '.join(_FLAGS[m] for m in missing)}",
        )

    @property
    def _passed_over_notes(self) -> tuple[str, ...]:
        return tuple(
            f"{path.name} was passed over: this program wrote it, its header says "
            f"{PREDICTION.partition(';')[0]!r}; if it was corrected by hand, change that text"
            for path in self.passed_over
        )


def find_files(path: Path, files: FilesByHand | None = None) -> CaseFiles:
    """Sort the files of a case: a folder, a 4-D file of the MSD layout, or a named sequence.

    Args:
        path: The folder or file.
        files: What was said by hand; it replaces what the names suggest.

    Raises:
        CaseError: If there is no sequence, or two files claim to be the same one.
        SeveralCasesError: If the folder holds cases and is none itself.
        NiftiError: If a header that has to be asked cannot be read.
    """
    path, files = Path(path), files or {}
    if path.is_file() and is_msd_image(path) and len(read_header(path).shape) == 4:
        found = _of_msd(path, decided=files.keys())
    elif path.is_file():
        found = _of_file(path, decided=files.keys())
    else:
        found = _of_folder(path, decided=files.keys())
    found = _with_hand(found, files)
    if not found.images:
        _refuse_empty(path)
    _check_distinct(found)
    claims = claims_at(path)
    found = replace(found, not_opened=not_opened(claims, _opened(found)))
    if files or path.is_file() or len(found.images) == len(Modality):
        return found  # where something was said, the files were looked at
    return replace(found, unclear=_unclear(path, claims))


def _unclear(folder: Path, claims: Claims) -> tuple[Path, ...]:
    """Images that no name makes anything of, and that are no masks or results either."""
    names = image_names(folder)
    words = without_common_start([words_of(stem_of(name) or "") for name in names])
    claimed = {file_of(part) for parts in claims.values() for part in parts}
    return tuple(
        path
        for path, own in zip((folder / name for name in names), words, strict=True)
        if path not in claimed
        and role_by_words(own) is None
        and not _MASKS.intersection(own)
        and not is_prediction(path)
    )


def _opened(found: CaseFiles) -> dict[Role, Part]:
    opened: dict[Role, Part] = {}
    for modality, source in found.images.items():
        index = found.channels.get(modality)
        opened[modality] = source.path if index is None else Channel(source.path, index)
    if found.labels is not None:
        opened["labels"] = found.labels.path
    return opened


def _with_hand(found: CaseFiles, files: FilesByHand) -> CaseFiles:
    """What the names say of the roles nobody decided, and what was decided."""
    images, channels, labels = dict(found.images), dict(found.channels), found.labels
    for role, part in files.items():
        why = NUMBERS_BY_HAND if isinstance(part, LabelFile) else BY_HAND
        source = None if part is None else Source(file_of(part), why)
        if not isinstance(role, Modality):
            if isinstance(part, Channel):
                raise CaseError(
                    f"channel {part.index} of {part.path} cannot be the expert labels: "
                    "give them as a file of their own"
                )
            labels = source
        elif source is not None:
            images[role] = source
            if isinstance(part, Channel):
                channels[role] = part.index
    return replace(found, images=images, channels=channels, labels=labels)


def case_id(path: Path) -> str:
    """The name of the case at a path; no file is opened.

    Of a file without the ending that names its sequence: `BraTS2021_00006_t1.nii.gz` is a file of
    the case `BraTS2021_00006`, on which a model may have been trained.
    """
    if not path.is_file():
        return _id_of(path)
    (name,) = published_names([path]) or [stem_of(path.name) or path.name]
    return name


def _of_folder(folder: Path, *, decided: Collection[Role]) -> CaseFiles:
    offered = read_folder(folder)
    images = {
        role: _only(role, candidates)
        for role, candidates in offered.candidates.items()
        if isinstance(role, Modality) and role not in decided
    }
    claims = () if "labels" in decided else offered.candidates.get("labels", ())
    labels, ours = _experts_labels(claims) if images or decided else (None, ())
    return CaseFiles(_id_of(folder), offered.layout, images, labels, passed_over=ours)


def _experts_labels(candidates: Iterable[Candidate]) -> tuple[Source | None, tuple[Path, ...]]:
    """The label file, and those that are our own predictions and no expert's work."""
    ours, experts = [], []
    for one in candidates:
        (ours if is_prediction(one.path) else experts).append(one)
    return (_only("labels", experts) if experts else None), tuple(one.path for one in ours)


def _of_file(path: Path, *, decided: Collection[Role]) -> CaseFiles:
    stem = stem_of(path.name)
    if stem is None:
        raise CaseError(f"{path} is not a case: give a folder, or a .nii or .nii.gz file")
    role = role_by_words(words_of(stem))
    images: dict[Modality, Source] = {}
    if isinstance(role, Modality) and role not in decided:
        images[role] = Source(path, BY_WORDS)
    return CaseFiles(case_id(path), layout_of_file(path), images)


def _of_msd(path: Path, *, decided: Collection[Role]) -> CaseFiles:
    images, channels = {}, {}
    order, count = channel_order(path), read_header(path).shape[3]
    if count != len(order) and not set(order) <= set(decided):
        raise CaseError(
            f"{path} has {count} channels, {len(order)} are expected "
            f"({', '.join(m.label for m in order)}): is it of the MSD Task01 set?"
        )
    for index, modality in enumerate(order):
        if modality not in decided:
            images[modality] = Source(path, f"{Layout.MSD.value}, channel {index}")
            channels[modality] = index
    file = None if "labels" in decided else msd_labels(path)
    labels, ours = _experts_labels([Candidate(file, Layout.MSD.value)] if file else ())
    return CaseFiles(case_id(path), Layout.MSD, images, labels, channels, passed_over=ours)


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
        way = f"with {_FLAGS[role]}" if isinstance(role, Modality) else "by keeping one"
        hint = f"say which, {way} or {_IN_WINDOW}"
        raise CaseError(f"{folder}: both {names} look like {what}: {hint}")
    return Source(first.path, first.reason)


def _check_distinct(found: CaseFiles) -> None:
    seen: dict[tuple[Path, int | None], Modality] = {}
    for modality, source in found.images.items():
        real = Path(os.path.realpath(source.path)), found.channels.get(modality)
        if real in seen:
            raise CaseError(
                f"{source.path} is given as {seen[real].label} and as {modality.label}: "
                "name a file for each"
            )
        seen[real] = modality


def _refuse_empty(path: Path) -> NoReturn:
    if path.is_file():
        raise CaseError(
            f"{path.name} does not tell which sequence it is: give its folder, or name it with "
            f"{', '.join(_FLAGS.values())} or {_IN_WINDOW}"
        )
    refuse_several(path)
    names = image_names(path)
    msd = [name for name in names if is_msd_image(path / name)]
    if msd and not read_folder(path).candidates:
        raise SeveralCasesError(f"{path} holds several cases: give one file, for example {msd[0]}")
    more = ", …" if len(names) > 4 else ""
    listed = f"its images are {', '.join(names[:4])}{more}"
    inside = listed if names else "it has no .nii or .nii.gz file"
    way_out = f"; or name each with {', '.join(_FLAGS.values())} or {_IN_WINDOW}" if names else ""
    raise CaseError(f"{path} has no sequence ({inside}): understood are {UNDERSTOOD}{way_out}")


def _id_of(folder: Path) -> str:
    """The folder's name, or those above it where the name is the same for every patient."""
    real = folder.resolve()
    if real.name.lower() in _GENERIC_FOLDERS and real.parent.name:
        real = real.parent
    if real.name.lower().startswith("ses-"):  # BIDS: sub-01/ses-1/anat
        return f"{real.parent.name}_{real.name}"
    return real.name
