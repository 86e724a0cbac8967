"""Dividing the cases of a folder by a published split or by site.

    brats2018-3 ─▶ names of 2018 ┐
                                 ├─ by patient ─▶ cases of any year's folder: train │ val │ test
    cases of the folder ─────────┘
    sites:18 ────▶ sites of the cases ──────────▶ train (other sites)              │ test (site 18)

A published list has the names of one year. In a folder of another year its patients are found by
the names of that year; missing ones are reported. If the folder contains a case with exactly the
listed name, other cases of the patient do not belong to the split.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from ccsd_core.data.sites import PREFIX, divide_by_site, is_by_site, patients_by_site, sites_in
from ccsd_core.data.splits import Part, read_split, split_names
from ccsd_core.domain.patient import as_published
from ccsd_core.errors import CaseError, UnknownSplitError
from ccsd_core.storage.names.patients import patient_of

_PART_NAMES: dict[Part, str] = {"train": "training", "val": "validation", "test": "test"}


@dataclass(frozen=True, slots=True)
class PartCases:
    """The cases of a folder in one part of a split.

    Args:
        cases: Names of the part's cases in the folder, in the folder's order.
        missing: Sentence that names the missing patients of the part; "" if none is missing.
        if_empty: Message if no patient of the part is in the folder.
        listed: Number of patients of the part; None by site, where it is unknown.
    """

    cases: tuple[str, ...]
    missing: str
    if_empty: str
    listed: int | None = None

    def check(self) -> None:
        """Check that the folder has a case of the part.

        Raises:
            CaseError: If it has none.
        """
        if not self.cases:
            raise CaseError(self.if_empty)


@dataclass(frozen=True, slots=True)
class Division:
    """The cases of a folder, divided by a split.

    Args:
        name: Name of the split.
        parts: Parts by name. A split by site has no validation part.
        notes: Notes for the user, other than missing patients.
    """

    name: str
    parts: dict[Part, PartCases]
    notes: tuple[str, ...] = ()


def divide(name: str, cases: Collection[str]) -> Division:
    """Divide the cases of a folder, given by their names.

    >>> division = divide("brats2018-3", ["BraTS2021_01207", "BraTS2021_00000"])
    >>> division.parts["train"].cases
    ('BraTS2021_01207',)
    >>> division.parts["train"].missing[:80]
    'found 1 of the 199 patients of the training part of brats2018-3; missing: 198 (B'

    Raises:
        UnknownSplitError: If there is no such split.
        UnknownSiteError: If it leaves out a site that does not exist.
    """
    if is_by_site(name):
        return _by_site(name, cases)
    split = read_split(name)
    parts = {part: _find(split.name, part, split.part(part), cases) for part in get_args(Part)}
    return Division(split.name, parts)


@dataclass(frozen=True, slots=True)
class NamedPart:
    """One part of a split, as named on the command line.

    Args:
        name: `brats2020:test`.
        cases: Names of its cases in the folder.
        listed: Number of its patients; None by site, where it is unknown.
        notes: Notes on the cases.
    """

    name: str
    cases: tuple[str, ...]
    listed: int | None
    notes: tuple[str, ...]


def divide_part(text: str, cases: Collection[str]) -> NamedPart:
    """The cases of one part of a split, as named on the command line, with notes on them.

    >>> found = divide_part("Sites:1:test", ["BraTS2021_01207", "BraTS2021_00000"])
    >>> found.name, found.cases
    ('sites:1:test', ('BraTS2021_01207',))

    Raises:
        UnknownSplitError: If there is no such split or part.
        UnknownSiteError: If it leaves out a site that does not exist.
        CaseError: If no patient of the part is in the folder.
    """
    name, _, part = text.strip().lower().rpartition(":")
    published = [f"{split}:{p}" for split in split_names() for p in get_args(Part)]
    by_site = is_by_site(name) and part in ("train", "test")
    if not by_site and f"{name}:{part}" not in published:
        known = [*published, "sites:N:train", "sites:N:test (N: a site, or several: 5,6)"]
        raise UnknownSplitError(text, known=known)
    division = divide(name, cases)
    found = division.parts[part]  # pyright: ignore[reportArgumentType]
    found.check()
    notes = (found.missing,) if found.missing else division.notes
    return NamedPart(f"{division.name}:{part}", found.cases, found.listed, notes)


def _find(split: str, part: Part, ids: Collection[str], cases: Collection[str]) -> PartCases:
    """The cases of the patients in a published list."""
    listed = {as_published(id) for id in ids}
    by_patient: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        by_patient[patient_of(case).id].append(case)
    named = {patient_of(id).id: id for id in sorted(ids, reverse=True)}
    chosen: set[str] = set()
    for patient in named.keys() & by_patient.keys():
        by_name = [case for case in by_patient[patient] if as_published(case) in listed]
        chosen.update(by_name or by_patient[patient])
    absent = sorted(id for patient, id in named.items() if patient not in by_patient)
    whole = f"the {len(named)} patients of the {_PART_NAMES[part]} part of {split}"
    examples = ", ".join(absent[:3]) + ", …" * (len(absent) > 3)
    return PartCases(
        tuple(case for case in cases if case in chosen),
        f"found {len(named) - len(absent)} of {whole}; missing: {len(absent)} ({examples})"
        if absent
        else "",
        f"none of {whole} ({examples}) is among the {len(cases)} cases of the data: give the "
        "folder that contains them",
        listed=len(named),
    )


def _by_site(name: str, cases: Collection[str]) -> Division:
    divided, sites = divide_by_site(name, cases), sites_in(name)
    which = f"site{'s' * (len(sites) > 1)} {' and '.join(sites)}"
    counts = Counter(patient_of(case).site for case in cases)
    there = [f"{counts[site]} of site {site}" for site in patients_by_site() if counts[site]]
    if divided.unknown:
        there.append(f"{len(divided.unknown)} of unknown site")
    if_empty = (
        f"is among the {len(cases)} cases of the data ({', '.join(there)}): name other sites, or "
        "give another folder"
    )
    parts: dict[Part, PartCases] = {
        "train": PartCases(
            divided.train, "", f"no patient of a site other than {which} {if_empty}"
        ),
        "test": PartCases(divided.test, "", f"no patient of {which} {if_empty}"),
    }
    note = f"found {len(divided.test)} of {which}, {len(divided.train)} of other sites"
    if divided.unknown:
        note += f"; not used: {len(divided.unknown)} of unknown site"
    return Division(f"{PREFIX}{','.join(sites)}", parts, (note,))
