"""`Session`: who hears of a change, and in which order."""

from dataclasses import replace

from ccsd_app.session.session import Session
from ccsd_app.session.state import State


def test_a_listener_gets_the_old_and_the_new_state():
    session = Session()
    heard: list[tuple[State, State]] = []
    session.changed.connect(lambda old, new: heard.append((old, new)))
    before, after = session.state, replace(session.state, opacity=0.25)

    session.become(after)

    assert heard == [(before, after)]
    assert session.state is after


def test_becoming_the_same_state_emits_nothing():
    session = Session()
    heard: list[State] = []
    session.changed.connect(lambda _, new: heard.append(new))

    session.become(session.state)

    assert heard == []


def test_every_listener_gets_changes_in_the_order_they_were_made():
    session = Session()
    heard: list[tuple[float, float]] = []

    def eager(_: State, new: State) -> None:
        if new.opacity == 0.25:
            session.become(replace(new, opacity=0.75))

    session.changed.connect(eager)
    session.changed.connect(lambda old, new: heard.append((old.opacity, new.opacity)))

    session.become(replace(session.state, opacity=0.25))

    assert heard == [(0.5, 0.25), (0.25, 0.75)]
