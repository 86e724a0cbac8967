"""Several studies below one path, described so that the user can choose one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccsd_core.dicom.grouping import series_of
from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.selection import select
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import DicomError, on_command_line


@dataclass(frozen=True, slots=True)
class StudyChoice:
    """One of several studies; no field identifies the patient.

    Args:
        alias: Its alias.
        date: Its date, as 2026-01-02; empty if not stated.
        patient: Number of its patient among those of all choices, from 1.
        series: Number of its series.
        sequences: The sequences that were recognised.
        file: One of its files, without parts that identify the patient.
    """

    alias: str
    date: str
    patient: int
    series: int
    sequences: tuple[Modality, ...]
    file: str

    @property
    def line(self) -> str:
        """Text in messages: `DICOM-1a2b of 2026-01-02 (5 series: FLAIR, T1; such as a/b.dcm)`."""
        of = f" of {self.date}" if self.date else ""
        found = ", ".join(m.label for m in self.sequences) or "no sequence recognised"
        return f"{self.alias}{of} ({self.series} series: {found}; such as {self.file})"


class SeveralStudiesError(DicomError):
    """A path contains several studies, and none was chosen.

    Args:
        choices: The studies.
    """

    def __init__(self, choices: Sequence[StudyChoice]) -> None:
        self.choices = tuple(choices)
        patients = max(one.patient for one in choices)
        what = (
            f"there are files of several patients ({patients}): choose a study"
            if patients > 1
            else "there are several studies: choose one"
        )
        listed = "; ".join(one.line for one in choices)
        super().__init__(f"{what}{on_command_line('--study NAME')}: {listed}")


def study_choices(by_alias: Mapping[str, Sequence[Instance]]) -> tuple[StudyChoice, ...]:
    """The choices, the newest study first and those without a date last."""
    patients: dict[str, int] = {}
    found: list[StudyChoice] = []
    for alias, files in by_alias.items():
        # A study without a stated patient counts as one of a separate patient.
        who = next((i.patient for i in files if i.patient), alias)
        series = series_of(files)
        dates = sorted(i.study_date for i in files if i.study_date)
        found.append(
            StudyChoice(
                alias,
                dates[0] if dates else "",
                patients.setdefault(who, len(patients) + 1),
                len(series),
                _sequences(files),
                files[0].shown_name,
            )
        )
    return tuple(sorted(found, key=lambda one: one.date, reverse=True))


def _sequences(files: Sequence[Instance]) -> tuple[Modality, ...]:
    try:
        return tuple(select(series_of(files)).used)
    except DicomError:
        return ()  # series do not overlap: opening the study explains it
