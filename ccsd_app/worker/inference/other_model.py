"""A second model in the inference process, for comparisons on the open case.

At most one is kept, with its encoding of the case: the first subset takes as long as opening a
case, each further one as long as decoding.
"""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

from ccsd_app.session.on_demand import OtherModelKey
from ccsd_app.session.result import SubsetResult
from ccsd_app.worker.inference.background import run_in_thread
from ccsd_app.worker.inference.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.inference.subset_evaluator import SubsetEvaluator
from ccsd_core.domain.case import Case
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.errors import CheckpointError
from ccsd_core.progress import Progress

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _EncodedCase:
    """A case, encoded by the second model, and its prediction from all sequences."""

    encoded: EncodedCaseProtocol
    evaluator: SubsetEvaluator
    full: NestedLabels


class OtherModel:
    """Loads a second model when it is asked for, and keeps it until another is.

    Args:
        load: Loads a model for a device.
        raise_if_cancelled: Called between the blocks of its network.
    """

    def __init__(
        self,
        load: Callable[[str | None, str], PredictorProtocol],
        raise_if_cancelled: Callable[[], None],
    ) -> None:
        self._load = load
        self._raise_if_cancelled = raise_if_cancelled
        self._predictor: PredictorProtocol | None = None
        self._case: _EncodedCase | None = None

    def forget(self) -> None:
        """Free its memory."""
        self._predictor = None
        self.forget_case()

    def forget_case(self) -> None:
        """Free the memory of the case."""
        self._case = None

    def result(
        self, key: OtherModelKey, case: Case, device: str
    ) -> Generator[Progress, None, SubsetResult]:
        """The result of one subset; agreement is with this model's own prediction from all.

        Raises:
            CheckpointError: If the model is gone or is another one by now.
        """
        predictor = yield from self._loaded(key, device)
        known = self._case
        if known is None or known.encoded.case is not case:
            self.forget_case()
            encoded = yield from _named(key, predictor.encode(case))
            full = predictor.predict_nested_labels(encoded, case.available, nesting=True)
            known = self._case = _EncodedCase(encoded, SubsetEvaluator(case, full), full)
            yield Progress(0, 0, key.label)
        start = time.perf_counter()
        labels = known.full
        if key.subset != case.available:
            labels = predictor.predict_nested_labels(known.encoded, key.subset, nesting=True)
        milliseconds = (time.perf_counter() - start) * 1000
        measures = known.evaluator.measures(labels)
        return SubsetResult(key.subset, labels.values, labels.offset, *measures, milliseconds)

    def _loaded(
        self, key: OtherModelKey, device: str
    ) -> Generator[Progress, None, PredictorProtocol]:
        known = self._predictor
        if known is not None and known.manifest.sha256 == key.sha256:
            return known
        self.forget()
        loading = run_in_thread(lambda: self._load(key.model, device), "other model")
        predictor = yield from _as_progress(loading, Progress(0, 0, f"loading {key.name}"))
        found = predictor.manifest.sha256
        if found != key.sha256:
            raise CheckpointError(
                f"the weights of {key.name} are no longer {key.sha256[:8]} but {found[:8]}: choose "
                "the model again in the list of models"
            )
        predictor.raise_if_cancelled = self._raise_if_cancelled
        self._predictor = predictor
        return predictor


def _named(
    key: OtherModelKey, steps: Generator[Progress, None, Result]
) -> Generator[Progress, None, Result]:
    """The steps, which say which model they are of."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        yield Progress(step.done, step.total, f"{key.name}: {step.what}")


def _as_progress(
    steps: Generator[None, None, Result], here: Progress
) -> Generator[Progress, None, Result]:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        yield here
