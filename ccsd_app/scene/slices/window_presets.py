"""Named display windows: percentiles of the patient's own voxels, since MR has no fixed units."""

from enum import Enum

from ccsd_app.scene.foreground import PERCENTILES, Window, foreground, window_between
from ccsd_app.scene.slices.slice_scene import (
    shown_sequence,
    shown_window,
    with_window,
    without_window,
)
from ccsd_app.session.state import State


class WindowPreset(Enum):
    """A range of percentiles. The value is its name on the screen."""

    AUTOMATIC = "Automatic (1–99.5 %)"
    WIDE = "Wide (0.1–99.9 %)"
    EVERYTHING = "Full range (0–100 %)"
    NARROW = "Narrow, more contrast (5–95 %)"
    BRIGHT = "Upper half (50–99.9 %)"


_PERCENTILES = {
    WindowPreset.AUTOMATIC: PERCENTILES,
    WindowPreset.WIDE: (0.1, 99.9),
    WindowPreset.EVERYTHING: (0.0, 100.0),
    WindowPreset.NARROW: (5.0, 95.0),
    WindowPreset.BRIGHT: (50.0, 99.9),
}


def with_preset(state: State, preset: WindowPreset) -> State:
    """The state with this window for the sequence in grey."""
    if state.case is None:
        return state
    if preset is WindowPreset.AUTOMATIC:
        return without_window(state)
    return with_window(state, _window(state, preset))


def shown_preset(state: State) -> WindowPreset | None:
    """The preset of the current window; None if the user set another window, or without a case."""
    if state.case is None:
        return None
    sequence = shown_sequence(state.case, state.background)
    if sequence not in state.windows:
        return WindowPreset.AUTOMATIC
    chosen = shown_window(state.windows, state.original or state.case, sequence)
    others = (preset for preset in WindowPreset if preset is not WindowPreset.AUTOMATIC)
    return next((preset for preset in others if _window(state, preset) == chosen), None)


def _window(state: State, preset: WindowPreset) -> Window:
    assert state.case is not None
    original = state.original or state.case
    array = original.volumes[shown_sequence(original, state.background)].array
    if preset is WindowPreset.AUTOMATIC:
        return foreground(array).window
    return window_between(array, *_PERCENTILES[preset])
