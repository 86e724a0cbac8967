"""Claims by names: which image would be which sequence, or the expert labels.

folder ─────────▶ all its images                         ┐
DICOM study ────▶ the series that its record names       │
4-D file ───────▶ its channels, and its labels           ├──▶ Claims
any other file ─▶ itself; around it, of the same patient ┘
dropped files ──▶ these; around them, their folder

This is the only module that distinguishes a folder, a file and a 4-D file. Ambiguity is not an
error here: several images may claim one role.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, CcsdError
from ccsd_core.storage.cases.entry import Entry, entry_of
from ccsd_core.storage.cases.label_folders import IN_PARALLEL_FOLDER, labels_in_parallel_folder
from ccsd_core.storage.cases.layout import PUBLISHED, Layout
from ccsd_core.storage.cases.msd import msd_labels
from ccsd_core.storage.cases.nnunet import channel_of, channels_of, labels_of
from ccsd_core.storage.cases.overrides import Channel, Part
from ccsd_core.storage.names.identity import published_names
from ccsd_core.storage.names.naming import (
    Role,
    is_derived,
    published_role,
    role_by_words,
    without_common_start,
    words_of,
)
from ccsd_core.storage.studies.study_record import StudyRecord

BY_WORDS = "recognised from file name"
"""The reason for a role outside published layouts."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """An image that may have a role in a case, and the reason.

    Args:
        entry: File of the claim.
        part: The file, or the channel of it.
        reason: What made it a candidate.
    """

    entry: Entry
    part: Part
    reason: str


ByRole = Mapping[Role, tuple[Claim, ...]]
"""Images by role; several if the names are ambiguous."""


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """The roles that file names claim.

    Args:
        layout: The layout they follow.
        opened: Claims of what was opened: a folder's images, a file's channels, a file.
        around: Claims of all files of the same patient in that place, opened or not.
        error: Why names cannot decide what was opened; None if they can.
        settled_by: Roles that resolve the error if the user overrides all of them.
    """

    layout: Layout
    opened: ByRole = field(default_factory=dict[Role, tuple[Claim, ...]])
    around: ByRole = field(default_factory=dict[Role, tuple[Claim, ...]])
    error: CcsdError | None = None
    settled_by: frozenset[Role] = frozenset()

    @property
    def is_case(self) -> bool:
        """Whether there is at least one sequence."""
        return any(isinstance(role, Modality) for role in self.opened)

    def check(self, overridden: Collection[Role]) -> None:
        """Check that names can decide the rest.

        Args:
            overridden: The roles that the user overrode.

        Raises:
            CcsdError: If they cannot.
        """
        settled = bool(self.settled_by) and self.settled_by <= set(overridden)
        if self.error is not None and not settled:
            raise self.error


def claims_of(
    neighbours: Sequence[Entry],
    opened: Sequence[Entry],
    *,
    place: Path | None = None,
    dropped: bool = False,
) -> Claims:
    """The claims of the names.

    Args:
        neighbours: The images in the folder.
        opened: The files that were opened in it; empty if the folder was opened.
        place: The folder; labels may be in a parallel folder.
        dropped: Whether the opened files are treated like a folder with nothing else in it.
    """
    if not opened:
        layout, found = sort_entries(neighbours)
        if place is not None:
            found = with_parallel_labels(place, place.name, found)
        return Claims(layout, found, found)
    if dropped:
        layout, found = sort_entries(opened)
        _, around = sort_entries(neighbours)
        return Claims(layout, found, around)
    (one,) = opened
    if one.is_msd and one.channels:
        return _of_msd(one)
    return _of_file(one, neighbours)


def claims_of_group(path: Path, entries: Sequence[Entry]) -> Claims:
    """The claims of one patient's images in a folder with several patients.

    Args:
        path: The folder and the patient's name.
        entries: The patient's images.
    """
    channels = {entry: channel_of(entry.path, entry.stem) for entry in entries}
    if not all(channels.values()):
        layout, found = sort_entries(entries)
        found = with_parallel_labels(path, path.name, found)
        return Claims(layout, found, found)
    try:
        sequences = channels_of(path.parent)
    except CaseError as error:
        return Claims(Layout.NNUNET, error=error, settled_by=frozenset(Modality))
    found: ByRole = {
        sequences[channel[1]]: (Claim(entry, entry.path, nnunet_reason(channel[1])),)
        for entry, channel in channels.items()
        if channel is not None and channel[1] in sequences
    }
    first = entries[0]
    ending = first.path.name.removeprefix(first.stem or "")
    if labels := labels_of(path.parent, path.name, ending):
        found = {**found, "labels": (Claim(entry_of(labels), labels, Layout.NNUNET.value),)}
    return Claims(Layout.NNUNET, found, found)


def nnunet_reason(channel: int) -> str:
    """The reason for a sequence in the layout of nnU-Net."""
    return f"{Layout.NNUNET.value}, channel {channel:04d}"


def with_parallel_labels(path: Path, name: str, found: ByRole) -> ByRole:
    """The claims of a case, with labels of its name from a parallel folder if it has none.

    Args:
        path: The case.
        name: Name of its label file or folder.
        found: The claims of its own names.
    """
    if "labels" in found or not any(isinstance(role, Modality) for role in found):
        return found
    neighbours = labels_in_parallel_folder(path, name)
    if not neighbours:
        return found
    return {**found, "labels": tuple(Claim(entry_of(p), p, IN_PARALLEL_FOLDER) for p in neighbours)}


def claims_of_study(entries: Iterable[Entry], record: StudyRecord) -> Claims:
    """The claims of the record of a converted DICOM study."""
    by_name = {entry.path.name: entry for entry in entries}
    found: ByRole = {
        one.sequence: (Claim(by_name[one.file], by_name[one.file].path, one.reason),)
        for one in record.series
        if one.sequence is not None and one.file in by_name
    }
    return Claims(Layout.STUDY, found, found)


def sort_entries(entries: Iterable[Entry]) -> tuple[Layout, ByRole]:
    """Sort image files into roles by their names, without opening them.

    The name endings of a published data set come first; for a role without such a file (for example
    a label file with an unusual name) the words of the other names are used.
    """
    entries = list(entries)
    for layout in PUBLISHED:
        published = _published(entries, layout)
        if any(isinstance(role, Modality) for role in published):
            taken = {claim.entry for claims in published.values() for claim in claims}
            rest = [entry for entry in entries if entry not in taken]
            return layout, {**_by_words(rest), **published}
    return Layout.OWN, _by_words(entries)


def _of_msd(one: Entry) -> Claims:
    labels, order = msd_labels(one.path), one.channel_order
    neighbours: ByRole = {}
    if labels is not None:
        neighbours = {"labels": (Claim(entry_of(labels), labels, Layout.MSD.value),)}
    if isinstance(order, CaseError):
        return Claims(Layout.MSD, neighbours, neighbours, order)
    found: ByRole = {
        modality: (Claim(one, Channel(one.path, index), msd_reason(index)),)
        for index, modality in enumerate(order[: one.channels])
    }
    error = None
    if one.channels != len(order):
        error = CaseError(
            f"{one.path} has {one.channels} channels instead of {len(order)} "
            f"({', '.join(m.label for m in order)}): is it from the MSD Task01 set?"
        )
    claims: ByRole = {**found, **neighbours}
    return Claims(Layout.MSD, claims, claims, error, settled_by=frozenset(order))


def msd_reason(channel: int) -> str:
    """The reason for a sequence that is a channel of a 4-D file."""
    return f"{Layout.MSD.value}, channel {channel}"


def _of_file(one: Entry, neighbours: Iterable[Entry]) -> Claims:
    layout = next((layout for layout in PUBLISHED if _published([one], layout)), Layout.OWN)
    _, all_neighbours = sort_entries(neighbours)
    named = published_names([one.path])
    # Free names do not distinguish patients.
    same_patient = [
        claim.entry
        for claims in all_neighbours.values()
        for claim in claims
        if not named or published_names([claim.entry.path]) in (named, frozenset())
    ]
    _, around = sort_entries(same_patient)
    error = one.error if one.is_msd else None  # it may be 4-D, so its name is not enough
    if one.stem is None:
        error = CaseError(f"{one.path} is not a case: give a folder, or a .nii or .nii.gz file")
    role = role_by_words(one.words)
    found: ByRole = {}
    if isinstance(role, Modality):
        found = {role: (Claim(one, one.path, BY_WORDS),)}
    return Claims(layout, found, around, error)


def _published(entries: Sequence[Entry], layout: Layout) -> ByRole:
    found: dict[Role, tuple[Claim, ...]] = {}
    homes: dict[Path, str] = {
        folder: folder.resolve().name.lower() for folder in {one.path.parent for one in entries}
    }
    for one in entries:
        split = published_role(one.stem or "", PUBLISHED[layout])
        if split is None:
            continue
        case_name, role = split
        # A user's names may end like this by chance: the folder or the patient must fit the set.
        if case_name.lower() == homes[one.path.parent] or case_name.lower().startswith("brats"):
            found[role] = (*found.get(role, ()), Claim(one, one.path, layout.value))
    return found


def _own_words(one: Entry) -> tuple[str, ...]:
    """The words of a name without those of its folder's name, if it begins with them."""
    home = words_of(one.path.parent.name)
    rest = one.words[len(home) :]
    if one.stem is None or not one.path.name.startswith(one.stem):
        return one.words  # the stem is not from the file's name only
    return rest if rest and one.words[: len(home)] == home else one.words


def _by_words(entries: Sequence[Entry]) -> ByRole:
    whole = [_own_words(one) for one in entries]
    roles: list[Role | None] = [role_by_words(words) for words in without_common_start(whole)]
    if not any(isinstance(role, Modality) for role in roles):
        roles = [role_by_words(words) for words in whole]
    found: dict[Role, list[Entry]] = {}
    for one, role in zip(entries, roles, strict=True):
        if role is not None:
            found.setdefault(role, []).append(one)
    return {
        role: tuple(
            Claim(one, one.path, BY_WORDS)
            for one in [one for one in several if not is_derived(one.words)] or several
        )
        for role, several in found.items()
    }
