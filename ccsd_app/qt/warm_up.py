"""Imports what the first comparison and the first colour map need, before somebody waits for it.

Some hundred milliseconds that the window would stand still; done in a thread once the first
result is on screen, so that they do not delay it.
"""

import importlib
from threading import Thread

from ccsd_app.session.session import Session
from ccsd_app.session.state import State

MODULES = ("ccsd_core.evaluation.metrics", "matplotlib", "scipy.ndimage")


class WarmUp:
    """Waits for the first result, then imports, once.

    Args:
        session: Where results arrive.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.thread: Thread | None = None
        session.changed.connect(self._on_session_changed)

    def _on_session_changed(self, old: State, new: State) -> None:
        if new.result is None or self.thread is not None:
            return
        self.thread = Thread(target=_import, name="imports", daemon=True)
        self.thread.start()


def _import() -> None:
    for name in MODULES:
        importlib.import_module(name)
