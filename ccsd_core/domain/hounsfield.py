"""Recognising a CT image by the value of its air."""

import numpy as np

from ccsd_core.domain.volume import Volume

AIR_HOUNSFIELD = -500.0
"""An image whose border is darker than this is a CT: MR has no negative air."""


def ct_problem(volume: Volume, name: str) -> str:
    """Why a volume is not an MR sequence, and what to do; "" if it may be one.

    Args:
        volume: As read.
        name: Name of the volume in the message.
    """
    corners = volume.array[np.ix_(*([0, -1] for _ in range(3)))].astype(np.float64)
    air = float(np.median(corners))
    if air >= AIR_HOUNSFIELD:
        return ""
    return (
        f"{name} has air at {air:g}: it looks like a CT in Hounsfield units; give MR sequences only"
    )
