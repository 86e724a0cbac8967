"""The role of each file of a case, chosen before any image is read.

inventory ──▶ claims by names ──▶ one image for each role ──▶ CaseFiles
              + the user's overrides ──────────▲
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ccsd_core.domain.case import Source
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError
from ccsd_core.storage.cases.case_files import IN_WINDOW, CaseFiles, options_for
from ccsd_core.storage.cases.case_search import SeveralCasesError, refuse_several
from ccsd_core.storage.cases.claims import Claim
from ccsd_core.storage.cases.inventory import Inventory
from ccsd_core.storage.cases.not_opened import ClaimedParts, claimed_parts, not_opened
from ccsd_core.storage.cases.overrides import (
    CHOSEN_BY_USER,
    SCHEME_CHOSEN_BY_USER,
    Channel,
    LabelFile,
    Override,
    Overrides,
    Part,
    file_of,
    part_of,
)
from ccsd_core.storage.names.identity import case_id
from ccsd_core.storage.names.naming import (
    UNDERSTOOD,
    Role,
    is_another_scan,
    is_mask,
    names_region,
    role_by_words,
    without_common_start,
)


def choose(place: Inventory, files: Overrides | None = None) -> CaseFiles:
    """Choose the file of each sequence, and of the expert labels.

    Args:
        place: A folder, a 4-D file of the MSD layout, or a named sequence.
        files: The user's overrides; they take precedence over what the names suggest.

    Raises:
        CaseError: If there is no sequence, or two files claim to be the same one.
        SeveralCasesError: If the folder contains cases and is not a case itself.
        NiftiError: If a header that is needed cannot be read.
    """
    overrides = files or {}
    if place.groups and not overrides:
        refuse_several(place)
    place.claims.check(overrides.keys())
    chosen, own_predictions = _by_names(place, overrides)
    chosen |= _by_overrides(overrides)
    opened: dict[Role, Part] = {role: one.part for role, one in chosen.items()}
    if not any(isinstance(role, Modality) for role in opened):
        _refuse_empty(place)
    _check_distinct(opened)
    claimed = claimed_parts(place)
    complete = opened.keys() >= set(Modality)
    # A user who overrode something has seen the list of files, so no file is reported as unclear.
    clear = bool(overrides) or bool(place.opened) or complete or place.study is not None
    sources = {role: Source(file_of(one.part), one.reason) for role, one in chosen.items()}
    return CaseFiles(
        path=place.path,
        id=case_id(place.path),
        layout=place.claims.layout,
        images={role: source for role, source in sources.items() if isinstance(role, Modality)},
        labels=sources.get("labels"),
        channels=_channels(opened),
        own_predictions=own_predictions,
        not_opened=not_opened(claimed, opened),
        unclear=() if clear else _unclear(place, claimed),
        of_one_region=() if "labels" in opened or overrides else _of_one_region(place, claimed),
        study=place.study,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The image for a role, and the reason."""

    part: Part
    reason: str


def _by_names(
    place: Inventory, overrides: Overrides
) -> tuple[dict[Role, _Chosen], tuple[Path, ...]]:
    """Roles by names, except those the user decided, and label files that this program wrote."""
    claims = {r: c for r, c in place.claims.opened.items() if r not in overrides}
    chosen: dict[Role, _Chosen] = {
        role: _single(role, several)
        for role, several in claims.items()
        if isinstance(role, Modality)
    }
    if not chosen and not overrides:
        return {}, ()
    labels = claims.get("labels", ())
    own_predictions = tuple(one.entry.path for one in labels if one.entry.is_prediction)
    experts = [one for one in labels if not one.entry.is_prediction]
    apart = len(experts) > 1 and all(names_region(one.entry.words) for one in experts)
    if experts and not apart:
        chosen["labels"] = _single("labels", experts)
    return chosen, own_predictions


def _by_overrides(overrides: Overrides) -> dict[Role, _Chosen]:
    chosen: dict[Role, _Chosen] = {}
    for role, override in overrides.items():
        if override is not None:
            why = SCHEME_CHOSEN_BY_USER if isinstance(override, LabelFile) else CHOSEN_BY_USER
            chosen[role] = _Chosen(_usable(override, role), why)
    return chosen


def _usable(part: Override, role: Role) -> Part:
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


def _single(role: Role, claims: Sequence[Claim]) -> _Chosen:
    """The only image for a role.

    Raises:
        CaseError: If there are several.
    """
    first, *others = claims
    if others:
        names = " and ".join(one.entry.path.name for one in claims)
        folder = first.entry.path.parent
        what = role.label if isinstance(role, Modality) else "the label file"
        way = options_for([role]) if isinstance(role, Modality) else ""
        hint = f"keep one, or choose one {IN_WINDOW}{way}"
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
    """Images that are not recognised from their names and are neither masks nor predictions."""
    taken = {file_of(part) for parts in claimed.values() for part in parts}
    own_words = without_common_start(entry.words for entry in place.entries)
    return tuple(
        one.path
        for one, words in zip(place.entries, own_words, strict=True)
        if one.path not in taken
        and role_by_words(words) is None
        and not is_mask(words)
        and not is_another_scan(words)
        and not one.is_prediction
    )


def _of_one_region(place: Inventory, claimed: ClaimedParts) -> tuple[Path, ...]:
    """Images named after one region of a tumour, which are not used as label maps."""
    images = [parts for role, parts in claimed.items() if role != "labels"]
    taken = {file_of(part) for parts in images for part in parts}
    own_words = without_common_start(entry.words for entry in place.entries)
    return tuple(
        one.path
        for one, words in zip(place.entries, own_words, strict=True)
        if one.path not in taken and not one.is_prediction and names_region(words)
    )


def _refuse_empty(place: Inventory) -> NoReturn:
    path = place.path
    if place.study is not None and place.study.problem:
        raise CaseError(place.study.problem)
    if place.is_file:
        raise CaseError(
            f"{path.name}: sequence not recognised from its name; open its folder, or assign it "
            f"{IN_WINDOW}{options_for(Modality)}"
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
    inside = listed if names else f"it has no .nii or .nii.gz file{_other_format(path)}"
    way_out = f"; or assign each file {IN_WINDOW}{options_for(Modality)}" if names else ""
    raise CaseError(f"{path} has no sequence ({inside}): recognised are {UNDERSTOOD}{way_out}")


_OTHER_FORMATS = {
    ".hdr": "an image as a pair of .hdr and .img: convert it to .nii.gz first",
    ".img": "an image as a pair of .hdr and .img: convert it to .nii.gz first",
    ".mgz": "a FreeSurfer image: convert it first with mri_convert",
    ".mgh": "a FreeSurfer image: convert it first with mri_convert",
    ".mnc": "a MINC image: convert it first with mnc2nii",
    ".par": "Philips PAR/REC: convert it first with dcm2niix",
}


def _other_format(folder: Path) -> str:
    """A file of another format in a folder without images, and how to convert it."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return ""
    for name in names:
        advice = _OTHER_FORMATS.get(Path(name).suffix.lower())
        if advice is not None:
            return f", but {name} is {advice}"
    return ""
