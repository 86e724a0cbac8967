"""What is computed besides the subsets: probabilities, criticality, distances of surfaces.

Of each kind the newest request is kept until it is answered; work that was given up for
something urgent is done again. The subset that is wanted always comes first.
"""

from collections.abc import Generator

import numpy as np

from ccsd_app.worker import protocol
from ccsd_app.worker.background import in_background
from ccsd_app.worker.measure import Measure
from ccsd_app.worker.parcel import pack
from ccsd_app.worker.predicting import Encoded, Predicting
from ccsd_app.worker.schedule import Schedule
from ccsd_app.worker.sureness import quantised
from ccsd_core.progress import Progress

Answer = protocol.MapAnswer | protocol.CriticalityAnswer | protocol.DistancesAnswer
ORDER = (protocol.RequestMap, protocol.RequestCriticality, protocol.RequestDistances)
"""What is on screen at once, then what waits in a panel."""


class Asides:
    """Requests that are not answered yet, and the one at hand."""

    def __init__(self) -> None:
        self._wanted: dict[type, protocol.OnDemandRequest] = {}
        self.at_hand: protocol.OnDemandRequest | None = None

    def request_subset(self, request: protocol.OnDemandRequest) -> None:
        """Answer a request once there is time; an older one of its kind is forgotten."""
        self._wanted[type(request)] = request

    def next(self) -> protocol.OnDemandRequest | None:
        """The request to answer now, if any."""
        return next((self._wanted[kind] for kind in ORDER if kind in self._wanted), None)

    def begin(self, request: protocol.OnDemandRequest) -> None:
        self.at_hand = request

    def interrupted(self) -> None:
        """The one at hand was given up, and is done again later."""
        self.at_hand = None

    def end(self) -> protocol.OnDemandRequest | None:
        """The one at hand is answered, or failed; a newer one of its kind stays."""
        ended, self.at_hand = self.at_hand, None
        if ended is not None and self._wanted.get(type(ended)) == ended:
            del self._wanted[type(ended)]
        return ended

    def forget(self) -> None:
        self._wanted.clear()
        self.at_hand = None

    def is_urgent(self, request: protocol.OnDemandRequest, schedule: Schedule | None) -> bool:
        """Whether the work at hand, if it is not the subset that is wanted, is given up for it."""
        if not isinstance(request, protocol.RequestMap):
            return False
        if self.at_hand is not None:
            return request != self.at_hand
        return schedule is not None and schedule.wanted in schedule.done


def words(request: protocol.OnDemandRequest) -> str:
    """What is being done, for the status line."""
    match request:
        case protocol.RequestMap(_, subset):
            return f"probabilities of {subset.label}"
        case protocol.RequestCriticality():
            return "criticality"
        case protocol.RequestDistances(_, subset):
            return f"HD95 of {subset.label}"


def answered(
    request: protocol.OnDemandRequest, predictor: Predicting, encoded: Encoded, measure: Measure
) -> Generator[Progress, None, Answer]:
    """Compute what was asked for."""
    generation = request.generation
    match request:
        case protocol.RequestMap(_, subset):
            sure = predictor.probabilities(encoded, subset)
            values, offset = quantised(sure, encoded.case.grid.shape)
            return protocol.MapAnswer(
                generation, subset, pack(np.concatenate(list(values))), offset
            )
        case protocol.RequestCriticality():
            for _ in in_background(predictor.load_for_criticality, "loss"):
                yield Progress(0, 0, words(request))
            found = yield from predictor.criticality(encoded.case)
            return protocol.CriticalityAnswer(
                generation, found.cosine, found.gradient, found.path, found.against_expert
            )
        case protocol.RequestDistances(_, subset):
            pulse = predictor.pulse or _no_pulse
            found = measure.hd95_mm(
                subset, lambda: predictor.predict_depth(encoded, subset, nesting=True), pulse
            )
            return protocol.DistancesAnswer(generation, subset, found)


def _no_pulse() -> None:
    """Nobody waits for anything."""
