"""Splits by site: training without the hospitals that the model is tested on.

    sites:18     tests on site 18, trains on all other sites
    sites:5,6    tests on sites 5 and 6

A site is the number of the institution that acquired a patient's scans, as published by the
organisers of BraTS. Patients of unknown site and synthetic cases are in neither part.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ccsd_core.errors import UnknownSiteError
from ccsd_core.storage.names.patients import known_patients, patient_of

PREFIX = "sites:"


@dataclass(frozen=True, slots=True)
class BySite:
    """Cases divided by site.

    Args:
        train: Cases of other sites.
        test: Cases of the sites that are left out.
        unknown: Cases of unknown site.
    """

    train: tuple[str, ...]
    test: tuple[str, ...]
    unknown: tuple[str, ...]


def is_by_site(name: str) -> bool:
    """Whether a split's name is that of a split by site.

    >>> is_by_site("sites:18"), is_by_site("Sites: 5, 6"), is_by_site("brats2020")
    (True, True, False)
    """
    return name.strip().lower().startswith(PREFIX)


def sites_in(name: str) -> tuple[str, ...]:
    """The unique sites in a split's name, in numerical order.

    >>> sites_in("sites:18"), sites_in("Sites: 11, 5,5")
    (('18',), ('5', '11'))

    Raises:
        UnknownSiteError: If no site is listed, or one does not exist.
    """
    assert is_by_site(name)
    listed = {site.strip() for site in name.strip()[len(PREFIX) :].split(",")}
    known = patients_by_site()
    for site in sorted(listed):
        if site not in known:
            raise UnknownSiteError(site, asked=name, known=known)
    return tuple(sorted(listed, key=int))


def patients_by_site() -> dict[str, int]:
    """Number of patients of BraTS 2017 to 2021 by site.

    >>> patients_by_site()["18"]
    382
    """
    counts = Counter(patient.site for patient in known_patients())
    return {site: counts[site] for site in sorted(counts, key=int)}


def divide_by_site(name: str, cases: Iterable[str]) -> BySite:
    """Divide cases, given by their names.

    Raises:
        UnknownSiteError: If the split names a site that does not exist.
    """
    left_out = sites_in(name)
    parts: dict[str, list[str]] = {"train": [], "test": [], "unknown": []}
    for case in cases:
        site = patient_of(case).site
        part = "test" if site in left_out else "train" if site else "unknown"
        parts[part].append(case)
    return BySite(**{part: tuple(found) for part, found in parts.items()})
