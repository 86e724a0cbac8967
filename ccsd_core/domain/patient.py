"""A patient, and how the names of his cases are spelt.

    name                       as_published             key_of
    HG_BraTS20_Training_007    BraTS20_Training_007     BraTS20_Training_007
    brats18_cbica_abm_1        Brats18_CBICA_ABM_1      Brats18_CBICA_ABM_1
    BraTS-GLI-01207-001        BraTS-GLI-01207-001      BraTS2021_01207
    my patient                 my patient               my patient

This is spelling alone. Which names of several years are one patient stands in a table, read by
`ccsd_core.storage.cases.patients`. The Medical Segmentation Decathlon (`BRATS_001`) renumbered
cases of BraTS without saying which; its names are names like any other here.
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
_SCAN = re.compile(r"(BraTS-[A-Z]+-\d{5})-\d{3}")


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient of the BraTS data sets, or somebody we know nothing of but a name.

    Args:
        id: His newest published name: BraTS 2021's, else 2020's; of others their own.
        names: Every name that he has been published under, `id` among them.
        site: Number of the institution that acquired the scans; "" if it is not known.
        cohort: The collection he comes from; "" if it is not known.
        grade: HGG, LGG or "".
    """

    id: str
    names: tuple[str, ...]
    site: str = ""
    cohort: str = ""
    grade: str = ""


def as_published(name: str) -> str:
    """A case's name as its data set spells it; a name of no known form stays as it is.

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
    """What all spellings of a name, and all scans of its patient in one data set, have in common.

    BraTS 2023 adult glioma has the numbers of BraTS 2021.

    >>> key_of("BraTS-GLI-01207-001"), key_of("bratS2021_01207"), key_of("BraTS-MEN-00004-000")
    ('BraTS2021_01207', 'BraTS2021_01207', 'BraTS-MEN-00004')
    """
    published = as_published(name)
    if glioma := _GLIOMA.fullmatch(published.upper()):
        return f"BraTS2021_{glioma[1]}"
    scan = _SCAN.fullmatch(published)
    return scan[1] if scan else published


def keys_of(names: Iterable[str]) -> frozenset[str]:
    """The keys of many names; asked for again, they are at hand."""
    return _keys_of(frozenset(names))


@lru_cache(maxsize=32)
def _keys_of(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(key_of, names))
