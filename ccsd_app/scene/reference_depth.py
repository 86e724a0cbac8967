"""The expert's labels as nested regions, cut out: made once for each label array."""

import numpy as np

from ccsd_app.scene.kept import KeptByArray
from ccsd_core.domain.case import Case
from ccsd_core.domain.depth import Depth

_depths = KeptByArray[Depth]()


def reference_depth(case: Case) -> Depth | None:
    """How many nested regions of the expert each voxel lies in; None without labels."""
    if case.reference is None:
        return None
    return _depths.get(case.reference.array, lambda: _made(case))


def _made(case: Case) -> Depth:
    regions = case.reference_regions
    assert regions is not None
    return Depth.around(regions.sum(axis=0, dtype=np.uint8))
