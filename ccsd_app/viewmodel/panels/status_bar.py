"""View-model of the status bar: provenance, the probe, and the progress of computations."""

from dataclasses import dataclass

from ccsd_app.session.hidden import hidden
from ccsd_app.session.requests import wanted_requests
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import computing_line, input_line, model_line
from ccsd_app.viewmodel.slices.probe import probe_line


@dataclass(frozen=True, slots=True)
class StatusBar:
    """What the status bar shows.

    Args:
        problem: The latest message the user must see.
        provenance: The input of what is on screen.
        model: Name, hash and device.
        probe: Position, intensity and prediction at the crosshair.
        activity: What is being computed.
        done, total: Its steps; `total` 0 if unknown.
        cancellable: Whether Esc can cancel something.
        stopped: Whether computing was stopped before everything was computed.
    """

    problem: str
    provenance: str
    model: str
    probe: str
    activity: str
    done: int
    total: int
    cancellable: bool
    stopped: bool


def status_bar(state: State) -> StatusBar:
    """The texts of the status bar for a state."""
    activity = state.activity
    what, done, total = "", 0, 0
    if activity is not None:
        what = activity.what
        if activity.subset is not None:
            what = f"Computing {activity.what}"
        done, total = activity.done, activity.total
    return StatusBar(
        state.problem,
        input_line(state),
        model_line(state),
        probe_line(state),
        computing_line(state) if state.shown and computing_line(state) else what,
        done,
        total,
        activity is not None,
        state.stopped and state.case is not None and not _all_computed(state),
    )


def _all_computed(state: State) -> bool:
    """Whether everything is computed that can be, including hidden results."""
    subsets = () if state.case is None else state.case.available.subsets()
    known = state.results.keys() | hidden(state)
    return all(subset in known for subset in subsets) and not wanted_requests(state)
