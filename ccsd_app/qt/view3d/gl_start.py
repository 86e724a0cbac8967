"""Starts 3-D in a thread: checks OpenGL, and imports the libraries that drawing needs.

    start_3d ──▶ thread: child process tries OpenGL ──▶ imports ──▶ Future[Probe]

The window is already usable meanwhile; importing pyvistaqt alone takes two seconds.
"""

import importlib
import os
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread

from ccsd_app.qt.view3d.gl_probe import Probe, probe

PRELOADED = ("ccsd_core.evaluation.metrics.registry", "matplotlib", "scipy.ndimage")
"""Modules that the first comparison and the first colour map import; importing them then would
block the window for some hundred milliseconds. They are imported in the same thread, because two
threads that import the same libraries may see half-initialised modules."""


def start_3d(platform: str) -> Future[Probe]:
    """Start the check in a thread; returns a future of the probe's result.

    Args:
        platform: Qt's name of the platform the window is on.
    """
    answer: Future[Probe] = Future()
    Thread(target=_start, args=(answer, platform), name="3-D start").start()
    return answer


def _start(answer: Future[Probe], platform: str) -> None:
    """Run the check; called in the thread, so it uses no widget."""
    if not answer.set_running_or_notify_cancel():
        return
    found = probe(platform)
    if found.ok:
        os.environ.setdefault("QT_API", "pyside6")
        try:
            importlib.import_module("pyvistaqt")
            importlib.import_module("ccsd_app.render.surfaces")
        except ImportError as error:
            found = Probe(ok=False, reason=f"a library is missing: {error}")
    with suppress(ImportError):  # the error is raised again, and reported, where they are used
        for name in PRELOADED:
            importlib.import_module(name)
    answer.set_result(found)
