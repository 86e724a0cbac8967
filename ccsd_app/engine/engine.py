"""Couples the session to the two things that take time: reading a case and inference.

    open(path) ──▶ thread: case_place, load_case ──▶ State.opened ──▶ slices at once
                                              └──▶ worker.open ──▶ events ──▶ State
                                                   raw case: Prepared ──▶ State.prepared
    toggle ──▶ State.used changes ──▶ worker.request_subset
    Esc ──▶ worker.cancel, toggles go back to the subset on screen

Nothing here decides what is drawn; it only turns events into the next state.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from ccsd_app.engine.background_cache import BackgroundCache
from ccsd_app.engine.contents import Contents
from ccsd_app.engine.opening import (
    Opening,
    OverridesNotFound,
    Refusal,
    error_message,
    not_found_message,
)
from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.engine.state_after import state_after
from ccsd_app.engine.stored_case import StoredCase, nested
from ccsd_app.engine.worker_interface import Worker
from ccsd_app.session.jobs import Job, JobRunner, Listener
from ccsd_app.session.on_demand import DEGRADATION_CURVE, DEGRADED_VIEWS, KINDS
from ccsd_app.session.preparation import Stage
from ccsd_app.session.requests import Request, wanted_requests
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity, State
from ccsd_app.worker import protocol
from ccsd_app.worker.events import DegradedReceived, Event, ResultReceived
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.dicom.study_choice import SeveralStudiesError
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.errors import BadInputError
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.case_place import case_place
from ccsd_core.storage.cases.case_search import SeveralCasesError
from ccsd_core.storage.cases.overrides import Overrides

Arrange = Callable[[State], State]
LoadCase = Callable[[Path, Overrides | None], Case]


class CasePlace(Protocol):
    """Finds the case of a path; a DICOM study is converted first."""

    def __call__(self, path: Path, *, study: str | None = None) -> Steps[Path]: ...


class Engine:
    """Opens cases and has the inference process compute what is on screen.

    Args:
        session: Where the state is.
        connect: Makes the client of the inference process from a handler of events.
        reader: Reads cases in a thread.
        load_case: How a case is read.
        find_case: Finds the case of a path; a DICOM study is converted first.
        background_cache: Stored results of earlier times; None stores none.
    """

    refused = Signal(Refusal)
    recognised = Signal(object)
    """The images of the open case were read: what is stored about them, a `StoredResults`."""

    def __init__(
        self,
        session: Session,
        connect: Callable[[Callable[[Sequence[Event]], None]], Worker],
        reader: JobRunner,
        load_case: LoadCase,
        find_case: CasePlace = case_place,
        background_cache: BackgroundCache | None = None,
    ) -> None:
        self._session = session
        self._worker = connect(self.handle_events)
        self._reader = reader
        self._load_case = load_case
        self._find_case = find_case
        self._stored = StoredCase(
            session,
            background_cache,
            report_known=self._worker.report_known,
            recognised=self.recognised.emit,
        )
        self._model: str | None = None
        self._device = "auto"
        self._arrange: Arrange | None = None
        self._opening = False
        self._opened: Opening | None = None
        self._reading = Job()
        self._handling_event = False
        self._degradations = Degradations()
        """The degradations that were last sent to the inference process."""
        session.changed.connect(self._on_session_changed)

    @property
    def opened(self) -> Opening | None:
        """What the open case was opened with."""
        return self._opened

    def start(self, model: str | None, device: str) -> None:
        """Start the inference process, which loads the model."""
        self._model, self._device = model, device
        self._worker.start(model, device)

    def use_model(self, model: str | None) -> None:
        """Use another model: the open case is computed again, the user's choices stay.

        Results of the model before are kept for comparison; missing ones are computed when shown.

        Args:
            model: A bundled name, a training run or a weights file; None is the default model.
        """
        before = self._model
        self.start(model, self._device)
        state = replace(self._session.state.without_model(before), problem="")
        opened = self._opened
        loading = Activity("loading the model", 0, 0)
        if state.case is None or opened is None:
            self._session.become(replace(state, activity=loading))
            return
        preparation, stage = state.preparation, state.stage
        raw = state.original if preparation is None else preparation.original
        assert raw is not None
        if preparation is not None:
            prepare, stage = preparation.adjustments, Stage.RUNNING
        else:
            unprepared = stage is Stage.WITHOUT or not state.prepare
            prepare = None if unprepared else Adjustments()
        self._degradations = Degradations()
        self._session.become(replace(state.with_images(raw), stage=stage, activity=loading))
        self._compute(opened, prepare)
        if self._session.state.used != raw.available:
            self._worker.request_subset(self._session.state.used)

    def open(
        self,
        path: Path,
        files: Overrides | None = None,
        not_found: OverridesNotFound | None = None,
        study: str | None = None,
        *,
        adjustments: Adjustments | None = None,
        unprepared: bool = False,
        arrange: Arrange | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Read a case. The open one stays open until the new one is read.

        Args:
            path: Folder or file; a DICOM study may also be a zip or a DICOMDIR.
            files: The user's overrides; None recognises all files by name.
            not_found: Overrides whose files no longer exist; a note of the case names them.
            study: Which DICOM study, if the path holds several.
            adjustments: How it is prepared, if it is raw; None leaves it to the program.
            unprepared: Whether a raw case is used as scanned, as the user chose before.
            arrange: Sets what is shown at first; called again when a raw case is prepared.
            then: Called once it is open.
        """
        opening = Opening(path, files, not_found or {}, study)
        messages = [not_found_message(role, part) for role, part in opening.not_found.items()]

        def read() -> Steps[Case]:
            nonlocal opening
            yield Progress(0, 1, f"opening {path.name}")
            place = yield from self._find_case(path, study=study)
            opening = replace(opening, path=place, study=None)
            return self._load_case(place, files)

        def progress(step: Progress) -> None:
            activity = Activity(step.what, step.done, step.total if step.total > 1 else 0)
            self._session.become(replace(self._session.state, activity=activity))

        def done(case: Case) -> None:
            self._opening = False
            self._opened = opening
            if messages:
                left = {role if isinstance(role, Modality) else None for role in opening.not_found}
                case = replace(
                    case,
                    notes=(*messages, *case.notes),
                    not_opened=case.not_opened | (left - case.sources.keys()),
                )
            self._arrange = arrange
            self._stored.contents = {}
            self._degradations = Degradations()
            state = self._session.state.opened(case)
            state = state if arrange is None else arrange(state)
            self._session.become(replace(state, stage=Stage.WITHOUT) if unprepared else state)
            prepare = adjustments or Adjustments() if self._session.state.prepare else None
            prepare = None if unprepared else prepare
            self._compute(opening, prepare)
            if self._session.state.used != case.available:
                self._worker.request_subset(self._session.state.used)
            then()

        def failed(error: Exception) -> None:
            self._opening = False
            state = replace(self._session.state, activity=None)
            for line in (*messages, error_message(error)):
                state = state.with_problem(line)
            self._session.become(state)
            self._resume_open_case()
            if isinstance(error, BadInputError) and not isinstance(error, SeveralCasesError):
                studies = error.choices if isinstance(error, SeveralStudiesError) else ()
                self.refused.emit(Refusal(opening, "\n".join((*messages, str(error))), studies))

        activity = Activity(f"opening {path.name}", 0, 0)
        self._session.become(replace(self._session.state, activity=activity, problem=""))
        self._opening = True
        if self._session.state.case is not None:
            self._worker.cancel()  # so that reading is not slowed down
        self._reading = self._reader.start(read(), Listener(done, failed, progress))

    def cancel(self) -> None:
        """Cancel the subset that the user waits for; if there is none, stop computing (Esc)."""
        state = self._session.state
        if self._opening:
            self._reading.cancel()
            self._opening = False
            self._session.become(replace(state, activity=None))
            self._resume_open_case()
            return
        if state.case is None or state.activity is None:
            return
        if state.curve_wanted is not None and not state.waiting and not self._curve_is_settled:
            self.cancel_curve()
            return
        self._worker.cancel()
        if state.waiting and state.shown is not None:
            self._session.become(replace(state.reverted(), activity=None))
            self._request_on_demand_again()
            return
        used = state.used if state.shown is not None else state.case.available
        stage = state.stage
        if stage is Stage.RUNNING:
            used, stage = state.used, Stage.CANCELLED
        self._session.become(replace(state, used=used, activity=None, stopped=True, stage=stage))

    def cancel_curve(self) -> None:
        """Give the degradation curve up that is being computed; everything else goes on."""
        state = self._session.state
        if state.curve_wanted is None:
            return
        running = not self._curve_is_settled
        self._session.become(replace(state, curve_wanted=None))
        if running:
            self._worker.cancel()
            self._resume_open_case()

    def cancel_views(self) -> None:
        """Give up the degraded images of a film, and free what is computed of them."""
        state = self._session.state
        if state.views_wanted is None:
            return
        running = not state.on_demand.is_settled(DEGRADED_VIEWS, state.views_wanted)
        on_demand = state.on_demand.forgetting(DEGRADED_VIEWS)
        self._session.become(replace(state, views_wanted=None, on_demand=on_demand))
        if running:
            self._worker.cancel()
            self._resume_open_case()

    @property
    def _curve_is_settled(self) -> bool:
        state = self._session.state
        return state.on_demand.is_settled(DEGRADATION_CURVE, state.curve_wanted)

    def prepare(self, adjustments: Adjustments | None) -> None:
        """Prepare the open case again, or use it as it was scanned.

        Args:
            adjustments: The user's adjustments; None skips the preparation.
        """
        state, opened = self._session.state, self._opened
        if state.case is None or opened is None or self._opening:
            return
        preparation = state.preparation
        raw = state.original if preparation is None else preparation.original
        assert raw is not None
        self._degradations = Degradations()
        stage = Stage.WITHOUT if adjustments is None else Stage.RUNNING
        self._session.become(replace(state.with_images(raw), stage=stage))
        self._compute(opened, adjustments)
        if self._session.state.used != raw.available:
            self._worker.request_subset(self._session.state.used)

    def _compute(self, opening: Opening, prepare: Adjustments | None) -> None:
        """Have the inference process compute the open case, except results that are stored."""
        self._stored.forget()
        if not self._stored.enabled:
            self._worker.open(opening.path, opening.files, prepare)
            return
        self._worker.open(opening.path, opening.files, prepare, wait_for_known=True)
        self._stored.look_up(self._model, as_scanned=prepare is None)

    @property
    def model(self) -> str | None:
        """The name or path of the model; None is the bundled default."""
        return self._model

    @property
    def cache(self) -> ResultCache | None:
        """The results stored on disk; None if none are."""
        return self._stored.cache

    @property
    def device(self) -> str:
        """The device that was asked for."""
        return self._device

    @property
    def contents(self) -> Contents:
        """Digests of the open case's images on disk; empty while they are not known."""
        return self._stored.contents

    def _degrade(self) -> None:
        """Have the images made that the user asked for, once agreement can be measured."""
        state = self._session.state
        asked, full = state.degradations, nested(state.full_result)
        if state.case is None or asked == self._degradations or full is None:
            return
        self._degradations = asked
        self._stored.look_up_degraded(asked, then=lambda: self._send_degradations(full))

    def _send_degradations(self, full: NestedLabels) -> None:
        state = self._session.state
        asked = state.degradations
        if state.stopped:
            self._session.become(replace(state, stopped=False))
        done = state.known_of(asked)
        self._worker.degrade(asked, wanted=state.used, done=done, full=full)
        if not asked:
            self._request_on_demand_again()

    def _resume_open_case(self) -> None:
        """After a failed opening, go on computing the case that is still open."""
        state = self._session.state
        if state.case is not None and not state.stopped and not state.complete:
            self._worker.request_subset(state.focus)
        self._request_on_demand_again()

    def _request_on_demand_again(self) -> None:
        """Request the on-demand results again: cancelling has emptied the worker's queue."""
        state = self._session.state
        if not state.stopped:
            self._request_on_demand(wanted_requests(state))

    def _request_on_demand(self, requests: Iterable[Request]) -> None:
        for kind, key in sorted(requests, key=lambda request: KINDS.index(request[0])):
            self._worker.request(kind, key)

    def resume(self) -> None:
        """Continue computing the remaining subsets of the open case."""
        state = self._session.state
        if state.case is not None and state.stopped:
            again = state.stage in (Stage.CANCELLED, Stage.FAILED)
            stage = Stage.RUNNING if again else state.stage
            self._session.become(replace(state, stopped=False, stage=stage, preparation_problem=""))
            if state.degradations != self._degradations:
                self._degrade()
            self._worker.request_subset(state.focus)
            self._request_on_demand_again()

    def handle_events(self, events: Sequence[Event]) -> None:
        """Update the state, once, after events of the inference process."""
        for event in events:
            if self._opening and isinstance(event, protocol.Stopped):
                return  # it concerns the case that is still open while another is read
        before = self._session.state
        self._handling_event = True
        try:
            after = before
            for event in events:
                after = state_after(after, event)
            if self._arrange is not None and after.preparation is not before.preparation:
                arrange, self._arrange = self._arrange, None
                after = arrange(after)
            self._session.become(after)
        finally:
            self._handling_event = False
        for event in events:
            if isinstance(event, ResultReceived):
                self._stored.store(event)
            if isinstance(event, DegradedReceived):
                self._request_on_demand_again()
            if isinstance(event, protocol.Prepared):
                self._stored.forget()
                self._stored.look_up(self._model, prepared=True)

    def close(self) -> None:
        """End the inference process and the reading thread; no event is handled afterwards."""
        self._worker.stop()
        self._reader.close()
        self._stored.close()

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.case is None or new.original is not old.original:
            return
        if new.degradations != self._degradations and not (new.stopped and self._handling_event):
            self._degrade()
        if new.case is not old.case:
            return
        new_requests = wanted_requests(new) - wanted_requests(old)
        missing = new.focus != old.focus and new.focus not in new.results
        if new.stopped:
            if (missing or new_requests) and not self._handling_event:
                self.resume()  # a new choice is computed even if computing was stopped before
            return
        if new.focus != old.focus or new.used != old.used:
            self._worker.request_subset(new.focus)
        self._request_on_demand(new_requests)
