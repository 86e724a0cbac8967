"""Every image that could belong to a case: its role, the reason, and its header.

folder ───────▶ each of its images          ┐
file ─────────▶ the file, and its folder    ├──▶ OfferedImage: part, role, reason, header, problem
4-D file ─────▶ its channels, and its labels│
dropped files ▶ only these                  ┘

Ambiguity is not an error here: two files may have one role, or none may have any. Only headers are
read, never the data.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.claims import msd_reason
from ccsd_core.storage.cases.entry import Entry
from ccsd_core.storage.cases.inventory import Inventory
from ccsd_core.storage.cases.not_opened import ClaimedParts, claimed_parts
from ccsd_core.storage.cases.overrides import (
    CHOSEN_BY_USER,
    SCHEME_CHOSEN_BY_USER,
    Channel,
    LabelFile,
    Overrides,
    Part,
    file_of,
    overridden_scheme,
    part_of,
    role_name,
)
from ccsd_core.storage.image_format import ImageHeader
from ccsd_core.storage.names.naming import Role, role_by_words
from ccsd_core.storage.studies.study_record import StudyRecord

MOST_FILES = 200
"""Largest number of files of one folder that are listed."""
MOST_CHANNELS = 8
"""A 4-D file with more channels is a time series or a diffusion scan, not a set of sequences."""
NO_SEQUENCE = "not used: sequence not recognised from its name"
NOT_CHOSEN = "not used: another file was opened"
PREDICTED = "not used: written by this program"
FOUR_AXES = "4-D file: channels not recognised from its name"


@dataclass(frozen=True, slots=True, eq=False)
class OfferedImage:
    """One image of a case's files.

    Args:
        part: The file, or the channel of a 4-D file.
        role: Its role, None if it has none; two images may claim one role.
        reason: Reason of the choice.
        by_name: Its role without overrides.
        header: Its header; None if it cannot be used.
        problem: Why it cannot be used, empty if it can.
    """

    part: Part
    role: Role | None
    reason: str
    by_name: Role | None
    header: ImageHeader | None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CaseOffer:
    """The images that a case can be made of.

    Args:
        path: The folder or file that is opened.
        images: Images in order of their names, channels after one another.
        names_decide: Whether names decide what is not overridden; False for dropped files.
        left_off: How many files of the folder are not listed.
        scheme: The label scheme that the user chose, if any.
        claims: The claims of the names at the path, for files that are not listed as well.
    """

    path: Path
    images: tuple[OfferedImage, ...]
    names_decide: bool = True
    left_off: int = 0
    scheme: LabelScheme | None = None
    claims: ClaimedParts = field(default_factory=dict[Role, tuple[Part, ...]])


def case_offer(place: Inventory, files: Overrides | None = None) -> CaseOffer:
    """The images at a place, with the roles that `choose` would give them if they are unambiguous.

    Args:
        place: The files there.
        files: The user's overrides; they take precedence over what the names suggest.
    """
    claimed: dict[Part, tuple[Role, str]] = {}
    for role, claims in place.claims.opened.items():
        claimed |= {claim.part: (role, claim.reason) for claim in claims}
    listed, left_off = _listed(place, claimed)
    images = tuple(image for entry in listed for image in _images(entry, claimed, place))
    if place.study is not None:
        images = _of_study(
            place.path, place.study, {file_of(image.part): image for image in images}
        )
    result = CaseOffer(
        place.path,
        images,
        names_decide=_names_decide(place, images, claimed),
        left_off=left_off,
        claims=claimed_parts(place),
    )
    return _with_overrides(result, files or {}, place)


_Claimed = Mapping[Part, tuple[Role, str]]


def _listed(place: Inventory, claimed: _Claimed) -> tuple[list[Entry], int]:
    """The files whose images are offered, by path, and how many are not."""
    if not place.is_file:
        several = place.opened or place.entries
        claiming = [one for one in several if one.path in claimed]
        others = [one for one in several if one.path not in claimed]
        listed = (claiming + others)[:MOST_FILES]
        return sorted(listed, key=_by_path), len(several) - len(listed)
    (opened,) = place.opened
    if opened.channels:
        labels = place.claims.opened.get("labels", ())
        return [opened, *(claim.entry for claim in labels)], 0
    neighbours = [one for one in place.entries if one is not opened]
    listed = [opened, *neighbours[:MOST_FILES]]
    return sorted(listed, key=_by_path), max(0, len(neighbours) - MOST_FILES)


def _by_path(entry: Entry) -> Path:
    return entry.path


def _names_decide(place: Inventory, images: tuple[OfferedImage, ...], claimed: _Claimed) -> bool:
    """Whether the place can be opened as a case without any override."""
    if place.is_file:
        (opened,) = place.opened
        return not opened.channels or any(
            image.role is not None for image in images if isinstance(image.part, Channel)
        )
    if place.opened:
        return False
    # A 4-D file may be called T1, although it cannot be T1, and channels of files in a folder are
    # not used without overrides: then the user has to choose everything.
    channels = [image for image in images if isinstance(image.part, Channel)]
    return not any(one.role is not None or file_of(one.part) in claimed for one in channels)


def _images(entry: Entry, claimed: _Claimed, place: Inventory) -> tuple[OfferedImage, ...]:
    """One image, or one per channel; images of the opened file's neighbours get no role."""
    images = _channels(entry, claimed) if entry.channels else (_image(entry, claimed),)
    if not place.is_file or entry in place.opened or place.opened[0].channels:
        return images
    return tuple(replace(one, role=None, reason=NOT_CHOSEN, by_name=None) for one in images)


def _image(entry: Entry, claimed: _Claimed) -> OfferedImage:
    header, problem = entry.header, _problem(entry)
    role, reason = claimed.get(entry.path) or (None, _reason_unused(entry))
    if header is not None and len(header.shape) > 4:
        problem = f"{entry.path.name} has {len(header.shape)} axes; a scan has 3: export it again"
        header = None
    if role == "labels" and entry.is_prediction and header is not None:
        role, reason = None, PREDICTED
    return OfferedImage(entry.path, role, reason, role, header, problem)


def _of_study(
    folder: Path, study: StudyRecord, images: Mapping[Path, OfferedImage]
) -> tuple[OfferedImage, ...]:
    """The series of a study in the scanner's order, including those that were not converted."""
    found: list[OfferedImage] = []
    for one in study.series:
        image = images.get(folder / one.file) if one.file else None
        if image is not None:
            found.append(replace(image, reason=one.reason))
            continue
        name = f"{one.label} {one.description}".replace("/", "∕").strip()
        problem = "not converted to a volume: see the reason"
        found.append(OfferedImage(folder / name, None, one.reason, None, None, problem))
    return tuple(found)


def _channels(entry: Entry, claimed: _Claimed) -> tuple[OfferedImage, ...]:
    path, count = entry.path, entry.channels
    if count > MOST_CHANNELS:
        problem = f"{path.name} has {count} channels; a case has at most {MOST_CHANNELS}: split it"
        role, reason = claimed.get(path) or (None, _reason_unused(entry))
        return (OfferedImage(path, role, reason, role, None, problem),)
    order: tuple[Role | None, ...] = ()
    why = FOUR_AXES
    if entry.is_msd:
        stated = entry.channel_order
        order, why = ((), str(stated)) if isinstance(stated, CaseError) else (stated, why)
    if len(order) != count:
        order = (None,) * count
    return tuple(
        OfferedImage(
            Channel(path, index),
            role,
            reason=why if role is None else msd_reason(index),
            by_name=role,
            header=entry.header,
        )
        for index, role in enumerate(order)
    )


def _with_overrides(names: CaseOffer, files: Overrides, place: Inventory) -> CaseOffer:
    images = list(names.images)
    known = {image.part for image in images}
    overridden: dict[Role, Part | None] = {
        role: None if part is None else part_of(part) for role, part in files.items()
    }
    for part in overridden.values():
        if part is not None and part not in known:
            entry = place.entry(file_of(part))
            images.append(
                OfferedImage(part, None, CHOSEN_BY_USER, None, entry.header, _problem(entry))
            )
    chosen: dict[Part, Role] = {part: role for role, part in overridden.items() if part is not None}
    for index, image in enumerate(images):
        if image.part in chosen:
            role = chosen[image.part]
            why = CHOSEN_BY_USER
            if isinstance(files[role], LabelFile):  # often the same file that the names suggest
                named = f"{image.reason}; " if image.role == role else ""
                why = f"{named}{SCHEME_CHOSEN_BY_USER}"
            images[index] = replace(image, role=role, reason=why)
        elif image.role is not None and image.role in overridden:
            other = overridden[image.role]
            why = f"user chose {file_of(other).name}" if other is not None else "excluded by user"
            images[index] = replace(image, role=None, reason=f"not used: {why}")
    return replace(names, images=tuple(images), scheme=overridden_scheme(files))


def _problem(entry: Entry) -> str:
    return "" if entry.error is None else str(entry.error).replace(str(entry.path), entry.path.name)


def _reason_unused(entry: Entry) -> str:
    role = role_by_words(entry.words)
    if role is None:
        return NO_SEQUENCE
    return f"not used: another file name fits {role_name(role)} better"
