"""View-model of the dialog that lists DICOM studies to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccsd_core.dicom.study_choice import StudyChoice

NOT_STATED = "not stated"
NONE_FOUND = "none recognised"


@dataclass(frozen=True, slots=True)
class StudyList:
    """What the dialog shows.

    Args:
        headline: How many studies there are, and of how many patients.
        columns: Column headings.
        rows: One row for each study, one text for each column.
    """

    headline: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def study_list(choices: Sequence[StudyChoice]) -> StudyList:
    """The texts for several studies; the patient is named only if there are several."""
    patients = max((choice.patient for choice in choices), default=1)
    several_patients = patients > 1
    of_patients = f" of {patients} patients" if several_patients else ""
    columns = (
        "Study",
        *(("Patient",) if several_patients else ()),
        "Date",
        "Series",
        "Sequences",
        "Files",
    )
    rows = tuple(
        (
            choice.alias,
            *((f"patient {choice.patient}",) if several_patients else ()),
            choice.date or NOT_STATED,
            str(choice.series),
            ", ".join(m.label for m in choice.sequences) or NONE_FOUND,
            f"such as {choice.file}",
        )
        for choice in choices
    )
    headline = f"There are {len(choices)} studies{of_patients} here: choose the one to open."
    return StudyList(headline, columns, rows)
