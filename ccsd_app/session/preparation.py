"""What the window knows of the preparation of a raw case: where it stands, and what was done.

opened ──needs nothing──▶ NONE
   │
   ▼          Esc                   error
RUNNING ──▶ CANCELLED        ──▶ FAILED          raw case, no results
   │            └── go on without ──┴──▶ WITHOUT   raw case, results of it
   ▼
 DONE                                              prepared case, its results
"""

from dataclasses import dataclass
from enum import Enum

from ccsd_core.domain.case import Case
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.prepared import Prepared


class Stage(Enum):
    """Where the preparation of the open case stands."""

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
        prepared: The prepared images, the record of the steps, and the way back.
        adjustments: What was said by hand.
    """

    original: Case
    prepared: Prepared
    adjustments: Adjustments
