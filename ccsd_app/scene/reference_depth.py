"""The expert's labels as nested regions, cut out: made once for each label array."""

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import Case
from ccsd_core.domain.depth import Depth

_known: dict[int, tuple[weakref.ref[NDArray[Any]], Depth]] = {}


def reference_depth(case: Case) -> Depth | None:
    """How many nested regions of the expert each voxel lies in; None without labels."""
    if case.reference is None:
        return None
    labels = case.reference.array
    key = id(labels)
    if key in _known and _known[key][0]() is labels:
        return _known[key][1]

    def forget(_: object) -> None:
        _known.pop(key, None)

    regions = case.scheme.regions(labels.astype(np.uint8, copy=False))
    depth = Depth.around(regions.sum(axis=0, dtype=np.uint8))
    _known[key] = weakref.ref(labels, forget), depth
    return depth
