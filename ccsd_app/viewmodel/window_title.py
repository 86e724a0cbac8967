"""The window's title: the case's id, never a patient's name."""

from ccsd_app.session.state import State


def window_title(state: State) -> str:
    """`BraTS2021_00006 — CCSD`."""
    return f"{state.case.id} — CCSD" if state.case is not None else "CCSD"
