"""The tour without a window: what Return does while a result is still to come."""

from dataclasses import replace

import pytest

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.paths import PathKind, case_path
from ccsd_app.viewmodel.teaching.tour import TourModel
from ccsd_app.viewmodel.teaching.tour_actions import most_helpful_added
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TO_LEAVE_OUT = 3


@pytest.fixture
def session(fake_worker, fake_results) -> Session:
    """Everything is computed from all sequences, and from nothing less."""
    state = State().opened(fake_worker.phantom("p", FULL))
    return Session(state.with_result(fake_results(FULL)))


@pytest.fixture
def tour(session) -> TourModel:
    tour = TourModel(session)
    tour.start()
    while tour.popup.number < TO_LEAVE_OUT:
        tour.next_step()
    return tour


def test_return_waits_for_what_it_asked_for(tour, session, fake_results):
    tour.perform_or_next()
    tour.perform_or_next()

    assert session.state.used == NO_T1C
    assert (tour.popup.number, tour.popup.in_progress, tour.popup.done_text) == (
        TO_LEAVE_OUT,
        True,
        "",
    )
    session.become(session.state.with_result(fake_results(NO_T1C)))
    assert (tour.popup.in_progress, tour.popup.done_text) == (False, "T1c is withheld.")
    tour.perform_or_next()
    assert tour.popup.number == TO_LEAVE_OUT + 1


def test_next_goes_on_without_waiting(tour):
    tour.perform_or_next()
    tour.next_step()

    assert tour.popup.number == TO_LEAVE_OUT + 1
    assert not tour.popup.in_progress


def stop(state: State) -> State:
    return replace(state.reverted(), activity=None, stopped=True)


def undo(state: State) -> State:
    return state.toggled(Modality.T1C)


@pytest.mark.parametrize("end", [stop, undo])
def test_what_was_stopped_or_undone_can_be_asked_for_again(tour, session, end):
    tour.perform_or_next()
    session.become(end(session.state))

    assert (tour.popup.instruction, tour.popup.in_progress, tour.popup.can_perform) == (
        "Press 3.",
        False,
        True,
    )
    tour.perform_or_next()
    assert session.state.used == NO_T1C
    assert tour.popup.number == TO_LEAVE_OUT


def test_what_was_done_stays_so_while_something_else_is_computed(tour, session, fake_results):
    tour.perform_or_next()
    session.become(session.state.with_result(fake_results(NO_T1C)))
    session.become(session.state.toggled(Modality.T2))

    assert session.state.waiting
    assert (tour.popup.in_progress, tour.popup.done_text) == (False, "T1c is withheld.")
    tour.perform_or_next()
    assert tour.popup.number == TO_LEAVE_OUT + 1


def test_without_any_result_and_stopped_nothing_is_waited_for(fake_worker):
    session = Session(replace(State().opened(fake_worker.phantom("p", FULL)), stopped=True))
    tour = TourModel(session)
    tour.start()
    while tour.popup.number < TO_LEAVE_OUT:
        tour.next_step()

    tour.perform_or_next()

    assert not tour.popup.in_progress


def at_the_walk(session) -> tuple[TourModel, PathPlayer, int]:
    """A tour at the step of the walk, the walk's player, and the step's number."""
    player = PathPlayer(session)
    tour = TourModel(session, player)
    tour.start()
    while tour.popup.title != "Stepwise removal":
        tour.next_step()
    return tour, player, tour.popup.number


def test_return_waits_for_the_stepwise_removal_until_it_is_paused(session):
    tour, player, walk = at_the_walk(session)

    tour.perform_or_next()
    tour.perform_or_next()
    assert player.view.setup.playing
    assert (tour.popup.number, tour.popup.in_progress) == (walk, True)

    player.pause()
    assert not tour.popup.in_progress, "nothing comes of a walk that is paused"
    tour.perform_or_next()
    assert player.view.setup.playing, "what did not come can be asked for again"
    assert tour.popup.number == walk


@pytest.mark.parametrize("used", [p for p in FULL.subsets() if len(p) < 4], ids=str)
def test_what_helps_most_is_added_to_what_is_in_use(session, used):
    before = replace(session.state.using(used), shown=used)

    after = most_helpful_added(before)

    assert set(used) < set(after.used)
    assert len(after.used) == len(used) + 1


def test_what_is_in_use_is_kept_while_something_else_is_on_screen(session):
    one, two = (ModalitySubset.parse(text) for text in ("FLAIR", "FLAIR+T2"))
    before = replace(session.state.using(two), shown=one)

    assert set(two) <= set(most_helpful_added(before).used)


def test_a_stepwise_removal_that_ends_where_it_began_is_done(full_state):
    session = Session(full_state)
    tour, player, walk = at_the_walk(session)
    end = case_path(PathKind.GREATEST_LOSS, session.state, seed=1).subsets[-1]
    session.become(session.state.using(end))  # as the step before may leave it
    tour.back()
    tour.next_step()

    tour.perform_or_next()
    while player.view.dwell is not None:
        player.advance()

    assert session.state.shown == end
    assert (tour.popup.number, tour.popup.done_text) == (walk, f"The current step is {end.label}.")
    tour.perform_or_next()
    assert tour.popup.number == walk + 1
