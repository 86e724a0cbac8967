"""Summary of notes on many cases: equal notes are merged, with the names of the cases."""

from collections.abc import Iterable

MOST_NAMES = 3
MOST_NOTES = 20


def grouped_notes(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes of the form `CASE: what`, equal ones merged.

    >>> grouped_notes(["A: A_t1.nii is blank", "B: B_t1.nii is blank", "B: no labels"])
    ('A: A_t1.nii is blank (as in 1 other case: B)', 'B: no labels')
    """
    cases: dict[str, list[str]] = {}
    for note in notes:
        case, _, remark = note.partition(": ")
        cases.setdefault(remark.replace(case, "CASE"), []).append(case)
    lines = [_line(remark, of) for remark, of in cases.items()]
    more = len(lines) - MOST_NOTES
    return (*lines[:MOST_NOTES], *([f"{more} more notes on cases"] if more > 0 else []))


def _line(remark: str, cases: list[str]) -> str:
    first, *others = cases
    line = f"{first}: {remark.replace('CASE', first)}"
    if not others:
        return line
    more = ", …" if len(others) > MOST_NAMES else ""
    many = f"{len(others)} other case{'s' * (len(others) > 1)}"
    return f"{line} (as in {many}: {', '.join(others[:MOST_NAMES])}{more})"
