"""The process that segments a folder of cases for the window; started by name, never imported.

request ─▶ model ─▶ case, case, case …     one that fails does not stop the others
              └── StopBatch is looked for between steps and between the network's layers

After an error that leaves the process without memory or GPU it ends itself; the window starts
another one for the cases that are left.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from ccsd_app.cli.segmenting.folder_case import one_line, segment_case
from ccsd_app.cli.segmenting.segmentation import Job, Outcome
from ccsd_app.worker.batch_protocol import (
    BatchCase,
    BatchEnded,
    BatchEvent,
    BatchFailed,
    BatchModel,
    BatchRequest,
    CaseDone,
    CaseFailed,
    CaseProgress,
    CaseResult,
    CaseSkipped,
    CaseStarted,
    StopBatch,
)
from ccsd_app.worker.memory_limit import limit_memory
from ccsd_core.domain.region import SCHEMES, Region
from ccsd_core.errors import BadInputError, CcsdError
from ccsd_core.progress import Progress, Steps, drain
from ccsd_core.storage.atomic import check_place
from ccsd_core.storage.cases.case_place import case_place

if TYPE_CHECKING:
    from ccsd_core.inference.predictor import Predictor

CHOSEN_NOTE = "the files are those that you chose in the window"
NICENESS = 5
"""Niceness of the process: the window has priority for the processor."""

LoadModel = Callable[[str | None, str], "Predictor"]


class _Stopped(Exception):  # noqa: N818 — not an error
    """The user has stopped the work."""


class _Closed(Exception):  # noqa: N818 — not an error
    """The window's process is gone."""


class _Window:
    """The window at the other end of the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def request(self) -> BatchRequest | None:
        """Wait for the request; None if the window only ends this process."""
        message = self._receive()
        return message if isinstance(message, BatchRequest) else None

    def send(self, event: BatchEvent) -> None:
        """Send one event.

        Raises:
            _Closed: If the window's process is gone.
        """
        try:
            self._connection.send(event)
        except OSError as error:
            raise _Closed from error

    def raise_if_stopped(self) -> None:
        """Look for a message.

        Raises:
            _Stopped: If the user has stopped the work.
            _Closed: If the window's process is gone.
        """
        try:
            waiting = self._connection.poll(0)
        except (EOFError, OSError) as error:
            raise _Closed from error
        if waiting:
            raise _Stopped if isinstance(self._receive(), StopBatch) else _Closed

    def _receive(self) -> object:
        try:
            return self._connection.recv()
        except (EOFError, OSError) as error:
            raise _Closed from error


def load_model(model: str | None, device: str) -> "Predictor":
    """Import torch, which takes seconds, and load the model."""
    from ccsd_core.inference.load import load_model as load

    return load(model, device=device)


def serve(connection: Connection, *, load_model: LoadModel = load_model) -> None:
    """Segment the cases of one request, until the window stops it or is gone."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    window = _Window(connection)
    with suppress(_Closed, KeyboardInterrupt):
        request = window.request()
        if request is None:
            return
        try:
            _run(window, request, load_model)
        except _Stopped:
            window.send(BatchEnded(stopped=True))


def _run(window: _Window, request: BatchRequest, load_model: LoadModel) -> None:
    limit_memory(request.limits.memory_mb)
    try:
        if request.out.exists() and not request.out.is_dir():
            raise BadInputError(f"{request.out} is a file: choose a folder for the label maps")
        check_place(request.out)
        predictor = load_model(request.model, request.device)
    except CcsdError as error:
        window.send(BatchFailed(str(error)))
        return
    _use_cores(request.limits.threads)
    predictor.raise_if_cancelled = window.raise_if_stopped
    window.send(BatchModel(predictor.manifest.name, predictor.manifest.sha256))
    for case in request.cases:
        window.raise_if_stopped()
        window.send(CaseStarted(case.path))
        try:
            event = _segmented(window, request, case, predictor)
        except (_Stopped, _Closed):
            raise
        except Exception as error:  # noqa: BLE001 — one broken case must not stop the others
            window.send(CaseFailed(case.path, one_line(error)))
            if _is_fatal(error):
                return
        else:
            window.send(event)
    window.send(BatchEnded(stopped=False))


def _segmented(
    window: _Window, request: BatchRequest, case: BatchCase, predictor: "Predictor"
) -> CaseDone | CaseSkipped:
    def report(progress: Progress) -> None:
        window.send(CaseProgress(case.path, progress.fraction, progress.what))
        window.raise_if_stopped()

    done = drain(_steps(request, case, predictor), report)
    return CaseSkipped(case.path) if done is None else CaseDone(case.path, done)


def _steps(
    request: BatchRequest, case: BatchCase, predictor: "Predictor"
) -> Steps[CaseResult | None]:
    """A DICOM study is converted first; files are those that the user has chosen in the window."""
    place = yield from case_place(case.path)
    files = request.corrections.get(os.path.realpath(place), {})
    job = Job(
        place,
        files,
        request.subset,
        None,
        request.out,
        prepare="auto" if request.prepare else "never",
        agreement=True,
        default_scheme=SCHEMES.get(request.limits.label_scheme),
    )
    outcomes = yield from segment_case(job, place, case.name, predictor, skip=request.skip_existing)
    return None if outcomes is None else _result(outcomes[0], chosen=bool(files))


def _result(outcome: Outcome, *, chosen: bool) -> CaseResult:
    segmentation, provenance = outcome.segmentation, outcome.segmentation.provenance
    return CaseResult(
        input=provenance.describe_input(),
        subset=provenance.subset,
        available=provenance.available,
        volumes_ml={r: segmentation.volume_ml(r) for r in Region},
        intervals_ml=outcome.intervals_ml(),
        level=0.0 if outcome.intervals is None else outcome.intervals.level,
        dice=outcome.dice,
        agreement=outcome.agreement,
        seen_in_training=provenance.seen_in_training,
        notes=(*([CHOSEN_NOTE] if chosen else []), *outcome.notes),
        outputs=(outcome.out, *outcome.on_sequences.values()),
    )


def _use_cores(threads: int) -> None:
    """Compute with the user's number of threads; 0 is one for each core."""
    import torch

    from ccsd_core.inference.hardware.devices import usable_cores

    torch.set_num_threads(min(threads or usable_cores(), usable_cores()))


def _is_fatal(error: Exception) -> bool:
    """Whether this process cannot go on after an error."""
    from ccsd_core.inference.hardware.failures import is_device_lost, is_out_of_memory

    return is_out_of_memory(error) or is_device_lost(error)
