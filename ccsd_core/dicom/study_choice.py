"""The studies below one path: the chosen one, or several described so that the user can choose."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccsd_core.dicom.grouping import series_of
from ccsd_core.dicom.instance import Instance
from ccsd_core.dicom.privacy import alias_of
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


def files_by_alias(instances: Sequence[Instance]) -> dict[str, list[Instance]]:
    """The files of each study, by its alias."""
    studies: dict[str, list[Instance]] = {}
    for instance in instances:
        studies.setdefault(instance.study_uid, []).append(instance)
    return {alias_of(uid): files for uid, files in studies.items()}


def with_images(by_alias: dict[str, list[Instance]]) -> dict[str, list[Instance]]:
    """Those studies that have MR images."""
    return {alias: files for alias, files in by_alias.items() if any(map(_is_mr, files))}


def files_of_one_study(instances: Sequence[Instance], alias: str | None) -> list[Instance]:
    """The files of the chosen study, or of the only one.

    Raises:
        SeveralStudiesError: If there are several and none was chosen.
        DicomError: If there is no study with that alias.
    """
    by_alias = files_by_alias(instances)
    if alias is not None:
        if alias not in by_alias:
            raise DicomError(f"there is no study {alias!r}: choose one of {', '.join(by_alias)}")
        return of_one_patient(by_alias[alias])
    if len({i.patient for i in instances if i.patient}) > 1 and len(by_alias) > 1:
        raise SeveralStudiesError(study_choices(by_alias))
    images = with_images(by_alias)
    if len(images) > 1:
        raise SeveralStudiesError(study_choices(images))
    (files,) = images.values() or [max(by_alias.values(), key=len)]
    return of_one_patient(files)


def of_one_patient(files: list[Instance]) -> list[Instance]:
    """The files of a study, if they are of one patient.

    Raises:
        DicomError: If they are not.
    """
    counts = Counter(i.patient for i in files if i.patient)
    if len(counts) > 1:
        rare = counts.most_common()[-1][0]
        other = next(i for i in files if i.patient == rare)
        raise DicomError(
            f"files of one study carry {len(counts)} patients' identities, for example "
            f"{other.shown_name}: they were mixed up or only partly de-identified; separate them "
            "first"
        )
    return files


def _is_mr(instance: Instance) -> bool:
    return instance.kind == "MR" and instance.has_pixels


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
