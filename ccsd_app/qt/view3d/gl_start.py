"""Starting 3-D in a thread: does OpenGL work here, and the libraries that drawing needs.

    start_3d ──▶ thread: child process asks OpenGL ──▶ imports ──▶ Future[Probe]

The window is on screen meanwhile; pyvistaqt alone takes two seconds to import.
"""

import importlib
import os
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread

from ccsd_app.qt.view3d.gl_probe import Probe, probe

LATER = ("ccsd_core.evaluation.metrics.registry", "matplotlib", "scipy.ndimage")
"""What the first comparison and the first colour map import: some hundred milliseconds in which
the window would not respond. In the same thread, one after another: two threads that import the
same libraries may see half-initialised modules."""


def start_3d(platform: str) -> Future[Probe]:
    """Start the check in a thread; returns a future of the probe's result.

    Args:
        platform: Qt's name of the platform the window is on.
    """
    answer: Future[Probe] = Future()
    Thread(target=_start, args=(answer, platform), name="3-D start").start()
    return answer


def _start(answer: Future[Probe], platform: str) -> None:
    """Runs in the thread and touches no widget."""
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
        for name in LATER:
            importlib.import_module(name)
    answer.set_result(found)
