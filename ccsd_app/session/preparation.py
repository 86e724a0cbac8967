"""The preparation of a raw case: its stage, and what was done.

opened ──needs nothing──▶ NONE
   │
   ▼          Esc                   error
RUNNING ──▶ CANCELLED        ──▶ FAILED          raw case, no results
   │            └── go on without ──┴──▶ WITHOUT   raw case with its results
   ▼
 DONE                                              prepared case, its results
"""

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ccsd_app.session.result import SubsetResult
from ccsd_core.domain.case import Case
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.back import nested_onto_case
from ccsd_core.preparation.prepared import Prepared


class Stage(Enum):
    """The stage of the preparation of the open case."""

    NONE = "not needed"
    RUNNING = "running"
    CANCELLED = "cancelled"
    FAILED = "failed"
    WITHOUT = "left out"
    DONE = "done"


@dataclass(frozen=True, slots=True, eq=False)
class Preparation:
    """What was done to the open case.

    Args:
        original: The case as it was scanned, on the grid of its first sequence.
        prepared: The prepared images, the record of the steps, and the transforms back.
        adjustments: The user's adjustments.
        case: The prepared case.
        scanned: The case as scanned, with its sequences registered, on which results can be shown.
    """

    original: Case
    prepared: Prepared
    adjustments: Adjustments
    case: Case
    scanned: Case

    def on_scanned(self, result: SubsetResult) -> SubsetResult:
        """A result of the prepared images on the original grid; its numbers stay."""
        nested = NestedLabels(result.nested_labels, result.offset_voxel)
        back = nested_onto_case(nested, self.scanned.grid, self.prepared)
        return replace(result, nested_labels=back.values, offset_voxel=back.offset)

    @property
    def scanned_from_prepared(self) -> NDArray[np.float64]:
        """Matrix from world coordinates of the prepared images to those of the first sequence."""
        originals = self.prepared.originals
        return originals[min(originals)].matrix
