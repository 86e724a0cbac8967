"""The patient of a case: a table of the names that one patient has in different years of BraTS.

    a case's folder ─▶ key_of ─▶ resources/patients/brats.csv ─▶ Patient (names, site, cohort)
                                        └─ not in the table ─▶ a separate patient

Source: the organisers' mapping files; `resources/patients/README.md` has the attribution, and the
gaps: BraTS 2021 has second scans under separate numbers, and the Medical Segmentation Decathlon
(`BRATS_001`) does not publish a mapping. Those are not recognised.
"""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ccsd_core.domain.patient import Patient, key_of
from ccsd_core.storage.names.identity import case_id
from ccsd_core.storage.names.origin import sources_of
from ccsd_core.storage.resources import resource

_YEARS = ("brats2021", "brats2020", "brats2019", "brats2018", "brats2017")
_TOO_SHORT = re.compile(r"W\d+")
"""Ids of IvyGAP are ambiguous outside that data set: any patient may be called W7."""


def patient_of(name: str) -> Patient:
    """The patient of a case by its name; an unknown name is a separate patient.

    >>> patient_of("Brats18_CBICA_ABM_1").id, patient_of("HG_BraTS20_Training_007").site
    ('BraTS2021_01207', '1')
    >>> patient_of("BraTS-GLI-01207-000") == patient_of("BraTS2021_01207")
    True
    >>> patient_of("BRATS_001")
    Patient(id='BRATS_001', names=('BRATS_001',), site='', cohort='', grade='')
    """
    key = key_of(name)
    return _by_name().get(key) or Patient(key, (key,))


def patients_of(names: Iterable[str]) -> frozenset[str]:
    """The ids of the patients with these names, by which cases are compared.

    >>> sorted(patients_of(["Brats18_CBICA_ABM_1", "BraTS20_Training_007", "x"]))
    ['BraTS2021_01207', 'x']
    """
    return frozenset(patient_of(name).id for name in names)


def seen_among(names: Iterable[str], seen: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that belong to a patient in `seen`, sorted.

    >>> seen_among(["BraTS2021_01207", "BraTS2021_00000"], ["Brats18_CBICA_ABM_1"])
    ('BraTS2021_01207',)
    """
    patients = patients_of(seen)
    return tuple(sorted(name for name in set(names) if patient_of(name).id in patients))


def patients_within(path: Path, *, name: str | None = None) -> frozenset[str]:
    """The ids of all patients that contribute to a case: its own, or the sources of a mixed one.

    Args:
        path: A case, as `find_cases` gives it.
        name: Its name among others, if that is not its own name.

    Raises:
        CaseError: If the case states that it is mixed, but not from whom.
    """
    return patients_of({name or case_id(path), *sources_of(path)})


@cache
def known_patients() -> tuple[Patient, ...]:
    """All patients in the table, in its order."""
    with resource("patients", "brats.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: dict[str, str]) -> Patient:
    names = [row[year] for year in _YEARS if row[year]]
    local = row["local_id"]
    if local and not _TOO_SHORT.fullmatch(local):
        names.append(key_of(local))
    return Patient(names[0], tuple(names), row["site"], row["cohort"], row["grade"])


@cache
def _by_name() -> dict[str, Patient]:
    return {name: patient for patient in known_patients() for name in patient.names}
