"""Every image that a case could be made of: what it would become, why, and what its header states.

folder ─────▶ each of its images     ┐
file ───────▶ the file and its folder ├──▶ OfferedImage: part, role, reason, header or problem
4-D file ───▶ each of its channels   ┘
dropped files ▶ these alone

Doubts are no errors here: two files may have one role, or none may have any. Only headers are
read, never the data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.layout import (
    BY_WORDS,
    Candidate,
    Layout,
    image_names,
    is_msd_image,
    msd_labels,
    read_folder,
    sort_files,
)
from ccsd_core.storage.cases.msd import channel_order
from ccsd_core.storage.cases.naming import Role, role_by_words, stem_of, words_of
from ccsd_core.storage.cases.not_opened import Claims, claims_at
from ccsd_core.storage.cases.overrides import (
    BY_HAND,
    NUMBERS_BY_HAND,
    Channel,
    FilesByHand,
    LabelFile,
    Part,
    file_of,
    part_of,
    role_name,
    said_scheme,
)
from ccsd_core.storage.cases.segmentation_file import PREDICTION
from ccsd_core.storage.nifti.header import NiftiHeader, read_header

MOST_FILES = 200
"""More files of one folder are not listed."""
MOST_CHANNELS = 8
"""A 4-D file with more is a time series or a diffusion scan, and no set of sequences."""
NO_SEQUENCE = "passed over: its name tells no sequence"
NOT_CHOSEN = "passed over: not the file that was opened"
PREDICTED = "passed over: this program wrote it"
FOUR_AXES = "a 4-D file: its name does not tell which channel is what"


@dataclass(frozen=True, slots=True, eq=False)
class OfferedImage:
    """One image of a case's files.

    Args:
        part: The file, or the channel of a 4-D file.
        role: What it becomes, None if nothing; two images may claim one role.
        reason: Why.
        by_name: What it becomes if nothing is said by hand.
        header: What its header states; None if it cannot be used.
        problem: Why it cannot be used, empty if it can.
    """

    part: Part
    role: Role | None
    reason: str
    by_name: Role | None
    header: NiftiHeader | None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CaseOffer:
    """What a case can be made of.

    Args:
        path: The folder or file that is opened.
        images: In order of their names, channels after one another.
        names_decide: Whether names decide what is not said by hand; not so for dropped files.
        left_off: How many files of the folder are not listed.
        scheme: What was said of the labels' integers by hand.
        claims: What the names at the path claim, whether or not it is listed.
    """

    path: Path
    images: tuple[OfferedImage, ...]
    names_decide: bool = True
    left_off: int = 0
    scheme: LabelScheme | None = None
    claims: Claims = field(default_factory=dict[Role, tuple[Part, ...]])


def case_offer(path: Path, files: FilesByHand | None = None) -> CaseOffer:
    """The images at `path`, as `find_files` would sort them where it has no doubt.

    Raises:
        CaseError: If `path` is not there or cannot be listed.
    """
    if path.is_file():
        offer = _of_file(path)
    else:
        claims = _claims(read_folder(path).candidates)
        offer = _of_files(path, [path / name for name in image_names(path)], claims)
    return replace(_with_hand(offer, files or {}), claims=claims_at(path))


def offer_of(paths: Iterable[Path]) -> CaseOffer:
    """Some images alone, whatever else lies in their folders; there is at least one."""
    listed = sorted(paths)
    offer = _of_files(listed[0].parent, listed, _claims(sort_files(listed).candidates))
    return replace(offer, names_decide=False, claims=claims_at(offer.path))


def _claims(
    candidates: Mapping[Role, tuple[Candidate, ...]],
) -> dict[Path, tuple[Role, str]]:
    return {c.path: (role, c.reason) for role, several in candidates.items() for c in several}


def _of_files(
    opened: Path, paths: list[Path], claims: Mapping[Path, tuple[Role, str]]
) -> CaseOffer:
    claiming = [path for path in paths if path in claims]
    others = [path for path in paths if path not in claims]
    listed = sorted((claiming + others)[:MOST_FILES])
    images = [one for path in listed for one in _images(path, claims.get(path))]
    # A name may call a 4-D file T1, which it cannot be: then everything has to be said.
    split = any(isinstance(one.part, Channel) and one.part.path in claims for one in images)
    left_off = len(paths) - len(listed)
    return CaseOffer(opened, tuple(images), names_decide=not split, left_off=left_off)


def _of_file(path: Path) -> CaseOffer:
    header, problem = _header(path)
    if header is not None and len(header.shape) == 4:
        labels = msd_labels(path)
        claim: tuple[Role, str] = "labels", Layout.MSD.value
        beside = _images(labels, claim) if labels else ()
        channels = _channels(path, header, None)
        told = any(one.role is not None for one in channels)
        return CaseOffer(path, (*channels, *beside), names_decide=told)
    role = role_by_words(words_of(stem_of(path.name) or path.name))
    claim_of_file = None if role in (None, "labels") else (role, BY_WORDS)
    first = _image(path, claim_of_file, header, problem)
    names = [n for n in image_names(path.parent) if n != path.name]
    beside = [one for n in names[:MOST_FILES] for one in _images(path.parent / n, None)]
    images = [first, *(replace(one, reason=NOT_CHOSEN) for one in beside)]
    images.sort(key=lambda one: file_of(one.part))
    return CaseOffer(path, tuple(images), left_off=max(0, len(names) - MOST_FILES))


def _images(path: Path, claim: tuple[Role, str] | None) -> tuple[OfferedImage, ...]:
    """One image, or one a channel."""
    header, problem = _header(path)
    if header is not None and len(header.shape) == 4:
        return _channels(path, header, claim)
    return (_image(path, claim, header, problem),)


def _image(
    path: Path, claim: tuple[Role, str] | None, header: NiftiHeader | None, problem: str
) -> OfferedImage:
    role, reason = claim or (None, _why_not(path))
    if header is not None and len(header.shape) > 4:
        problem = f"{path.name} has {len(header.shape)} axes, a scan has 3: export it again"
        header = None
    if role == "labels" and header is not None and header.description == PREDICTION:
        role, reason = None, PREDICTED
    return OfferedImage(path, role, reason, role, header, problem)


def _channels(
    path: Path, header: NiftiHeader, claim: tuple[Role, str] | None
) -> tuple[OfferedImage, ...]:
    count = header.shape[3]
    if count > MOST_CHANNELS:
        problem = f"{path.name} has {count} channels, a case has at most {MOST_CHANNELS}: split it"
        role, reason = claim or (None, _why_not(path))
        return (OfferedImage(path, role, reason, role, None, problem),)
    order, why = (), FOUR_AXES
    if is_msd_image(path):
        try:
            order = channel_order(path)
        except CcsdError as error:
            why = str(error)
    if len(order) != count:
        order = (None,) * count
    return tuple(
        OfferedImage(
            Channel(path, index),
            role,
            f"{Layout.MSD.value}, channel {index}" if role is not None else why,
            role,
            header,
        )
        for index, role in enumerate(order)
    )


def _with_hand(offer: CaseOffer, files: FilesByHand) -> CaseOffer:
    images = list(offer.images)
    known = {image.part for image in images}
    said: dict[Role, Part | None] = {
        role: None if part is None else part_of(part) for role, part in files.items()
    }
    for part in said.values():
        if part is not None and part not in known:
            header, problem = _header(file_of(part))
            images.append(OfferedImage(part, None, BY_HAND, None, header, problem))
    chosen: dict[Part, Role] = {part: role for role, part in said.items() if part is not None}
    for index, image in enumerate(images):
        if image.part in chosen:
            role = chosen[image.part]
            why = BY_HAND
            if isinstance(files[role], LabelFile):  # often of the very file that the names tell
                named = f"{image.reason}; " if image.role == role else ""
                why = f"{named}{NUMBERS_BY_HAND}"
            images[index] = replace(image, role=role, reason=why)
        elif image.role is not None and image.role in said:
            other = said[image.role]
            why = f"{file_of(other).name} was given" if other is not None else "left out"
            images[index] = replace(image, role=None, reason=f"passed over: {why} by hand")
    return replace(offer, images=tuple(images), scheme=said_scheme(files))


def _header(path: Path) -> tuple[NiftiHeader | None, str]:
    try:
        return read_header(path), ""
    except CcsdError as error:
        return None, str(error).replace(str(path), path.name)


def _why_not(path: Path) -> str:
    role = role_by_words(words_of(stem_of(path.name) or path.name))
    if role is None:
        return NO_SEQUENCE
    return f"passed over: another name fits {role_name(role)} better"
