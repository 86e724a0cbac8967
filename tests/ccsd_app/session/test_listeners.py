"""Listeners of the state: all are called, even if one fails."""

import gc

import pytest

from ccsd_app.session.session import Session
from ccsd_app.session.state import State


class Part:
    def __init__(self, heard):
        self.heard = heard

    def on_changed(self, _old, new):
        self.heard.append(new)


def test_a_listener_that_fails_stops_no_other_and_its_error_is_raised():
    session, heard = Session(), []

    def fails(_old, _new):
        raise UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed")

    session.changed.connect(fails)
    session.changed.connect(lambda _old, new: heard.append(new))
    new = State(opacity=0.25)

    with pytest.raises(UnicodeEncodeError):
        session.become(new)
    assert heard == [new]


def test_a_deleted_listener_is_not_called_and_one_can_be_disconnected():
    session, heard = Session(), []
    one, other = Part(heard), Part(heard)
    session.changed.connect(one.on_changed)
    session.changed.connect(other.on_changed)
    del one
    gc.collect()

    session.become(State(opacity=0.25))
    assert len(heard) == 1
    session.changed.disconnect(other.on_changed)
    session.become(State(opacity=0.5))
    assert len(heard) == 1
