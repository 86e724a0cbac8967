"""The work on the open case, in steps between which commands are handled.

read the case ▸ prepare it, if it is raw ▸ make the images that are asked for
    ▸ encode, block by block ▸ decode the next subset of the schedule ▸ …
"""

import sys
import traceback
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from ccsd_app.worker import protocol
from ccsd_app.worker.inference.background import run_in_thread
from ccsd_app.worker.inference.command_queue import ConnectionClosed, Interrupted
from ccsd_app.worker.inference.degraded_images import DegradedImages, encoded_again
from ccsd_app.worker.inference.fatal_errors import fatal_reason
from ccsd_app.worker.inference.on_demand_kinds import KINDS, CaseContext
from ccsd_app.worker.inference.opened_case import OpenedCase
from ccsd_app.worker.inference.other_model import OtherModel
from ccsd_app.worker.inference.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.inference.schedule import Schedule
from ccsd_app.worker.inference.subset_evaluator import SubsetEvaluator
from ccsd_app.worker.inference.threaded_steps import steps_in_thread
from ccsd_app.worker.shared_array import share_array, share_arrays
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.errors import CcsdError, first_line
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.prepared import PreparedCase
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.overrides import Overrides

NOT_NESTED_NOTICE = (
    "the post-processing of this model does not nest regions, but the window does: a voxel of an "
    "inner region also counts for the outer regions, as in a label map; evaluate scores each "
    "region by itself"
)
"""The note on a model whose rules do not include `nested`."""

LoadCase = Callable[[Path, Overrides | None], Case]
PrepareCase = Callable[
    [Path, Overrides | None, Case, Adjustments], Steps[PreparedCase | None] | None
]
Task = Generator[None, None, None]


class Computation:
    """Computes what is asked for of the open case, and sends it.

    Args:
        opened: The open case; commands change it between steps.
        predictor: The loaded model.
        send: Sends a message to the window.
        load_case: Reads a case.
        prepare_case: The work of preparing a case; None if it needs none.
        other: A second model, for comparisons.
    """

    def __init__(
        self,
        opened: OpenedCase,
        predictor: PredictorProtocol,
        send: Callable[[Any], None],
        load_case: LoadCase,
        prepare_case: PrepareCase,
        other: OtherModel,
    ) -> None:
        self._opened = opened
        self._predictor = predictor
        self._send = send
        self._load_case = load_case
        self._prepare_case = prepare_case
        self._other = other

    def run(self) -> Task:
        """Everything that is asked for, from where the open case stands."""
        opened, opening = self._opened, self._opened.opening
        assert opening is not None
        generation, path, files = opening.generation, opening.path, opening.files
        if opened.case is None:
            self._send_progress(generation, "reading the case", 0, 0)
            case = yield from run_in_thread(lambda: self._load_case(path, files), "case")
            yield
            if opening.prepare is not None:
                prepared = yield from self._prepared(opening, case, opening.prepare)
                if prepared is None:
                    opened.paused = True
                    return
                opened.is_prepared = prepared is not case
                case = prepared
            opened.case, opened.images = case, DegradedImages(case)
        assert opened.images is not None
        opening = opened.opening or opening  # stored results may have been reported meanwhile
        if opened.waits_for_known:
            return
        if opened.schedule is None:
            yield from self._begin(opening, opened.images)
        case, schedule = opened.case, opened.schedule
        assert schedule is not None
        if opened.encoded is None or opened.encoded.case is not case:
            if schedule.next is None and opened.on_demand.next() is None:
                self._send_images()
                self._send(protocol.Idle(generation))
                return
            yield from self._encode(generation, case, opened.images.original)
        yield
        yield from self._subsets(generation, len(case.available.subsets()))

    def _prepared(
        self, opening: protocol.OpenCase, case: Case, adjustments: Adjustments
    ) -> Generator[None, None, Case | None]:
        """The case as the model needs it; None, with a message, if it could not be prepared."""
        generation = opening.generation
        try:
            work = self._prepare_case(opening.path, opening.files, case, adjustments)
            if work is None:
                return case
            self._send(protocol.Preparing(generation))
            steps = _ResultKeeper(steps_in_thread(work, "preparation"))
            for progress in steps:
                if progress is not None:
                    self._send_progress(generation, progress.what, progress.done, progress.total)
                yield
        except (Interrupted, ConnectionClosed):
            raise
        except CcsdError as error:
            message = str(error)
        except Exception as error:
            if fatal_reason(error) is not None:
                raise
            traceback.print_exc(file=sys.stderr)
            message = f"the preparation failed: {type(error).__name__}: {first_line(error)}"
        else:
            if steps.result is None:
                return case
            self._send(protocol.Prepared(generation, steps.result, adjustments))
            return steps.result.case
        self._send(protocol.PreparationFailed(generation, message))
        return None

    def _begin(self, opening: protocol.OpenCase, images: DegradedImages) -> Task:
        """Make the images that are asked for, and plan what is computed of them."""
        opened = self._opened
        original, degradations = images.original, opening.degradations
        steps = _ResultKeeper(images.case_of(degradations))
        for progress in steps:
            self._send_progress(opening.generation, progress.what, 0, 0)
            yield
        opened.case = case = steps.result
        wanted = opening.wanted or case.available
        done = opening.done
        if opened.evaluator_of_original is None:
            opened.evaluator_of_original = SubsetEvaluator(original, opening.full)
        opened.evaluator = opened.evaluator_of_original
        if degradations:
            assert opening.full is not None, "degraded images are compared with the others"
            opened.evaluator = opened.evaluator.of_other_images(opening.full)
        elif opening.full is None:  # agreement is measured against it: it is computed again
            done = done - {case.available}
        else:
            opened.evaluator.set_full_prediction(opening.full)
        opened.unsent = degradations or None
        opened.schedule = Schedule(case.available, wanted, done, full_first=not degradations)

    def _encode(self, generation: int, case: Case, original: Case) -> Task:
        """Encode the images at hand: all sequences once, then only those that change."""
        opened, predictor = self._opened, self._predictor
        if opened.encoded_original is None:
            steps = _ResultKeeper(predictor.encode(original))
            yield from self._report(generation, steps)
            opened.encoded_original = steps.result
            nested = predictor.postprocess.has("nested")
            for note in (*steps.result.notes, *([] if nested else [NOT_NESTED_NOTICE])):
                self._send(protocol.Notice(generation, note))
        known = [e for e in (opened.encoded_original, opened.encoded) if e is not None]
        steps = _ResultKeeper(encoded_again(predictor, known, case))
        yield from self._report(generation, steps)
        opened.encoded = steps.result

    def _report(
        self, generation: int, steps: "_ResultKeeper[Progress, EncodedCaseProtocol]"
    ) -> Task:
        for progress in steps:
            self._send_progress(generation, progress.what, progress.done, progress.total)
            yield

    def _subsets(self, generation: int, total: int) -> Task:
        opened = self._opened
        assert opened.evaluator is not None
        assert opened.schedule is not None
        while True:
            if opened.wanted_is_done:
                self._send_images()
            request = opened.on_demand.next()
            if request is not None and opened.wanted_is_done:
                yield from self._answer(request)
                continue
            subset = opened.schedule.next
            if subset is None or opened.paused:
                break
            self._send_progress(generation, subset.label, len(opened.schedule.done), total, subset)
            yield
            if opened.schedule.next != subset:
                continue
            opened.current_subset = subset
            try:
                finished = opened.evaluator.evaluate(
                    generation, subset, lambda s=subset: self._predict(s)
                )
            finally:
                opened.current_subset = None
            self._send_images()
            self._send(finished)
            opened.schedule = opened.schedule.finished(subset)
            yield
        self._send(protocol.Idle(generation))

    def _predict(self, subset: ModalitySubset) -> NestedLabels:
        assert self._opened.encoded is not None
        return self._predictor.predict_nested_labels(self._opened.encoded, subset, nesting=True)

    def _answer(self, request: protocol.Request) -> Task:
        """Compute an on-demand result; a subset that is requested meanwhile comes first."""
        opened = self._opened
        assert opened.encoded is not None
        assert opened.evaluator is not None
        assert opened.images is not None
        kind, key = request.kind, request.key
        self._send_progress(request.generation, kind.description(key), 0, 0)
        yield
        if opened.on_demand.next() != request or not opened.wanted_is_done:
            return
        opened.on_demand.start(request)
        case = CaseContext(
            self._predictor, opened.encoded, opened.evaluator, opened.images, self._other
        )
        steps = _ResultKeeper(KINDS[kind].compute(key, case))
        for progress in steps:
            self._send_progress(request.generation, progress.what, progress.done, progress.total)
            yield
            if not opened.wanted_is_done:
                opened.on_demand.postpone_current()
                return
        value = share_arrays(steps.result)
        self._send(protocol.Answer(request.generation, kind, key, value))
        opened.on_demand.finish_current()

    def _send_images(self) -> None:
        """Send degraded images, once, just before the first result of them."""
        opened = self._opened
        degradations, opened.unsent = opened.unsent, None
        if degradations is None or opened.case is None or opened.opening is None:
            return
        arrays = {m: opened.case.volumes[m].array for m in degradations.sequences}
        shared = {
            m: share_array(np.ascontiguousarray(array, "<f4").view(np.uint8))
            for m, array in arrays.items()
        }
        self._send(protocol.Degraded(opened.opening.generation, degradations, shared))

    def _send_progress(
        self,
        generation: int,
        what: str,
        done: int,
        total: int,
        subset: ModalitySubset | None = None,
    ) -> None:
        self._send(protocol.ProgressUpdate(generation, what, done, total, subset))


Yielded = TypeVar("Yielded")
Returned = TypeVar("Returned")


class _ResultKeeper(Generic[Yielded, Returned]):
    """Iterates over a generator and keeps what it returned."""

    def __init__(self, steps: Generator[Yielded, None, Returned]) -> None:
        self._steps = steps
        self.result: Returned

    def __iter__(self) -> Generator[Yielded, None, None]:
        self.result = yield from self._steps
