"""The inference process's program: reads models and cases, and serves the window.

Apart from commands, the only module of the app that imports torch: it is started by name
(`entry.py`), and no other module imports it. What the process does lies in `inference/`.
"""

import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from ccsd_app.worker import protocol
from ccsd_app.worker.inference.command_queue import ConnectionClosed
from ccsd_app.worker.inference.computation import LoadCase, PrepareCase
from ccsd_app.worker.inference.predictor_protocol import PredictorProtocol
from ccsd_app.worker.inference.server import Loaders, LoadModel, Server
from ccsd_app.worker.memory_limit import limit_memory
from ccsd_core.domain.case import Case
from ccsd_core.domain.region import SCHEMES
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.preparation.prepared import PreparedCase
from ccsd_core.progress import Steps
from ccsd_core.storage.cases.overrides import Overrides

NICENESS = 5
"""Niceness of the process: the window has priority for the processor."""

_limits = protocol.Limits()
"""The user's limits for this process; set when the model is loaded."""


def load_model(model: str | None, device: str) -> PredictorProtocol:
    """Import torch, which takes seconds, and load the model."""
    from ccsd_core.inference.load import load_model as load

    return load(model, device=device)


def use_cores() -> None:
    """Set the number of threads to that of the cores, or to the user's limit."""
    import torch

    from ccsd_core.inference.hardware.devices import usable_cores

    allowed = _limits.threads or usable_cores()
    torch.set_num_threads(min(allowed, usable_cores()))


def load_case(path: Path, files: Overrides | None) -> Case:
    """Read the case once more, in this process."""
    from ccsd_core.storage.cases.case_folder import load_case as load

    scheme = SCHEMES.get(_limits.label_scheme)
    return load(path, files=files, labels_needed=False, default_scheme=scheme)


def prepare_case(
    path: Path, files: Overrides | None, case: Case, adjustments: Adjustments
) -> Steps[PreparedCase | None] | None:
    """The work of preparing a case; None if it needs none."""
    from ccsd_core.preparation.of_case import needs_anything
    from ccsd_core.preparation.of_case import prepare_case as prepare

    if not needs_anything(case) and not adjustments.changes_anything:
        return None
    return _on_all_cores(prepare(path, files, case, adjustments))


def _on_all_cores(steps: Steps[PreparedCase | None]) -> Steps[PreparedCase | None]:
    if "torch" in sys.modules:
        use_cores()
    return (yield from steps)


def apply_limits(limits: protocol.Limits) -> None:
    """Apply the user's limits from now on."""
    global _limits  # noqa: PLW0603 — limits apply to the process
    _limits = limits
    limit_memory(limits.memory_mb)


def serve(
    connection: Connection,
    *,
    load_model: LoadModel = load_model,
    load_case: LoadCase = load_case,
    prepare_case: PrepareCase = prepare_case,
) -> None:
    """Answer commands until `Quit` or until the window's process is gone."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    loaders = Loaders(load_model, load_case, prepare_case, apply_limits, use_cores)
    try:
        Server(connection, loaders).run()
    except (ConnectionClosed, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
