"""The list of a folder's cases as text and as JSON."""

from collections.abc import Sequence
from pathlib import Path

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_list import ListedCase


def case_table(cases: Sequence[ListedCase]) -> str:
    """One line per case, then how many cases have each sequence, labels, and problems.

    >>> print(case_table([ListedCase("P1", Path("P1"), (Modality.FLAIR, Modality.T1C), True)]))
    P1  FLAIR  -   T1c  -   labels
    <BLANKLINE>
    1 case, 1 with expert labels, 1 with FLAIR, 0 with T1, 1 with T1c, 0 with T2
    """
    width = max(len(case.id) for case in cases)
    lines = [_line(case, width) for case in cases]
    labelled = sum(case.labels for case in cases)
    counts = [f"{len(cases)} case{'s' * (len(cases) != 1)}", f"{labelled} with expert labels"]
    for modality in Modality:
        having = sum(modality in case.sequences for case in cases)
        counts.append(f"{having} with {modality.label}")
    problems = sum(bool(case.problem) for case in cases)
    if problems:
        counts.append(f"{problems} cannot be opened")
    return "\n".join([*lines, "", ", ".join(counts)])


def cases_json(data: Path, cases: Sequence[ListedCase]) -> dict[str, object]:
    """The list as JSON."""
    rows = [
        {
            "id": case.id,
            "path": str(case.path),
            "sequences": [modality.name for modality in case.sequences],
            "labels": case.labels,
            "patient": case.patient,
            "site": case.site,
            "problem": case.problem,
            "notes": case.notes,
        }
        for case in cases
    ]
    return {"folder": str(data.absolute()), "cases": rows}


def _line(case: ListedCase, width: int) -> str:
    marks = [f"{m.label if m in case.sequences else '-':{len(m.label)}}" for m in Modality]
    labels = "labels" if case.labels else "-"
    parts = [f"{case.id:{width}}", *marks, labels]
    if case.site:
        parts.append(f"site {case.site}")
    if case.problem:
        parts.append(case.problem)
    return "  ".join(parts)
