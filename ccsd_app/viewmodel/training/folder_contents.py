"""What is in a folder of cases, from the list that `ccsd-app cases --json` writes."""

from collections import Counter
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any

from ccsd_core.domain.modality import Modality

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in the table.

    Args:
        id: Its name.
        sequences: Its sequences.
        labels: Whether it has expert labels.
        site: Number of the institution; "" if unknown.
        remark: Why it cannot be used, or a note; "" otherwise.
    """

    id: str
    sequences: frozenset[Modality]
    labels: bool
    site: str
    remark: str


@dataclass(frozen=True, slots=True)
class FolderContents:
    """The contents of a folder.

    Args:
        rows: The cases, sorted by name.
        summary: Their numbers, as lines.
        warnings: What the user should know before training.
        usable: Number of cases with expert labels that can be opened.
    """

    rows: tuple[CaseRow, ...]
    summary: tuple[str, ...]
    warnings: tuple[str, ...]
    usable: int


def folder_contents(listed: Mapping[str, Any]) -> FolderContents:
    """The contents from the parsed list.

    Raises:
        ValueError: If it is not such a list.
    """
    try:
        cases = list(listed["cases"])
        rows = tuple(_row(case) for case in cases)
        patients = Counter(str(case["patient"]) for case in cases)
        broken = [str(case["id"]) for case in cases if case["problem"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a list of cases: {error}") from error
    unlabelled = [row.id for row in rows if not row.labels and row.id not in set(broken)]
    incomplete = [row.id for row in rows if 0 < len(row.sequences) < len(Modality)]
    several = sorted(patient for patient, count in patients.items() if count > 1)
    warnings: list[str] = []
    if broken:
        warnings.append(f"{_cases(broken)} cannot be opened ({_names(broken)})")
    if unlabelled:
        warnings.append(
            f"{_cases(unlabelled)} without expert labels, not used ({_names(unlabelled)})"
        )
    if several:
        warnings.append(
            f"{len(several)} patient{'s' * (len(several) > 1)} with more than one case, which stay "
            f"together in training or validation ({_names(several)})"
        )
    return FolderContents(
        rows,
        _summary(rows, incomplete),
        tuple(warnings),
        sum(row.labels and row.id not in set(broken) for row in rows),
    )


def _summary(rows: tuple[CaseRow, ...], incomplete: list[str]) -> tuple[str, ...]:
    labelled = sum(row.labels for row in rows)
    counts = [
        f"{modality.label} {sum(modality in row.sequences for row in rows)}"
        for modality in Modality
    ]
    sites = Counter(row.site for row in rows if row.site)
    lines = [
        f"{_cases(rows)}, {labelled} with expert labels",
        f"Cases with each sequence: {', '.join(counts)}"
        + (f"; {len(incomplete)} lack at least one" if incomplete else ""),
    ]
    if sites:
        known = ", ".join(f"{site} ({count})" for site, count in sites.most_common(6))
        more = f", and {len(sites) - 6} more" if len(sites) > 6 else ""
        unknown = len(rows) - sites.total()
        lines.append(
            f"Known sites: {known}{more}"
            + (f"; {unknown} cases of unknown site" if unknown else "")
        )
    return tuple(lines)


def _row(case: Mapping[str, Any]) -> CaseRow:
    notes = [str(note) for note in case["notes"]]
    return CaseRow(
        str(case["id"]),
        frozenset(Modality[str(name)] for name in case["sequences"]),
        bool(case["labels"]),
        str(case["site"]),
        str(case["problem"]) or "; ".join(notes),
    )


def _cases(of: Sized) -> str:
    count = len(of)
    return f"{count} case{'s' * (count != 1)}"


def _names(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
