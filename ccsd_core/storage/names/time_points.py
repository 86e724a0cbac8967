"""Dates and visits in file names: sequences of two of them may not be of one examination.

P1_20190101_T1.nii.gz  +  P1_20210505_T2.nii.gz  ──▶  two dates
study1_FLAIR.nii.gz    +  study2_T2.nii.gz       ──▶  two visits
"""

import re
from collections.abc import Iterable

_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_VISIT = re.compile(
    r"(?<![a-z])(?:study|visit|session|ses|timepoint|time|tp|week|month|year)[-_ ]?\d+"
    r"|(?<![a-z])(?:baseline|follow[-_ ]?up)\d*",
    re.IGNORECASE,
)


def time_points(names: Iterable[str]) -> tuple[str, ...]:
    """The dates, or else the visits, that file names state, if they differ; else none.

    >>> time_points(["P1_20190101_T1.nii.gz", "P1_20210505_T2.nii.gz"])
    ('20190101', '20210505')
    >>> time_points(["ses-01_T1w.nii.gz", "ses-01_T2w.nii.gz", "FLAIR.nii.gz"])
    ()
    """
    every = tuple(names)
    for pattern in (_DATE, _VISIT):
        found = (match.group().lower() for name in every for match in pattern.finditer(name))
        points = tuple(sorted(set(found)))
        if len(points) > 1:
            return points
    return ()
