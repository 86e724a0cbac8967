"""A display that does not answer is named before Qt ends the process."""

import os
import socket

import pytest

from ccsd_app.main import _require_display
from ccsd_app.qt.startup.wayland_display import wayland_answers
from ccsd_core.errors import FailedError

WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}


def test_a_socket_that_listens_is_reached_and_a_dead_one_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen(1)
        assert wayland_answers("wayland-0")
        assert wayland_answers(str(tmp_path / "wayland-0"))
    assert not wayland_answers("wayland-0")
    assert not wayland_answers("wayland-9")


def test_a_dead_wayland_display_is_named_if_there_is_no_other(monkeypatch):
    with pytest.raises(FailedError, match="Wayland display wayland-0 does not answer"):
        _require_display(WAYLAND, platform="linux", wayland_answers=lambda _: False)


def test_x_is_used_where_wayland_is_dead(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    both = {**WAYLAND, "DISPLAY": ":7"}

    _require_display(
        both, platform="linux", x_answers=lambda _: True, wayland_answers=lambda _: False
    )

    assert "WAYLAND_DISPLAY" not in os.environ


def test_a_wayland_display_that_answers_is_left_alone():
    _require_display(WAYLAND, platform="linux", wayland_answers=lambda _: True)
