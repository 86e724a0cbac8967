"""Asking a child process whether OpenGL works."""

import os

import pytest

from ccsd_app.qt.view3d.gl_probe import Probe, probe, read_answer


@pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")
def test_under_an_x_server_the_probe_names_the_renderer():
    found = probe("xcb")
    assert found.ok
    assert found.reason.startswith("OpenGL ")


def test_without_a_display_the_probe_says_so(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    found = probe("xcb")
    assert not found.ok
    assert "display" in found.reason


def test_a_platform_without_windows_is_not_even_asked():
    assert probe("offscreen") == Probe(
        ok=False, reason="the Qt platform 'offscreen' has no OpenGL windows"
    )


def test_a_crash_of_the_child_becomes_a_sentence():
    found = read_answer("", "libGL error: no driver\nmore", returncode=-11)
    assert found == Probe(
        ok=False, reason="OpenGL crashed the probe (signal 11): libGL error: no driver"
    )


def test_a_refusal_of_the_child_is_passed_on():
    assert read_answer("noise\nNO too old\n", "", returncode=0) == Probe(ok=False, reason="too old")


def test_a_crash_after_the_answer_is_no_success():
    assert not read_answer("OK fine\n", "", returncode=-6).ok
