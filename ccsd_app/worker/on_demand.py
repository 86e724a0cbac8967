"""What is computed besides the subsets: probabilities, criticality, distances of surfaces.

Of each kind the newest request is kept until it is answered; work that was given up for
something urgent is done again. The subset that is wanted always comes first.
"""

from collections.abc import Generator

import numpy as np

from ccsd_app.worker import protocol
from ccsd_app.worker.background import run_in_thread
from ccsd_app.worker.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.probability_bytes import as_cropped_bytes
from ccsd_app.worker.schedule import Schedule
from ccsd_app.worker.shared_array import share_array
from ccsd_app.worker.subset_evaluator import SubsetEvaluator
from ccsd_core.progress import Progress

Answer = protocol.MapAnswer | protocol.CriticalityAnswer | protocol.DistancesAnswer
ORDER = (protocol.RequestMap, protocol.RequestCriticality, protocol.RequestDistances)
"""What is on screen at once, then what waits in a panel."""


class OnDemandQueue:
    """Requests that are not answered yet, and the current one."""

    def __init__(self) -> None:
        self._wanted: dict[type, protocol.OnDemandRequest] = {}
        self.current: protocol.OnDemandRequest | None = None

    def add(self, request: protocol.OnDemandRequest) -> None:
        """Answer a request once there is time; an older one of its kind is forgotten."""
        self._wanted[type(request)] = request

    def next(self) -> protocol.OnDemandRequest | None:
        """The request to answer now, if any."""
        return next((self._wanted[kind] for kind in ORDER if kind in self._wanted), None)

    def start(self, request: protocol.OnDemandRequest) -> None:
        self.current = request

    def postpone_current(self) -> None:
        """The current one was given up, and is done again later."""
        self.current = None

    def finish_current(self) -> protocol.OnDemandRequest | None:
        """The current one is answered, or failed; a newer one of its kind stays."""
        ended, self.current = self.current, None
        if ended is not None and self._wanted.get(type(ended)) == ended:
            del self._wanted[type(ended)]
        return ended

    def clear(self) -> None:
        self._wanted.clear()
        self.current = None

    def is_urgent(self, request: protocol.OnDemandRequest, schedule: Schedule | None) -> bool:
        """Whether the current work, if it is not the subset that is wanted, is given up for it."""
        if not isinstance(request, protocol.RequestMap):
            return False
        if self.current is not None:
            return request != self.current
        return schedule is not None and schedule.wanted in schedule.done


def description(request: protocol.OnDemandRequest) -> str:
    """What is being done, for the status line."""
    match request:
        case protocol.RequestMap(_, subset):
            return f"probabilities of {subset.label}"
        case protocol.RequestCriticality():
            return "criticality"
        case protocol.RequestDistances(_, subset):
            return f"HD95 of {subset.label}"


def computed(
    request: protocol.OnDemandRequest,
    predictor: PredictorProtocol,
    encoded: EncodedCaseProtocol,
    evaluator: SubsetEvaluator,
) -> Generator[Progress, None, Answer]:
    """Compute what was asked for."""
    generation = request.generation
    match request:
        case protocol.RequestMap(_, subset):
            sure = predictor.probabilities(encoded, subset)
            values, offset = as_cropped_bytes(sure, encoded.case.grid.shape)
            return protocol.MapAnswer(
                generation, subset, share_array(np.concatenate(list(values))), offset
            )
        case protocol.RequestCriticality():
            for _ in run_in_thread(predictor.load_for_criticality, "loss"):
                yield Progress(0, 0, description(request))
            found = yield from predictor.criticality(encoded.case)
            return protocol.CriticalityAnswer(
                generation, found.cosine, found.gradient, found.path, found.against_expert
            )
        case protocol.RequestDistances(_, subset):
            raise_if_cancelled = predictor.raise_if_cancelled or _no_check
            found = evaluator.hd95_mm(
                subset,
                lambda: predictor.predict_nested_labels(encoded, subset, nesting=True),
                raise_if_cancelled,
            )
            return protocol.DistancesAnswer(generation, subset, found)


def _no_check() -> None:
    """Nobody waits for anything."""
