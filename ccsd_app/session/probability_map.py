"""How sure the network is of each region from one subset, as the window keeps it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.modality import ModalitySubset


@dataclass(frozen=True, slots=True, eq=False)
class ProbabilityMap:
    """Probabilities of WT ⊇ TC ⊇ ET, cropped to where any is worth drawing.

    Args:
        subset: What the network was given.
        values: Probabilities as bytes (`ccsd_core.domain.byte_probability`), uint8
            (region, x, y, z), on the case's canonical grid. May be empty.
        offset_voxel: Where the crop's first voxel lies in the case's grid. Beyond it: 0.
    """

    subset: ModalitySubset
    values: NDArray[np.uint8]
    offset_voxel: tuple[int, int, int]
