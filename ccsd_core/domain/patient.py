"""A patient, and the spellings of case names.

    name                       as_published             key_of
    HG_BraTS20_Training_007    BraTS20_Training_007     BraTS20_Training_007
    brats18_cbica_abm_1        Brats18_CBICA_ABM_1      Brats18_CBICA_ABM_1
    BraTS-GLI-01207-001        BraTS-GLI-01207-001      BraTS2021_01207
    PatientID_0003_Timepoint_1 (as it is)               PatientID_0003
    my patient                 my patient               my patient

This module handles spelling only. Which names of several years belong to one patient is listed in a
table, read by `ccsd_core.storage.names.patients`. The Medical Segmentation Decathlon (`BRATS_001`)
renumbered cases of BraTS without a published mapping; its names are treated like any other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_GRADE = re.compile(r"(?:HG|LG|HGG|LGG)_(?=BRATS)")
_GLIOMA = re.compile(r"BRATS-GLI-(\d{5})(?:-\d{3})?")
_YEARS = (
    (re.compile(r"BRATS2021_(\d{5})"), "BraTS2021_{}"),
    (re.compile(r"BRATS20_TRAINING_(\d{3})"), "BraTS20_Training_{}"),
    (re.compile(r"BRATS20_VALIDATION_(\d{3})"), "BraTS20_Validation_{}"),
    (re.compile(r"BRATS19_(\w+)"), "BraTS19_{}"),
    (re.compile(r"BRATS18_(\w+)"), "Brats18_{}"),
    (re.compile(r"BRATS17_(\w+)"), "Brats17_{}"),
    (re.compile(r"BRATS-([A-Z]+-\d{5}(?:-\d{3})?)"), "BraTS-{}"),
    (re.compile(r"(TCGA-\w\w-\w{4})(?:_[\d.]+)?"), "{}"),
    (re.compile(r"(C3[LN]-\d{5}|ACRIN-FMISO-BRAIN-\d{3})"), "{}"),
    (re.compile(r"(BRATS_2013_PAT\d{4}_\d_[HL]GG)"), "{}"),
)
_NUMBERED_POINT = (
    re.compile(r"(UPENN-GBM-\d{5})_\d{2}", re.IGNORECASE),
    re.compile(r"(UCSD-PTGBM-\d{4})_\d{2}", re.IGNORECASE),
    re.compile(r"(RHUH-\d{4})_\d", re.IGNORECASE),
)
"""Data sets that mark a time point by a number only. Sources: their pages at TCIA."""
_POINT = (
    r"(?:time[-_ ]?point|tp|visit|week|wk|month|day|session|ses|follow[-_ ]?up|fu)"
    r"[-_ ]?\d+(?:[-_.]\d+)?[a-z]?|ses-[a-z0-9]+|baseline|(?:pre|post)[-_ ]?op|follow[-_ ]?up"
)
_DATE = r"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d"
_TIME_POINT = re.compile(rf"{_POINT}|{_DATE}|(?:scan|exam|study)[-_ ]?\d+", re.IGNORECASE)
"""Folder names of time points, not patients: MU-Glioma-Post, LUMIERE, BIDS, and our own."""
_OF_PATIENT = re.compile(
    rf"(?P<who>.*?[A-Za-z0-9])[-_ .]+(?:{_POINT})|(?P<id>.*\d.*)[-_ .]+{_DATE}", re.IGNORECASE
)
_SCAN = re.compile(r"(BraTS-[A-Z]+-\d{5})-\d{3}")


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of the BraTS data sets, or another patient known only by name.

    Args:
        id: The newest published name: BraTS 2021's, else 2020's; for others their own.
        names: Every name that the patient has been published under, `id` among them.
        site: Number of the institution that acquired the scans; "" if unknown.
        cohort: The collection that the patient comes from; "" if unknown.
        grade: HGG, LGG or "".
    """

    id: str
    names: tuple[str, ...]
    site: str = ""
    cohort: str = ""
    grade: str = ""


def as_published(name: str) -> str:
    """A case's name as its data set spells it; a name of an unknown form is returned unchanged.

    >>> as_published("HG_brats20_training_002"), as_published("brats-gli-01207-000")
    ('BraTS20_Training_002', 'BraTS-GLI-01207-000')
    >>> as_published("Patient_b")
    'Patient_b'
    """
    upper = _GRADE.sub("", name.strip().upper(), count=1)
    for form, spelling in _YEARS:
        if match := form.fullmatch(upper):
            return spelling.format(match[1])
    return name


def key_of(name: str) -> str:
    """One key for all spellings of a name and all scans of its patient in one data set.

    BraTS 2023 adult glioma has the numbers of BraTS 2021. A published name may be
    preceded by the folder that distinguishes it from another of the same name.

    >>> key_of("BraTS-GLI-01207-001"), key_of("bratS2021_01207"), key_of("BraTS-MEN-00004-000")
    ('BraTS2021_01207', 'BraTS2021_01207', 'BraTS-MEN-00004')
    >>> key_of("Patient-001_week-000-1"), key_of("RHUH-0001_2"), key_of("copy_BraTS2021_01207")
    ('Patient-001', 'RHUH-0001', 'BraTS2021_01207')
    """
    published = _published_within(name)
    if glioma := _GLIOMA.fullmatch(published.upper()):
        return f"BraTS2021_{glioma[1]}"
    if scan := _SCAN.fullmatch(published):
        return scan[1]
    return _without_time_point(published)


def _published_within(name: str) -> str:
    rest = name
    while rest:
        published = as_published(rest)
        if published != rest or any(form.fullmatch(rest.upper()) for form, _ in _YEARS):
            return published
        rest = rest.partition("_")[2]
    return name


def is_time_point(name: str) -> bool:
    """Whether a folder's name is that of a time point, not of a patient.

    >>> [is_time_point(name) for name in ("Timepoint_1", "week-000-1", "ses-preop", "Brats18_X_1")]
    [True, True, True, False]
    """
    return _TIME_POINT.fullmatch(name) is not None


def _without_time_point(name: str) -> str:
    for form in _NUMBERED_POINT:
        if numbered := form.fullmatch(name):
            return numbered[1]
    found = _OF_PATIENT.fullmatch(name)
    return (found["who"] or found["id"]).rstrip("-_ .") if found else name


def keys_of(names: Iterable[str]) -> frozenset[str]:
    """The keys of many names, cached."""
    return _keys_of(frozenset(names))


@lru_cache(maxsize=32)
def _keys_of(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(key_of, names))
