"""`Engine`: what reaches the inference process, and what its events make of the state."""

from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_app.engine.background_cache import StoredResults
from ccsd_app.engine.engine import Engine
from ccsd_app.engine.opening import Opening, Refusal
from ccsd_app.engine.state_after import state_after
from ccsd_app.session.display import Layer
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.on_demand import CRITICALITY, HD95, PROBABILITIES, Criticality
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity, ModelInfo, State
from ccsd_app.worker import protocol
from ccsd_app.worker.events import ResultReceived, WorkerDied
from ccsd_app.worker.shared_array import SharedArray
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.errors import CaseError, NiftiError
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.storage.cases.case_search import SeveralCasesError

EVERY = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


REFUSED = {
    "bad": CaseError("bad is no case: choose another"),
    "web page": NiftiError("a web page"),
    "study": SeveralCasesError("study holds several cases"),
    "disk": OSError("the disk is gone"),
}


class AtOnce(Executor):
    def submit(self, fn, /, *args, **kwargs) -> Future:
        fn(*args, **kwargs)
        return Future()


class Spy:
    def __init__(self) -> None:
        self.calls: list[tuple] = []

    def __getattr__(self, name: str):
        return lambda *args, **how: self.calls.append((name, *args))


@pytest.fixture
def desk(fake_worker):
    spy, session = Spy(), Session()

    def load(path: Path, files):
        if path.name in REFUSED:
            raise REFUSED[path.name]
        return fake_worker.load_case(path, files)

    engine = Engine(session, lambda on_event: spy, JobRunner(AtOnce(), lambda call: call()), load)
    return session, engine, spy


def test_opening_shows_the_case_and_hands_it_to_the_inference_process(desk):
    session, engine, spy = desk

    engine.open(Path("p"))

    assert session.state.case.id == "p"
    assert spy.calls == [("open", Path("p"), None, Adjustments())]


def test_a_case_that_cannot_be_read_leaves_the_open_one_as_it_was(desk):
    session, engine, spy = desk
    engine.open(Path("p"))
    before = session.state

    engine.open(Path("bad"))

    assert session.state == replace(before, problem="bad is no case: choose another")
    opened = ("open", Path("p"), None, Adjustments())
    assert spy.calls == [
        opened,
        ("cancel",),
        ("request_subset", FULL),
    ]  # the rest goes on afterwards


@pytest.mark.parametrize("name", REFUSED)
def test_only_what_other_roles_could_correct_is_offered_for_correction(desk, name):
    _session, engine, _spy = desk
    refusals = []
    engine.refused.connect(refusals.append)
    files = {Modality.T1: None}

    engine.open(Path(name), files)

    wanted = [Refusal(Opening(Path(name), files), str(REFUSED[name]))]
    assert refusals == (wanted if name in ("bad", "web page") else [])


def test_what_the_open_case_was_opened_with_is_kept_until_another_is_there(desk):
    _session, engine, spy = desk
    assert engine.opened is None
    files = {Modality.T2: None, "labels": Path("l.nii")}
    engine.open(Path("p"), files)

    engine.open(Path("bad"))

    assert engine.opened == Opening(Path("p"), files)
    assert ("open", Path("p"), files, Adjustments()) in spy.calls


def test_while_a_case_is_read_nothing_is_computed_and_its_progress_stays(desk):
    session, engine, spy = desk
    engine.open(Path("p"))
    spy.calls.clear()

    engine.open(Path("q"))

    assert spy.calls == [("cancel",), ("open", Path("q"), None, Adjustments())]
    engine._opening = True
    session.become(replace(session.state, activity=Activity("opening r", 0, 0)))
    engine.handle_events([protocol.Stopped(0)])
    assert session.state.activity == Activity("opening r", 0, 0)


@pytest.mark.parametrize("used", EVERY[:-1])
def test_every_new_subset_is_asked_for_and_nothing_else_is(desk, used):
    session, engine, spy = desk
    engine.open(Path("p"))
    spy.calls.clear()

    session.become(session.state.using(used))
    session.become(session.state.with_cursor((1, 2, 3)))

    assert spy.calls == [("request_subset", used)]


def test_escape_takes_the_toggles_back_and_the_other_subsets_go_on(desk, fake_results):
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)).using(NO_T1C))
    session.become(replace(session.state, activity=Activity("x", 1, 15, NO_T1C)))
    spy.calls.clear()

    engine.cancel()

    assert session.state.used == FULL
    assert spy.calls == [("cancel",), ("request_subset", FULL)]
    assert not session.state.stopped


def test_escape_stops_the_background_work_until_something_new_is_wanted(desk, fake_results):
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)))
    session.become(replace(session.state, activity=Activity("x", 1, 15, NO_T1C)))
    spy.calls.clear()

    engine.cancel()
    engine.handle_events([protocol.ProgressUpdate(1, "late", 0, 1)])
    assert session.state.stopped
    assert session.state.activity is None

    session.become(session.state.using(NO_T1C))
    assert not session.state.stopped
    assert spy.calls == [("cancel",), ("request_subset", NO_T1C)]


def test_resuming_goes_on_where_it_stopped(desk):
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(replace(session.state, stopped=True))
    spy.calls.clear()

    engine.resume()

    assert spy.calls == [("request_subset", FULL)]
    assert not session.state.stopped


@pytest.fixture
def unsure(desk, fake_results):
    """The full set is there, its probabilities are wanted and were asked for."""
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)))
    session.become(session.state.with_layer(Layer.PROBABILITY))
    assert spy.calls[-1] == ("request", PROBABILITIES, FULL)
    spy.calls.clear()
    return session, engine, spy


def test_probabilities_are_asked_for_again_when_the_work_is_resumed(unsure):
    session, engine, spy = unsure
    session.become(replace(session.state, activity=Activity("probabilities", 0, 0)))

    engine.cancel()
    assert spy.calls == [("cancel",)]
    assert session.state.stopped
    engine.resume()

    assert spy.calls == [("cancel",), ("request_subset", FULL), ("request", PROBABILITIES, FULL)]


def test_probabilities_are_asked_for_again_when_another_case_was_refused(unsure):
    _session, engine, spy = unsure

    engine.open(Path("bad"))

    assert spy.calls == [("cancel",), ("request_subset", FULL), ("request", PROBABILITIES, FULL)]


def test_probabilities_are_asked_for_again_when_a_toggle_is_taken_back(unsure):
    session, engine, spy = unsure
    session.become(session.state.using(NO_T1C))
    session.become(replace(session.state, activity=Activity("x", 1, 15, NO_T1C)))
    spy.calls.clear()

    engine.cancel()

    assert spy.calls == [("cancel",), ("request_subset", FULL), ("request", PROBABILITIES, FULL)]


def test_probabilities_that_failed_are_reported_and_tried_again_only_when_chosen_again(unsure):
    session, engine, spy = unsure

    engine.handle_events([protocol.RequestFailed(1, PROBABILITIES, FULL, "no memory")])

    assert session.state.problem == (
        f"Probabilities of {FULL.label} could not be computed: no memory"
    )
    assert wanted_request(PROBABILITIES, session.state) is None
    assert not session.state.stopped
    assert spy.calls == []
    session.become(session.state.with_layer(Layer.UNCERTAINTY))
    assert spy.calls == [("request", PROBABILITIES, FULL)]


def test_what_is_chosen_while_stopped_goes_on(desk, fake_results):
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)))

    session.become(replace(session.state, stopped=True))
    spy.calls.clear()
    session.become(session.state.with_layer(Layer.PROBABILITY))
    assert not session.state.stopped
    assert spy.calls == [("request_subset", FULL), ("request", PROBABILITIES, FULL)]

    session.become(replace(session.state.with_layer(Layer.REGIONS), stopped=True))
    spy.calls.clear()
    session.become(session.state.comparing(NO_T1C))
    assert not session.state.stopped
    assert spy.calls == [("request_subset", NO_T1C)]


def test_what_is_there_already_does_not_end_a_stop(desk, fake_results):
    session, engine, spy = desk
    engine.open(Path("p"))
    for subset in (FULL, NO_T1C):
        session.become(session.state.with_result(fake_results(subset)))
    session.become(replace(session.state, stopped=True))
    spy.calls.clear()

    session.become(session.state.using(NO_T1C).comparing(FULL))

    assert session.state.stopped
    assert spy.calls == []


@pytest.mark.parametrize("other", [s for s in EVERY[:-1] if s.values[0] != NO_T1C])
def test_the_other_side_comes_next_once_what_was_awaited_is_there(desk, fake_results, other):
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)).using(NO_T1C))
    spy.calls.clear()

    session.become(session.state.comparing(other))
    assert spy.calls == []
    session.become(session.state.with_result(fake_results(NO_T1C)))
    assert spy.calls == [("request_subset", other)]
    session.become(session.state.with_result(fake_results(other)))
    assert spy.calls[1:] == [("request_subset", NO_T1C)]


@pytest.fixture
def looked_at(desk, fake_results):
    """The full set is there, and criticality and distances are shown somewhere."""
    session, engine, spy = desk
    engine.open(Path("p"))
    session.become(session.state.asking(CRITICALITY).asking(HD95))
    spy.calls.clear()
    session.become(session.state.with_result(fake_results(FULL)))
    assert spy.calls == [("request", CRITICALITY, None), ("request", HD95, FULL)]
    spy.calls.clear()
    return session, engine, spy


def test_criticality_is_asked_for_once_and_kept(looked_at):
    session, engine, spy = looked_at
    scores = dict.fromkeys(Modality, 0.5)

    found = Criticality(scores, scores, (FULL,), against_expert=True)
    engine.handle_events([protocol.Answer(1, CRITICALITY, None, found)])

    assert session.state.on_demand.value(CRITICALITY).path == (FULL,)
    assert wanted_request(CRITICALITY, session.state) is None
    assert ("request", CRITICALITY, None) not in spy.calls


def test_criticality_that_fails_says_why_and_is_not_asked_for_again(looked_at):
    session, engine, spy = looked_at

    engine.handle_events([protocol.RequestFailed(1, CRITICALITY, None, "too large")])

    assert session.state.on_demand.problem(CRITICALITY) == "too large"
    assert session.state.problem == ""  # its own panel says so
    assert spy.calls == []


def test_what_failed_is_tried_again_when_the_panel_is_shown_again(looked_at):
    session, engine, spy = looked_at
    engine.handle_events([protocol.RequestFailed(1, CRITICALITY, None, "too large")])
    engine.handle_events([protocol.RequestFailed(1, HD95, FULL, "a bug")])
    assert spy.calls == []

    session.become(session.state.asking(CRITICALITY))
    session.become(session.state.asking(HD95))

    assert spy.calls == [("request", CRITICALITY, None), ("request", HD95, FULL)]


@pytest.mark.parametrize("fails", [False, True])
def test_distances_are_asked_for_subset_by_subset(looked_at, fake_results, fails):
    session, engine, spy = looked_at
    session.become(session.state.with_result(fake_results(NO_T1C)))
    assert spy.calls == []  # one at a time

    if fails:
        engine.handle_events([protocol.RequestFailed(1, HD95, FULL, "a bug")])
    else:
        engine.handle_events([protocol.Answer(1, HD95, FULL, dict.fromkeys(Region, 2.0))])

    assert spy.calls == [("request", HD95, NO_T1C)]
    engine.handle_events([protocol.Answer(1, HD95, NO_T1C, dict.fromkeys(Region, 3.0))])
    assert session.state.on_demand.of(HD95)[NO_T1C][Region.ET] == 3.0
    assert spy.calls == [("request", HD95, NO_T1C)]


def test_an_event_on_its_way_does_not_end_a_stop(looked_at, fake_results):
    session, engine, spy = looked_at
    session.become(session.state.with_result(fake_results(NO_T1C)))
    session.become(replace(session.state, activity=Activity("HD95", 0, 0)))
    engine.cancel()
    spy.calls.clear()

    engine.handle_events([protocol.Answer(1, HD95, FULL, dict.fromkeys(Region, 2.0))])

    assert session.state.stopped
    assert spy.calls == []
    engine.resume()
    assert spy.calls == [
        ("request_subset", FULL),
        ("request", CRITICALITY, None),
        ("request", HD95, NO_T1C),
    ]


def test_without_labels_no_distances_are_asked_for(desk, fake_results):
    session, engine, _spy = desk
    engine.open(Path("p_T1+T2_unlabelled"))
    pair = ModalitySubset.parse("T1+T2")
    session.become(session.state.asking(HD95))
    session.become(session.state.with_result(fake_results(pair, labelled=False)))

    assert wanted_request(HD95, session.state) is None


def test_a_failure_is_reported_and_the_toggles_go_back(phantom_state, fake_results):
    state = phantom_state.with_result(fake_results(FULL)).using(NO_T1C)

    failed = state_after(state, protocol.Failed(1, "it went wrong"))

    assert failed.problem == "it went wrong"
    assert failed.used == FULL
    assert failed.stopped


def test_without_a_model_the_case_stays_and_the_reason_is_kept(phantom_state):
    state = state_after(replace(phantom_state, model=None), protocol.Failed(None, "no weights"))

    assert state.case is phantom_state.case
    assert state.model_problem == "no weights"


def test_a_crash_is_reported_and_stops_the_work_only_when_it_was_not_restarted(phantom_state):
    restarted = state_after(phantom_state, WorkerDied("it died", restarted=True))
    assert (restarted.problem, restarted.stopped) == ("it died", False)

    given_up = state_after(phantom_state, WorkerDied("it died", restarted=False))
    assert given_up.stopped


def test_the_first_result_brings_the_tumour_into_view_unless_the_user_has_moved(
    phantom_state, fake_results, fake_worker
):
    result = fake_results(FULL)
    message = protocol.SubsetFinished(
        1, FULL, SharedArray((0, 0, 0)), (0, 0, 0), result.volumes_ml, None, result.agreement, 1.0
    )
    event = ResultReceived(message, result.nested_labels)

    assert state_after(phantom_state, event).cursor_voxel == fake_worker.CENTRE
    moved = phantom_state.with_cursor((1, 2, 3))
    assert state_after(moved, event).cursor_voxel == (1, 2, 3)
    later = state_after(phantom_state, event).with_cursor((4, 5, 6))
    assert state_after(later, event).cursor_voxel == (4, 5, 6)


def test_the_windows_model_has_the_rules_of_the_loaded_one():
    rules = Postprocess.parse("nested, threshold:ET=0.6")
    ready = protocol.ModelReady("m", "0" * 64, "cpu", frozenset(), None, rules)

    assert state_after(State(), ready).model.postprocess == rules


def test_another_model_computes_the_open_case_again_and_the_user_s_choices_stay(desk, fake_results):
    session, engine, spy = desk
    engine.start("first", "cpu")
    engine.open(Path("p"))
    session.become(session.state.with_result(fake_results(FULL)).using(NO_T1C))
    session.become(replace(session.state, model_problem="the weights are damaged"))
    spy.calls.clear()

    engine.use_model("second")

    state = session.state
    assert (engine.model, state.model, state.model_problem) == ("second", None, "")
    assert (state.case.id, state.used, dict(state.results)) == ("p", NO_T1C, {})
    assert spy.calls == [
        ("start", "second", "cpu"),
        ("open", Path("p"), None, Adjustments()),
        ("request_subset", NO_T1C),
    ]


def test_another_model_without_an_open_case_only_starts_its_process(desk):
    _, engine, spy = desk
    engine.start("first", "cuda:1")

    engine.use_model(None)

    assert spy.calls == [("start", "first", "cuda:1"), ("start", None, "cuda:1")]


class Stored:
    """Kept results of a model, and what was kept since."""

    def __init__(self, of: StoredResults) -> None:
        self.of, self.kept, self.cache = of, [], None

    def look_up(self, case, model, *, as_scanned, done) -> None:
        done(self.of)

    def store(self, key, result) -> None:
        self.kept.append((key, result.subset))


def test_results_are_kept_only_for_the_weights_that_computed_them(fake_worker, fake_results):
    """A training run replaces its model while the window may use it."""
    written = ModelInfo("run", "newer", "", frozenset())
    for loaded, kept in (("newer", [("key", NO_T1C)]), ("older", [])):
        store = Stored(StoredResults({}, written, "key", {FULL: fake_results(FULL)}))
        session = Session()
        reader = JobRunner(AtOnce(), lambda call: call())
        engine = Engine(
            session, lambda _: Spy(), reader, fake_worker.load_case, background_cache=store
        )
        session.become(replace(State(), model=ModelInfo("run", loaded, "cpu", frozenset())))

        engine.open(Path("p"))
        engine.handle_events([finished(fake_results(NO_T1C))])

        assert store.kept == kept
        assert (FULL in session.state.results) == bool(kept)


def finished(result) -> ResultReceived:
    message = protocol.SubsetFinished(
        1,
        result.subset,
        SharedArray((0, 0, 0)),
        result.offset_voxel,
        result.volumes_ml,
        result.dice,
        result.agreement,
        1.0,
    )
    return ResultReceived(message, result.nested_labels)
