"""Names for files: `<case>_<subset>_<what>.<ending>`, for any case's id on any file system."""

import re

from ccsd_core.domain.modality import ModalitySubset

ALL = "all"
"""Replaces the subset in the names of files about all subsets."""

_NOT_ALLOWED = re.compile(r"[^\w.+-]+")


def file_name(case: str, subset: ModalitySubset | None, what: str, ending: str) -> str:
    """A name that states the content.

    >>> file_name("BraTS 6", ModalitySubset.parse("FLAIR+T1c"), "labels", "nii.gz")
    'BraTS-6_FLAIR+T1c_labels.nii.gz'
    >>> file_name("../x", None, "numbers", "csv")
    'x_all_numbers.csv'
    """
    used = ALL if subset is None else str(subset)
    return f"{_clean(case)}_{used}_{_clean(what)}.{ending}"


def _clean(text: str) -> str:
    """The text without path separators, spaces, and leading dots or dashes."""
    return _NOT_ALLOWED.sub("-", text).strip(".-") or "case"
