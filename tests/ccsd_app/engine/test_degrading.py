"""The engine and degradations: what it sends to the inference process, and when."""

from concurrent.futures import Executor, Future
from pathlib import Path

import numpy as np
import pytest

from ccsd_app.engine.engine import Engine
from ccsd_app.engine.result_cache import degraded_key
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.session import Session
from ccsd_app.worker import protocol
from ccsd_app.worker.events import DegradedReceived, ResultReceived
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
NOISE = Degradations.parse(["T1c:noise=3"])
CLEAN = Degradations()


class AtOnce(Executor):
    def submit(self, fn, /, *args, **kwargs) -> Future:
        fn(*args, **kwargs)
        return Future()


class Spy:
    """Records what is sent to the inference process."""

    def __init__(self) -> None:
        self.degraded: list[tuple[Degradations, ModalitySubset, frozenset]] = []
        self.others: list[tuple] = []

    def degrade(self, degradations, *, wanted, done, full) -> None:
        assert full is not None
        self.degraded.append((degradations, wanted, done))

    def __getattr__(self, name: str):
        return lambda *args, **how: self.others.append((name, *args))


@pytest.fixture
def desk(fake_worker, fake_results):
    spy, session = Spy(), Session()
    engine = Engine(
        session,
        lambda on_event: spy,
        JobRunner(AtOnce(), lambda call: call()),
        fake_worker.load_case,
    )
    engine.open(Path("p"))

    def arrives(subset: ModalitySubset = FULL) -> None:
        result = fake_results(subset)
        message = protocol.SubsetFinished(
            1,
            subset,
            None,
            result.offset_voxel,
            result.volumes_ml,
            result.dice,
            result.agreement,
            1,
        )
        engine.handle_events([ResultReceived(message, result.nested_labels)])

    return session, engine, spy, arrives


def images(session) -> DegradedReceived:
    array = session.state.original.volumes[Modality.T1C].array + np.float32(5)
    return DegradedReceived(2, NOISE, {Modality.T1C: array})


def test_what_is_asked_for_early_is_told_once_agreement_can_be_measured(desk):
    session, _, spy, arrives = desk
    session.become(session.state.degrading(NOISE))
    assert spy.degraded == []

    arrives(FULL)

    assert spy.degraded == [(NOISE, FULL, frozenset())]


def test_the_images_and_the_results_of_them_are_shown_together(desk):
    session, engine, spy, arrives = desk
    arrives(FULL)
    arrives(NO_T1C)
    clean = session.state.results[FULL]
    session.become(session.state.degrading(NOISE))
    assert spy.degraded == [(NOISE, FULL, frozenset({NO_T1C}))]
    assert session.state.result is clean

    engine.handle_events([images(session)])
    arrives(FULL)

    assert session.state.applied == NOISE
    assert session.state.result is not clean
    assert session.state.full_result is clean


def test_a_reset_is_sent_with_all_known_results(desk):
    session, engine, spy, arrives = desk
    arrives(FULL)
    session.become(session.state.degrading(NOISE))
    engine.handle_events([images(session)])
    arrives(NO_T1C)  # valid for the undegraded images, too

    session.become(session.state.degrading(CLEAN))

    assert spy.degraded[-1] == (CLEAN, FULL, frozenset({FULL, NO_T1C}))
    assert session.state.results.keys() == {FULL, NO_T1C}


def test_escape_takes_back_what_is_not_on_screen_yet(desk):
    session, engine, spy, arrives = desk
    arrives(FULL)
    session.become(session.state.degrading(NOISE))
    engine.handle_events([protocol.ProgressUpdate(2, "degrading T1c", 0, 0)])

    engine.cancel()

    assert session.state.degradations == CLEAN
    assert ("cancel",) in spy.others
    assert [message for message, _, _ in spy.degraded] == [NOISE, CLEAN]


def test_what_cannot_be_done_is_taken_back_with_a_message(desk):
    session, engine, _, arrives = desk
    arrives(FULL)
    session.become(session.state.degrading(NOISE))

    engine.handle_events([protocol.Failed(2, "memory gave out: close other programs")])

    assert session.state.degradations == CLEAN
    assert session.state.problem == "memory gave out: close other programs"


def test_stored_results_are_of_one_case_and_one_degradation():
    keys = {
        degraded_key("k", NOISE, case_id="a"),
        degraded_key("k", NOISE, case_id="b"),  # other random numbers
        degraded_key("other images", NOISE, case_id="a"),
        degraded_key("k", Degradations.parse(["T1c:noise=3.1"]), case_id="a"),
    }
    assert len(keys) == 4
