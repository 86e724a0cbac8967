"""View-model of the case table: the role of each file, and whether the case can be opened.

roles recognised + the user's corrections ──▶ rows, notes, problem
                                              └──▶ the overrides to open it with
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ccsd_app.scene.slices.preview import ImagePreview
from ccsd_app.viewmodel.common.sentence import message
from ccsd_core.domain.case import MISSING, NOT_OPENED
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021, LabelScheme
from ccsd_core.storage.cases.case_offer import CaseOffer, OfferedImage
from ccsd_core.storage.cases.not_opened import not_opened
from ccsd_core.storage.cases.overrides import (
    CHOSEN_BY_USER,
    ROLES,
    Channel,
    LabelFile,
    Override,
    Part,
    file_of,
    role_name,
)
from ccsd_core.storage.names.naming import Role
from ccsd_core.storage.nifti.grid_difference import grid_difference, spacing_mm

Corrections = Mapping[Part, Role | None]
"""The role that the user chose for some of the images; None means "not used"."""
Chosen = list[tuple[OfferedImage, Role | None]]
"""Every image with its role after the user's corrections."""
PRESENT = "present"
WITHHELD = "withheld"
ASSIGNED_TWICE = "assigned twice"
UNUSABLE = "cannot be used"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        part: The image; None for a sequence that has no file.
        name: File name, and the channel of a 4-D file.
        place: Path of the file, for the tooltip.
        grid: Size and voxel spacing, or why they are unknown.
        choices: The roles it can have; empty if there is no choice.
        role: What it is used as; None if it is not used.
        reason: Why it has this role.
        state: Present, withheld, missing, not opened, assigned twice, or cannot be used.
        hint: Explains the state; "" if that is not needed.
        doubtful: Whether the user has to decide.
    """

    part: Part | None
    name: str
    place: str
    grid: str
    choices: tuple[Role | None, ...]
    role: Role | None
    reason: str
    state: str
    hint: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class CaseTable:
    """What the dialog shows.

    Args:
        rows: The files, then the sequences that have no file.
        notes: Notes on what will be done when the case is opened.
        problem: Why it cannot be opened; "" if it can.
    """

    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    problem: str


def case_table(
    offer: CaseOffer,
    corrections: Corrections,
    *,
    withheld: Collection[Modality] = (),
    unreadable: Mapping[Path, str] | None = None,
) -> CaseTable:
    """The table for an offer with the user's corrections.

    Args:
        offer: The files.
        corrections: What the user chose.
        withheld: Withheld sequences of the open case.
        unreadable: Files whose header can be read but whose voxels cannot, with the reason.
    """
    chosen: Chosen = [(image, _role(image, corrections)) for image in offer.images]
    taken: list[Role] = [role for _, role in chosen if role is not None]
    folder = offer.path.parent if offer.path.is_file() else offer.path
    broken = unreadable or {}
    rows = [_row(image, role, taken, withheld, folder, broken) for image, role in chosen]
    opened: dict[Role, Part] = {role: image.part for image, role in chosen if role is not None}
    left = not_opened(offer.claims, opened)
    rows += [
        _row_without_file(modality, NOT_OPENED if modality in left else MISSING)
        for modality in Modality
        if modality not in taken
    ]
    notes = [*_grid_notes(chosen)]
    if offer.left_off:
        notes.append(f"{offer.left_off} more files in this folder are not listed")
    return CaseTable(tuple(rows), tuple(notes), _problem(chosen))


def overrides_for(
    offer: CaseOffer, corrections: Corrections, scheme: LabelScheme | None = None
) -> dict[Role, Override | None]:
    """The overrides that open the case as the table shows it.

    Args:
        offer: The files.
        corrections: What the user chose.
        scheme: The label scheme that the user chose; None uses that of the file names.
    """
    overrides: dict[Role, Override | None] = {}
    for role in ROLES:
        chosen = [i.part for i in offer.images if _role(i, corrections) == role]
        by_name = [i.part for i in offer.images if i.by_name == role]
        if chosen != by_name or not offer.names_decide:
            overrides[role] = chosen[0] if chosen else None
        if role == "labels" and chosen and scheme is not None:
            overrides[role] = LabelFile(file_of(chosen[0]), scheme)
    return overrides


def scheme_text(scheme: LabelScheme | None) -> str:
    """A label scheme as text: its name, and what each integer stands for."""
    if scheme is None:
        return f"From file names, else {BRATS2021.name}"
    s = scheme
    numbers = sorted([(s.necrosis, "necrosis"), (s.oedema, "oedema"), (s.enhancing, "enhancing")])
    rest = "".join(f", {i} no tumour" for i in s.ignored)
    return f"{s.name}: " + ", ".join(f"{i} {name}" for i, name in numbers) + rest


def grid_text(row: Row, preview: ImagePreview | None) -> str:
    """Size and spacing, and on a second line the range of the values once they are known."""
    if preview is None:
        return row.grid
    low, high = (f"{value:,.6g}" for value in preview.values)
    return f"{row.grid}\nvalues {low} to {high}"


def _role(image: OfferedImage, corrections: Corrections) -> Role | None:
    return corrections.get(image.part, image.role)


def _row(
    image: OfferedImage,
    role: Role | None,
    taken: list[Role],
    withheld: Collection[Modality],
    folder: Path,
    broken: Mapping[Path, str],
) -> Row:
    reason = image.reason
    if role != image.role:
        reason = CHOSEN_BY_USER if role is not None else "excluded by user"
    twice = role is not None and taken.count(role) > 1
    unusable = role is not None and bool(image.problem)
    state = hint = ""
    if unusable:
        state = UNUSABLE
    elif twice:
        state = ASSIGNED_TWICE
    elif role is not None and file_of(image.part) in broken:
        state = UNUSABLE
        hint = f"{broken[file_of(image.part)]}\nChoose “not used” to open the case without it"
    elif isinstance(role, Modality):
        state = WITHHELD if role in withheld and role == image.role else PRESENT
    elif role is not None:
        state = PRESENT
    file = file_of(image.part)
    grid = image.problem.removeprefix(f"{file.name} ") or _grid(image)
    choices = (*Modality, None) if isinstance(image.part, Channel) else (*ROLES, None)
    name = _name(image, folder=folder)
    doubtful = unusable or twice
    return Row(image.part, name, str(file), grid, choices, role, reason, state, hint, doubtful)


def _row_without_file(modality: Modality, state: str) -> Row:
    why = "no file chosen"
    return Row(None, "no file", "", "", (), modality, why, state, "", doubtful=False)


def _grid(image: OfferedImage) -> str:
    if image.header is None:
        return ""
    shape = " × ".join(map(str, image.header.shape[:3]))
    spacing = " × ".join(f"{edge:.3g}" for edge in spacing_mm(image.header.stored))
    return f"{shape}, {spacing} mm"


def _grid_notes(chosen: Chosen) -> list[str]:
    """Notes on images that are resampled because their grid differs from the first sequence's."""
    used = {role: image for image, role in chosen if role is not None and image.header is not None}
    sequences = [role for role in used if isinstance(role, Modality)]
    if not sequences:
        return []
    first = used[min(sequences)].header
    assert first is not None
    notes: list[str] = []
    for role in ROLES:
        header = used[role].header if role in used else None
        difference = grid_difference(header, first) if header is not None else ""
        if difference:
            onto = "it will be resampled to the first sequence"
            what = f"{_name(used[role])} ({role_name(role)})"
            notes.append(f"{what}: {difference}; {onto} ({role_name(min(sequences))})")
    return notes


def _problem(chosen: Chosen) -> str:
    """The first reason why the case cannot be opened like this; "" if it can."""
    for role in ROLES:
        images = [image for image, its in chosen if its == role]
        if len(images) > 1:
            names = " and ".join(_name(image) for image in images)
            whole = (
                f"{names} are {'both' if len(images) == 2 else 'all'} assigned to {role_name(role)}"
            )
            return f"{whole}: keep one and choose another role or “not used” for the rest"
        if images and images[0].problem:
            return message(f"{images[0].problem}, or set it to “not used”")
    if not any(isinstance(role, Modality) for _, role in chosen):
        return "No file is assigned to a sequence: choose FLAIR, T1, T1c or T2 for at least one"
    return ""


def _name(image: OfferedImage, *, folder: Path | None = None) -> str:
    """The file's name, with its folder if that is not `folder`, and with the channel if any."""
    file = file_of(image.part)
    elsewhere = folder is not None and file.parent != folder
    name = f"{file.parent.name}/{file.name}" if elsewhere else file.name
    return f"{name} · channel {image.part.index}" if isinstance(image.part, Channel) else name
