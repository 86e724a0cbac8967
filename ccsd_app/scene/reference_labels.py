"""The expert's labels as nested regions, cut out: made once for each label array."""

import numpy as np

from ccsd_app.scene.kept import KeptByArray
from ccsd_core.domain.case import Case
from ccsd_core.domain.nested_labels import NestedLabels

_kept = KeptByArray[NestedLabels]()


def reference_labels(case: Case) -> NestedLabels | None:
    """How many nested regions of the expert each voxel lies in; None without labels."""
    if case.reference is None:
        return None
    return _kept.get(case.reference.array, lambda: _made(case))


def _made(case: Case) -> NestedLabels:
    regions = case.reference_regions
    assert regions is not None
    return NestedLabels.around(regions.sum(axis=0, dtype=np.uint8))
