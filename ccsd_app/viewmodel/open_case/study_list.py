"""View-model of the list of DICOM studies of which the user chooses one."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccsd_core.dicom.several import StudyChoice

NOT_STATED = "not stated"
NONE_FOUND = "none recognised"


@dataclass(frozen=True, slots=True)
class StudyList:
    """What the dialog shows.

    Args:
        headline: How many studies there are, and of how many patients.
        columns: Headings.
        rows: A text for each column, a row for each study.
    """

    headline: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def study_list(choices: Sequence[StudyChoice]) -> StudyList:
    """The texts for several studies; the patient is named only if there are several."""
    patients = max((one.patient for one in choices), default=1)
    several = patients > 1
    of = f" of {patients} patients" if several else ""
    columns = ("Study", *(("Patient",) if several else ()), "Date", "Series", "Sequences", "Files")
    rows = tuple(
        (
            one.alias,
            *((f"patient {one.patient}",) if several else ()),
            one.date or NOT_STATED,
            str(one.series),
            ", ".join(m.label for m in one.sequences) or NONE_FOUND,
            f"such as {one.file}",
        )
        for one in choices
    )
    headline = f"There are {len(choices)} studies{of} here: choose the one to open."
    return StudyList(headline, columns, rows)
