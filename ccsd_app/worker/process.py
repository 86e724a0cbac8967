"""The inference process: holds the model and one encoded case, computes subsets one by one.

    ┌─ read all requests ◀──────────────────────────┐
    │  none and nothing to do: wait                 │
    └▶ one step of the current task ─ reply ────────┘
           read case ▸ prepare, if it is raw ▸ encode, block by block
           ▸ decode the next subset of the schedule ▸ …

Requests are checked between steps and, within encoding and decoding, between the network's
layers: a cancel, another case or a newer request takes effect within milliseconds, and work that is
no longer needed is aborted. Reading files and loading torch happen in a thread meanwhile.

Apart from commands, the only module of the app that imports torch: it is started by name
(`entry.py`), and no other module imports it.
"""

import os
import sys
import traceback
from collections.abc import Callable, Generator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from ccsd_app.worker import protocol
from ccsd_app.worker.background import run_in_thread
from ccsd_app.worker.command_queue import CommandQueue, ConnectionClosed, Interrupted
from ccsd_app.worker.degraded_images import DegradedImages, encoded_again
from ccsd_app.worker.memory_limit import limit_memory
from ccsd_app.worker.on_demand_kinds import KINDS, CaseContext
from ccsd_app.worker.on_demand_queue import OnDemandQueue
from ccsd_app.worker.predictor_protocol import EncodedCaseProtocol, PredictorProtocol
from ccsd_app.worker.schedule import Schedule
from ccsd_app.worker.shared_array import share_array, share_arrays
from ccsd_app.worker.subset_evaluator import SubsetEvaluator
from ccsd_app.worker.threaded_steps import steps_in_thread
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.region import SCHEMES
from ccsd_core.errors import CcsdError, ResourceError, first_line
from ccsd_core.inference.hardware.failures import is_device_lost, is_out_of_memory
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.prepared import PreparedCase
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.overrides import Overrides

NICENESS = 5
"""Niceness of the process: the window has priority for the processor."""
NOT_NESTED_NOTICE = (
    "the post-processing of this model does not nest regions, but the window does: a voxel of an "
    "inner region also counts for the outer regions, as in a label map; evaluate scores each "
    "region by itself"
)
"""The note on a model whose rules do not include `nested`."""


_limits = protocol.Limits()
"""The user's limits for this process; set when the model is loaded."""

LoadModel = Callable[[str | None, str], PredictorProtocol]
LoadCase = Callable[[Path, Overrides | None], Case]
PrepareCase = Callable[
    [Path, Overrides | None, Case, Adjustments], Steps[PreparedCase | None] | None
]
Task = Generator[None, None, None]


def load_model(model: str | None, device: str) -> PredictorProtocol:
    """Import torch, which takes seconds, and load the model."""
    from ccsd_core.inference.load import load_model as load

    return load(model, device=device)


def use_cores() -> None:
    """Set the number of threads to that of the cores, or to the user's limit."""
    import torch

    from ccsd_core.inference.hardware.devices import usable_cores

    allowed = _limits.threads or usable_cores()
    torch.set_num_threads(min(allowed, usable_cores()))


def load_case(path: Path, files: Overrides | None) -> Case:
    """Read the case once more, in this process."""
    from ccsd_core.storage.cases.case_folder import load_case as load

    scheme = SCHEMES.get(_limits.label_scheme)
    return load(path, files=files, labels_needed=False, default_scheme=scheme)


def prepare_case(
    path: Path, files: Overrides | None, case: Case, adjustments: Adjustments
) -> Steps[PreparedCase | None] | None:
    """The work of preparing a case; None if it needs none."""
    from ccsd_core.preparation.of_case import needs_anything
    from ccsd_core.preparation.of_case import prepare_case as prepare

    if not needs_anything(case) and not adjustments.changes_anything:
        return None
    return _on_all_cores(prepare(path, files, case, adjustments))


def _on_all_cores(steps: Steps[PreparedCase | None]) -> Steps[PreparedCase | None]:
    if "torch" in sys.modules:
        use_cores()
    return (yield from steps)


def serve(
    connection: Connection,
    *,
    load_model: LoadModel = load_model,
    load_case: LoadCase = load_case,
    prepare_case: PrepareCase = prepare_case,
) -> None:
    """Answer requests until `Quit` or until the window's process is gone."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    server = _Server(connection, load_model, load_case, prepare_case)
    try:
        server.run()
    except (ConnectionClosed, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return


class _Server:
    def __init__(
        self,
        connection: Connection,
        load_model: LoadModel,
        load_case: LoadCase,
        prepare_case: PrepareCase,
    ) -> None:
        self._connection = connection
        self._commands = CommandQueue(connection, self._is_urgent)
        self._load_model = load_model
        self._load_case = load_case
        self._prepare_case = prepare_case
        self._predictor: PredictorProtocol | None = None
        self._opening: protocol.OpenCase | None = None
        self._case: Case | None = None
        self._images: DegradedImages | None = None
        self._encoded_original: EncodedCaseProtocol | None = None
        self._evaluator_of_original: SubsetEvaluator | None = None
        self._unsent: Degradations | None = None
        self._case_is_prepared = False
        self._known_received: set[bool] = set()
        self._encoded: EncodedCaseProtocol | None = None
        self._evaluator: SubsetEvaluator | None = None
        self._schedule: Schedule | None = None
        self._task: Task | None = None
        self._current_subset: ModalitySubset | None = None
        self._on_demand = OnDemandQueue()
        self._paused = False
        self._model_problem = ""

    def run(self) -> None:
        while True:
            while self._task is None or not self._commands.empty:
                request = self._commands.get()
                if isinstance(request, protocol.Quit):
                    return
                self._handle_command(request)
            self._step()

    def _is_urgent(self, request: protocol.Command) -> bool:
        """Whether to abort the current block: for anything but a subset that can wait."""
        if isinstance(request, protocol.Request):
            return self._on_demand.is_urgent(request, self._schedule)
        if not isinstance(request, protocol.RequestSubset):
            return True
        opening = self._opening
        if opening is None or opening.generation != request.generation:
            return False
        if self._schedule is None or request.subset in self._schedule.done:
            return False
        if self._current_subset is None:
            return self._on_demand.current is not None
        return self._schedule.with_wanted(request.subset).next != self._current_subset

    def _handle_command(self, request: protocol.Command) -> None:
        match request:
            case protocol.LoadModel(model, device, limits):
                _apply_limits(limits)
                self._encoded = self._encoded_original = self._evaluator = None
                self._on_demand.postpone_current()
                self._task = self._load(model, device)
            case protocol.OpenCase():
                self._opening, self._encoded = request, None
                self._forget_case()
                self._known_received.clear()
                self._paused = False
                self._evaluator = self._schedule = None
                self._on_demand.clear()
                if self._predictor is not None:
                    self._task = self._compute(request)
                elif self._task is None:
                    self._connection.send(protocol.Failed(None, self._model_problem))
            case protocol.Degrade():
                self._on_degrade(request)
            case protocol.KnownResults():
                self._on_known(request)
            case protocol.RequestSubset(generation, subset):
                self._on_subset_requested(generation, subset)
            case protocol.Request():
                self._on_request(request)
            case protocol.Cancel(generation):
                # Loading the model continues: nothing works without it.
                self._paused = True
                self._on_demand.clear()
                if self._predictor is not None:
                    self._stop()
                self._connection.send(protocol.Stopped(generation))
            case protocol.Quit():
                return

    def _on_subset_requested(self, generation: int, subset: ModalitySubset) -> None:
        opening = self._opening
        if opening is None or opening.generation != generation:
            return
        self._paused = False
        if self._schedule is not None:
            self._schedule = self._schedule.with_wanted(subset)
        self._opening = replace(opening, wanted=subset)
        self._continue(self._opening)

    def _on_degrade(self, request: protocol.Degrade) -> None:
        """Go on with other images; what is known of the case and its encodings stay."""
        if self._opening is None:
            return
        self._stop()
        self._opening = replace(
            self._opening,
            generation=request.generation,
            degradations=request.degradations,
            wanted=request.wanted,
            done=request.done,
            full=request.full,
            wait_for_known=False,
        )
        self._paused = False
        self._schedule = None
        self._on_demand.clear()
        self._continue(self._opening)

    def _on_known(self, known: protocol.KnownResults) -> None:
        opening = self._opening
        if opening is None or opening.generation != known.generation:
            return
        self._known_received.add(known.prepared)
        if known.done:
            self._opening = replace(opening, done=opening.done | known.done, full=known.full)
        if self._schedule is not None and self._evaluator is not None:
            done = self._schedule.done | known.done
            self._schedule = replace(self._schedule, done=done)
            if known.full is not None:
                self._evaluator.set_full_prediction(known.full)
        if self._task is None and self._predictor is not None and not self._paused:
            self._task = self._compute(self._opening or opening)

    def _waits_for_known(self, opening: protocol.OpenCase) -> bool:
        """Whether the window has not yet reported its stored results of the current images."""
        return opening.wait_for_known and self._case_is_prepared not in self._known_received

    def _on_request(self, request: protocol.Request) -> None:
        opening = self._opening
        if opening is None or opening.generation != request.generation:
            return
        self._on_demand.add(request)
        self._continue(opening)

    def _continue(self, opening: protocol.OpenCase) -> None:
        if self._task is None and self._predictor is None:
            self._connection.send(protocol.Failed(None, self._model_problem))
        elif self._task is None:
            self._task = self._compute(opening)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.close()
            self._task = None

    def _step(self) -> None:
        assert self._task is not None
        generation = self._opening.generation if self._opening else None
        try:
            next(self._task)
            return
        except StopIteration:
            self._task = None
            self._compute_if_a_case_waits()
            return
        except Interrupted:
            self._task = None
            self._on_demand.postpone_current()
            return
        except ConnectionClosed:
            raise
        except ResourceError as error:
            # the encoding takes the memory that is needed: the next request encodes again
            # (criticality has separate features, which are freed by now)
            current = self._on_demand.current
            if current is None or KINDS[current.kind].uses_encoding:
                self._drop_encoding()
            message = str(error)
        except CcsdError as error:
            message = str(error)
        except Exception as error:
            if (reason := _fatal_reason(error)) is not None:
                self._connection.send(protocol.Ending(reason))
                raise
            traceback.print_exc(file=sys.stderr)
            message = f"inference failed: {type(error).__name__}: {first_line(error)}"
        self._task = None
        failed = self._on_demand.finish_current()
        if self._opening is not None and failed is not None:
            self._report_failed_request(self._opening, failed, message)
            return
        if self._predictor is None:
            self._model_problem = message
            generation = None
        self._connection.send(protocol.Failed(generation, message))

    def _drop_encoding(self) -> None:
        """Free the memory of the encoding; computed results stay."""
        if self._opening is not None and self._schedule is not None:
            done = self._opening.done | self._schedule.done
            self._opening = replace(self._opening, done=done)
        self._encoded = self._evaluator = self._schedule = None
        self._forget_case()

    def _forget_case(self) -> None:
        self._case, self._case_is_prepared = None, False
        self._images = self._encoded_original = self._evaluator_of_original = None
        self._unsent = None

    def _report_failed_request(
        self, opening: protocol.OpenCase, failed: protocol.Request, message: str
    ) -> None:
        """An on-demand result failed: report it, and go on with the others."""
        self._connection.send(
            protocol.RequestFailed(opening.generation, failed.kind, failed.key, message)
        )
        self._task = self._compute(opening)

    def _compute_if_a_case_waits(self) -> None:
        opening = self._opening
        if self._predictor is None or opening is None:
            return
        started = self._case is not None and (
            self._evaluator is not None or self._waits_for_known(opening)
        )
        if not started and not self._paused:
            self._task = self._compute(opening)

    def _load(self, model: str | None, device: str) -> Task:
        self._predictor = None
        predictor = yield from run_in_thread(lambda: self._load_model(model, device), "model")
        if "torch" in sys.modules:
            use_cores()
        predictor.raise_if_cancelled = self._commands.raise_if_interrupted
        self._predictor = predictor
        manifest = predictor.manifest
        self._connection.send(
            protocol.ModelReady(
                manifest.name,
                manifest.sha256,
                predictor.device,
                frozenset(manifest.training_cases),
                predictor.reference_scores,
                predictor.postprocess,
            )
        )

    def _compute(self, opening: protocol.OpenCase) -> Task:
        generation = opening.generation
        assert self._predictor is not None
        if self._case is None:
            self._send_progress(generation, "reading the case", 0, 0)
            case = yield from run_in_thread(
                lambda: self._load_case(opening.path, opening.files), "case"
            )
            yield
            if opening.prepare is not None:
                prepared = yield from self._prepared(opening, case, opening.prepare)
                if prepared is None:
                    self._paused = True
                    return
                self._case_is_prepared = prepared is not case
                case = prepared
            self._case, self._images = case, DegradedImages(case)
        assert self._images is not None
        opening = self._opening or opening  # stored results may have been reported meanwhile
        if self._waits_for_known(opening):
            return
        if self._schedule is None:
            yield from self._begin(opening, self._images)
        case, schedule = self._case, self._schedule
        assert schedule is not None
        if self._encoded is None or self._encoded.case is not case:
            if schedule.next is None and self._on_demand.next() is None:
                self._send_images()
                self._connection.send(protocol.Idle(generation))
                return
            yield from self._encode(generation, case, self._images.original)
        yield
        yield from self._subsets(generation, len(case.available.subsets()))

    def _begin(self, opening: protocol.OpenCase, images: DegradedImages) -> Task:
        """Make the images that are asked for, and plan what is computed of them."""
        original, degradations = images.original, opening.degradations
        steps = _ResultKeeper(images.case_of(degradations))
        for progress in steps:
            self._send_progress(opening.generation, progress.what, 0, 0)
            yield
        self._case = case = steps.result
        wanted = opening.wanted or case.available
        done = opening.done
        if self._evaluator_of_original is None:
            self._evaluator_of_original = SubsetEvaluator(original, opening.full)
        self._evaluator = self._evaluator_of_original
        if degradations:
            assert opening.full is not None, "degraded images are compared with the others"
            self._evaluator = self._evaluator.of_other_images(opening.full)
        elif opening.full is None:  # agreement is measured against it: it is computed again
            done = done - {case.available}
        else:
            self._evaluator.set_full_prediction(opening.full)
        self._unsent = degradations or None
        self._schedule = Schedule(case.available, wanted, done, full_first=not degradations)

    def _encode(self, generation: int, case: Case, original: Case) -> Task:
        """Encode the images at hand: all sequences once, then only those that change."""
        assert self._predictor is not None
        if self._encoded_original is None:
            steps = _ResultKeeper(self._predictor.encode(original))
            yield from self._report(generation, steps)
            self._encoded_original = steps.result
            nested = self._predictor.postprocess.has("nested")
            for note in (*steps.result.notes, *([] if nested else [NOT_NESTED_NOTICE])):
                self._connection.send(protocol.Notice(generation, note))
        known = [e for e in (self._encoded_original, self._encoded) if e is not None]
        steps = _ResultKeeper(encoded_again(self._predictor, known, case))
        yield from self._report(generation, steps)
        self._encoded = steps.result

    def _report(
        self, generation: int, steps: "_ResultKeeper[Progress, EncodedCaseProtocol]"
    ) -> Task:
        for progress in steps:
            self._send_progress(generation, progress.what, progress.done, progress.total)
            yield

    def _send_images(self) -> None:
        """Send degraded images, once, just before the first result of them."""
        degradations, self._unsent = self._unsent, None
        if degradations is None or self._case is None or self._opening is None:
            return
        arrays = {m: self._case.volumes[m].array for m in degradations.sequences}
        shared = {
            m: share_array(np.ascontiguousarray(array, "<f4").view(np.uint8))
            for m, array in arrays.items()
        }
        generation = self._opening.generation
        self._connection.send(protocol.Degraded(generation, degradations, shared))

    def _prepared(
        self, opening: protocol.OpenCase, case: Case, adjustments: Adjustments
    ) -> Generator[None, None, Case | None]:
        """The case as the model needs it; None, with a message, if it could not be prepared."""
        generation = opening.generation
        try:
            work = self._prepare_case(opening.path, opening.files, case, adjustments)
            if work is None:
                return case
            self._connection.send(protocol.Preparing(generation))
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
            if _fatal_reason(error) is not None:
                raise
            traceback.print_exc(file=sys.stderr)
            message = f"the preparation failed: {type(error).__name__}: {first_line(error)}"
        else:
            if steps.result is None:
                return case
            self._connection.send(protocol.Prepared(generation, steps.result, adjustments))
            return steps.result.case
        self._connection.send(protocol.PreparationFailed(generation, message))
        return None

    def _subsets(self, generation: int, total: int) -> Task:
        assert self._evaluator is not None
        assert self._schedule is not None
        while True:
            if self._schedule.wanted in self._schedule.done:
                self._send_images()
            request = self._on_demand.next()
            if request is not None and self._schedule.wanted in self._schedule.done:
                yield from self._answer(request)
                continue
            subset = self._schedule.next
            if subset is None or self._paused:
                break
            self._send_progress(generation, subset.label, len(self._schedule.done), total, subset)
            yield
            if self._schedule.next != subset:
                continue
            self._current_subset = subset
            try:
                finished = self._evaluator.evaluate(
                    generation, subset, lambda s=subset: self._predict(s)
                )
            finally:
                self._current_subset = None
            self._send_images()
            self._connection.send(finished)
            self._schedule = self._schedule.finished(subset)
            yield
        self._connection.send(protocol.Idle(generation))

    def _answer(self, request: protocol.Request) -> Task:
        """Compute an on-demand result; a subset that is requested meanwhile comes first."""
        assert self._predictor is not None
        assert self._encoded is not None
        assert self._evaluator is not None
        assert self._schedule is not None
        kind, key = request.kind, request.key
        self._send_progress(request.generation, kind.description(key), 0, 0)
        yield
        if self._on_demand.next() != request or self._schedule.wanted not in self._schedule.done:
            return
        self._on_demand.start(request)
        assert self._images is not None
        case = CaseContext(self._predictor, self._encoded, self._evaluator, self._images)
        steps = _ResultKeeper(KINDS[kind].compute(key, case))
        for progress in steps:
            self._send_progress(request.generation, progress.what, progress.done, progress.total)
            yield
            if not self._wanted_is_done():
                self._on_demand.postpone_current()
                return
        value = share_arrays(steps.result)
        self._connection.send(protocol.Answer(request.generation, kind, key, value))
        self._on_demand.finish_current()

    def _wanted_is_done(self) -> bool:
        """Whether the requested subset is computed; False if the case was closed meanwhile."""
        return self._schedule is not None and self._schedule.wanted in self._schedule.done

    def _predict(self, subset: ModalitySubset) -> NestedLabels:
        assert self._predictor is not None
        assert self._encoded is not None
        return self._predictor.predict_nested_labels(self._encoded, subset, nesting=True)

    def _send_progress(
        self,
        generation: int,
        what: str,
        done: int,
        total: int,
        subset: ModalitySubset | None = None,
    ) -> None:
        self._connection.send(protocol.ProgressUpdate(generation, what, done, total, subset))


def _apply_limits(limits: protocol.Limits) -> None:
    """Apply the user's limits from now on."""
    global _limits  # noqa: PLW0603 — limits apply to the process
    _limits = limits
    limit_memory(limits.memory_mb)


Yielded = TypeVar("Yielded")
Returned = TypeVar("Returned")


class _ResultKeeper(Generic[Yielded, Returned]):
    """Iterates over a generator and keeps what it returned."""

    def __init__(self, steps: Generator[Yielded, None, Returned]) -> None:
        self._steps = steps
        self.result: Returned

    def __iter__(self) -> Generator[Yielded, None, None]:
        self.result = yield from self._steps


def _fatal_reason(error: Exception) -> str | None:
    """Why this process has to be replaced after an error; None if it can go on."""
    if is_out_of_memory(error):
        return "the inference process ran out of memory"
    if is_device_lost(error):
        return f"the inference process lost the GPU ({first_line(error)})"
    return None
