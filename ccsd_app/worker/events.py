"""What the client of the inference process tells the window: replies whose arrays are fetched."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_app.worker import protocol
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality


@dataclass(frozen=True, slots=True)
class ResultReceived:
    """A finished subset with its nested labels fetched."""

    message: protocol.SubsetFinished
    nested_labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class DegradedReceived:
    """Degraded images, fetched: values (x, y, z), float32, by sequence."""

    generation: int
    degradations: Degradations
    arrays: Mapping[Modality, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class WorkerDied:
    """The inference process ended by itself.

    Args:
        message: Why, as far as known, and what happens now.
        restarted: Whether a new one was started.
    """

    message: str
    restarted: bool


Event = (
    protocol.ModelReady
    | protocol.ProgressUpdate
    | protocol.Preparing
    | protocol.Prepared
    | protocol.PreparationFailed
    | protocol.Notice
    | DegradedReceived
    | ResultReceived
    | protocol.Answer
    | protocol.RequestFailed
    | protocol.Idle
    | protocol.Stopped
    | protocol.Failed
    | WorkerDied
)
