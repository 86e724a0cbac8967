"""Which file is what in a case, before any image is read.

inventory ──▶ what the names claim ──▶ one image for each role ──▶ CaseFiles
              + what was said by hand ─────────▲
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from ccsd_core.domain.case import Source
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError, on_command_line
from ccsd_core.storage.cases.case_search import SeveralCasesError, refuse_several
from ccsd_core.storage.cases.claims import Claim
from ccsd_core.storage.cases.identity import case_id
from ccsd_core.storage.cases.inventory import Inventory
from ccsd_core.storage.cases.layout import Layout
from ccsd_core.storage.cases.naming import (
    UNDERSTOOD,
    Role,
    is_mask,
    role_by_words,
    without_common_start,
)
from ccsd_core.storage.cases.not_opened import ClaimedParts, claimed_parts, not_opened
from ccsd_core.storage.cases.overrides import (
    BY_HAND,
    NUMBERS_BY_HAND,
    Channel,
    FilesByHand,
    LabelFile,
    Part,
    Said,
    file_of,
    part_of,
)
from ccsd_core.storage.cases.segmentation_file import PREDICTION

_FLAGS = {m: f"--{m.name.lower()}" for m in Modality}
_IN_WINDOW = "in the window under Files…"


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """What a case is made of.

    Args:
        path: The folder or file that was opened.
        id: The case's name.
        layout: The layout its names follow.
        images: The file of each sequence.
        labels: The expert's label file, if there is one.
        channels: Which channel of its file a sequence is, for those that lie in a 4-D file.
        passed_over: Label files that are none of an expert's: this program wrote them.
        not_opened: Sequences whose files were left where they are; None are the labels.
        unclear: Files whose names tell nothing, though a sequence is missing.
    """

    path: Path
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

    def without_labels(self) -> "CaseFiles":
        """The same, its expert labels left where they are."""
        if self.labels is None:
            return self
        return replace(self, labels=None, not_opened=self.not_opened | {None})

    @property
    def _unclear_notes(self) -> tuple[str, ...]:
        if not self.unclear:
            return ()
        missing = [m for m in Modality if m not in self.images]
        names = [path.name for path in self.unclear[:3]]
        more = len(self.unclear) - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more else "")
        several = len(self.unclear) > 1
        return (
            f"no {' and no '.join(m.label for m in missing)} was found; {listed} "
            f"{'were' if several else 'was'} not used: sequence not recognised from "
            f"{'their names' if several else 'its name'}; assign {'them' if several else 'it'} "
            f"{_IN_WINDOW}{_options(missing)}",
        )

    @property
    def _passed_over_notes(self) -> tuple[str, ...]:
        return tuple(
            f"{path.name} was not used: it was written by this program (its header says "
            f"{PREDICTION.partition(';')[0]!r}); if it was corrected by an expert, change that text"
            for path in self.passed_over
        )


def choose(place: Inventory, files: FilesByHand | None = None) -> CaseFiles:
    """Choose the file of each sequence, and of the expert labels.

    Args:
        place: What lies there: a folder, a 4-D file of the MSD layout, or a named sequence.
        files: What was said by hand; it replaces what the names suggest.

    Raises:
        CaseError: If there is no sequence, or two files claim to be the same one.
        SeveralCasesError: If the folder holds cases and is none itself.
        NiftiError: If a header that has to be asked cannot be read.
    """
    decided = files or {}
    place.claims.check(decided.keys())
    chosen, ours = _by_names(place, decided)
    chosen |= _by_hand(decided)
    opened: dict[Role, Part] = {role: one.part for role, one in chosen.items()}
    if not any(isinstance(role, Modality) for role in opened):
        _refuse_empty(place)
    _check_distinct(opened)
    claimed = claimed_parts(place)
    complete = opened.keys() >= set(Modality)
    # Where something was said, the files were looked at.
    told = bool(decided) or bool(place.opened) or complete
    sources = {role: Source(file_of(one.part), one.reason) for role, one in chosen.items()}
    return CaseFiles(
        path=place.path,
        id=case_id(place.path),
        layout=place.claims.layout,
        images={role: source for role, source in sources.items() if isinstance(role, Modality)},
        labels=sources.get("labels"),
        channels=_channels(opened),
        passed_over=ours,
        not_opened=not_opened(claimed, opened),
        unclear=() if told else _unclear(place, claimed),
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The image for a role, and why."""

    part: Part
    reason: str


def _by_names(
    place: Inventory, decided: FilesByHand
) -> tuple[dict[Role, _Chosen], tuple[Path, ...]]:
    """What the names say of the roles nobody decided, and label files that this program wrote."""
    claims = {r: c for r, c in place.claims.opened.items() if r not in decided}
    chosen: dict[Role, _Chosen] = {
        role: _only(role, several) for role, several in claims.items() if isinstance(role, Modality)
    }
    if not chosen and not decided:
        return {}, ()
    labels = claims.get("labels", ())
    ours = tuple(one.entry.path for one in labels if one.entry.is_prediction)
    experts = [one for one in labels if not one.entry.is_prediction]
    if experts:
        chosen["labels"] = _only("labels", experts)
    return chosen, ours


def _by_hand(decided: FilesByHand) -> dict[Role, _Chosen]:
    chosen: dict[Role, _Chosen] = {}
    for role, said in decided.items():
        if said is not None:
            why = NUMBERS_BY_HAND if isinstance(said, LabelFile) else BY_HAND
            chosen[role] = _Chosen(_usable(said, role), why)
    return chosen


def _usable(part: Said, role: Role) -> Part:
    if isinstance(part, Channel) and not isinstance(role, Modality):
        raise CaseError(
            f"channel {part.index} of {part.path} cannot be the expert labels: "
            "give the labels as a separate file"
        )
    return part_of(part)


def _channels(opened: Mapping[Role, Part]) -> dict[Modality, int]:
    return {
        role: part.index
        for role, part in opened.items()
        if isinstance(role, Modality) and isinstance(part, Channel)
    }


def _only(role: Role, claims: Sequence[Claim]) -> _Chosen:
    """The one image for a role.

    Raises:
        CaseError: If there are several.
    """
    first, *others = claims
    if others:
        names = " and ".join(one.entry.path.name for one in claims)
        folder = first.entry.path.parent
        what = role.label if isinstance(role, Modality) else "the label file"
        options = _options([role]) if isinstance(role, Modality) else ""
        hint = f"keep one, or choose one {_IN_WINDOW}{options}"
        raise CaseError(f"{folder}: both {names} look like {what}: {hint}")
    return _Chosen(first.part, first.reason)


def _check_distinct(opened: Mapping[Role, Part]) -> None:
    seen: dict[tuple[str, int | None], Modality] = {}
    for role, part in opened.items():
        if not isinstance(role, Modality):
            continue
        file = file_of(part)
        real = os.path.realpath(file), part.index if isinstance(part, Channel) else None
        if real in seen:
            raise CaseError(
                f"{file} is given as {seen[real].label} and as {role.label}: give a file for each"
            )
        seen[real] = role


def _unclear(place: Inventory, claimed: ClaimedParts) -> tuple[Path, ...]:
    """Images that no name makes anything of, and that are no masks or results either."""
    taken = {file_of(part) for parts in claimed.values() for part in parts}
    own_words: Iterable[tuple[str, ...]] = without_common_start(e.words for e in place.entries)
    return tuple(
        one.path
        for one, words in zip(place.entries, own_words, strict=True)
        if one.path not in taken
        and role_by_words(words) is None
        and not is_mask(words)
        and not one.is_prediction
    )


def _refuse_empty(place: Inventory) -> NoReturn:
    path = place.path
    if place.is_file:
        raise CaseError(
            f"{path.name}: sequence not recognised from its name; open its folder, or assign it "
            f"{_IN_WINDOW}{_options(Modality)}"
        )
    refuse_several(place)
    names = [one.path.name for one in place.entries]
    msd = [one.path.name for one in place.entries if one.is_msd]
    if msd and not place.claims.opened:
        raise SeveralCasesError(
            f"{path} contains several cases: give one file, for example {msd[0]}"
        )
    more = ", …" if len(names) > 4 else ""
    listed = f"its images are {', '.join(names[:4])}{more}"
    inside = listed if names else "it has no .nii or .nii.gz file"
    way_out = f"; or assign each file {_IN_WINDOW}{_options(Modality)}" if names else ""
    raise CaseError(f"{path} has no sequence ({inside}): recognised are {UNDERSTOOD}{way_out}")


def _options(sequences: Iterable[Modality]) -> str:
    return on_command_line(", ".join(_FLAGS[modality] for modality in sequences))
