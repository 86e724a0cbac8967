"""Matching cases of two evaluations that belong to one patient under different folder names.

    A: Brats18_CBICA_ABM_1 ┐
                           ├─ one patient, once in each ──▶ a pair
    B: BraTS2021_01207     ┘

A patient with several cases that have no partner of the same name is skipped, because it is not
known which scans correspond.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.word_list import first_few
from ccsd_core.evaluation.results.result import Score
from ccsd_core.storage.names.patients import patient_of


def same_patients(a: Iterable[str], b: Iterable[str]) -> dict[str, str]:
    """The name in A of each case of B that has a different name in A.

    >>> same_patients(["x", "Brats18_CBICA_ABM_1"], ["BraTS2021_01207", "x", "y"])
    {'BraTS2021_01207': 'Brats18_CBICA_ABM_1'}
    """
    a, b = set(a), set(b)
    ours, theirs = _by_patient(a - b), _by_patient(b - a)
    return {
        theirs[patient][0]: ours[patient][0]
        for patient in sorted(ours.keys() & theirs.keys())
        if len(ours[patient]) == len(theirs[patient]) == 1
    }


def patients_of_cases(cases: Iterable[str]) -> list[str]:
    """The patient of each case, in their order; time points of one patient have the same name."""
    return [patient_of(case.rpartition("/")[2]).id for case in cases]


def means_by_patient(values: NDArray[np.float64], patients: Sequence[str]) -> NDArray[np.float64]:
    """The mean over each patient's cases.

    Args:
        values: Scores (cases, …), nan if there is none.
        patients: The patient of each case.

    Returns:
        (patients, …), in the order of their first cases; nan if a patient has no score.
    """
    groups = [
        [i for i, name in enumerate(patients) if name == patient]
        for patient in dict.fromkeys(patients)
    ]
    parts = [values[group] for group in groups]
    counts = np.stack([np.isfinite(part).sum(axis=0) for part in parts])
    sums = np.stack([np.nansum(part, axis=0) for part in parts])
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def several_cases_note(patients: Sequence[str]) -> list[str]:
    """A note if a patient has several cases."""
    several = sorted(name for name, count in Counter(patients).items() if count > 1)
    if not several:
        return []
    return [
        f"{len(several)} patient{'s have' if len(several) > 1 else ' has'} several time points, "
        f"whose mean counts once ({first_few(several)})"
    ]


def with_case_names(scores: Sequence[Score], names: Mapping[str, str]) -> list[Score]:
    """Scores with the names of some cases changed."""
    return [replace(s, case=names[s.case]) if s.case in names else s for s in scores]


def renamed_pairs_note(one_patient: Mapping[str, str]) -> list[str]:
    """A note on cases paired under two names, as `same_patients` gives them."""
    if not one_patient:
        return []
    pairs = [f"{ours} is {theirs}" for theirs, ours in one_patient.items()]
    return [
        f"{len(pairs)} pair{'s' * (len(pairs) != 1)} matched by patient, as the case names differ "
        f"({first_few(pairs)}): images and labels of two BraTS years may differ"
    ]


def _by_patient(cases: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for case in sorted(cases):
        # Earlier versions prefixed the folder if two cases had the same name.
        found[patient_of(case.rpartition("/")[2]).id].append(case)
    return found
