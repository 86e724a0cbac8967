"""The choices that can be undone: which fields of the state they are, and names of changes.

changed(old, new) ──▶ choices that differ, with their values before and after
restored(state, values) ──▶ the state with these choices, all results as they are
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from ccsd_app.session.display import OverlayStyle
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradation, Degradations
from ccsd_core.data.degradation.kinds import TITLES
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

Values = Mapping[str, Any]
"""Values of some choices, by the names of their fields."""

CURSOR = "cursor_voxel"
DEGRADATIONS = "degradations"
ON_GRID = (CURSOR, "windows")
"""Choices in voxels or intensities of the images that are shown."""

Name = Callable[[State, State], str]


def _used(old: State, new: State) -> str:
    changed = old.used.bits ^ new.used.bits
    if changed.bit_count() == 1:
        sequence = ModalitySubset(changed)
        return f"{'use' if new.used.bits & changed else 'withhold'} {sequence.label}"
    if new.case is not None and new.used == new.case.available:
        return "use all sequences"
    return f"use {new.used.label}"


def _visible(old: State, new: State) -> str:
    changed = sorted(old.visible ^ new.visible)
    names = ", ".join(Region(region).name for region in changed)
    return f"{'show' if len(new.visible) > len(old.visible) else 'hide'} {names}"


def _compared(old: State, new: State) -> str:
    if new.against_reference:
        return "compare with the expert labels"
    return f"compare with {new.compared_name}"


def _removal(old: State, new: State) -> str:
    kind = new.removal.kind
    if kind is None:
        return "clear the removal order"
    if kind is not old.removal.kind or new.removal.seed != old.removal.seed:
        return f"removal order: {kind.value}"
    return "settings of the stepwise removal"


def _bookmarks(old: State, new: State) -> str:
    return "add a bookmark" if len(new.bookmarks) > len(old.bookmarks) else "change bookmarks"


def _measurements(old: State, new: State) -> str:
    more = [one for one in new.measurements if one not in old.measurements]
    if more:
        return f"measure: {more[-1].kind.value.lower()}"
    return "delete a measurement" if new.measurements else "delete all measurements"


def _degradations(old: State, new: State) -> str:
    changed = sorted(
        {(d.sequence, d.kind) for d in {*old.degradations.entries} ^ {*new.degradations.entries}}
    )
    if not new.degradations:
        return "reset all degradations" if len(changed) > 1 else f"reset {_degraded(*changed[0])}"
    if len(changed) == 1:
        sequence, kind = changed[0]
        severity = new.degradations.severity(sequence, kind)
        if severity == 0:
            return f"reset {_degraded(sequence, kind)}"
        return f"degrade {sequence.label}: {Degradation(sequence, kind, severity).label}"
    names = ", ".join(dict.fromkeys(sequence.label for sequence, _ in changed))
    fewer = len(new.degradations.entries) < len(old.degradations.entries)
    return f"{'reset' if fewer else 'degrade'} {names}"


def _degraded(sequence: Modality, kind: str) -> str:
    return f"{TITLES[kind].lower()} of {sequence.label}"


def _either(field: str, yes: str, no: str) -> Name:
    return lambda _, new: yes if getattr(new, field) else no


NAMES: dict[str, Name] = {
    "on_scanned": _either("on_scanned", "show on original slices", "show on prepared images"),
    "side_by_side": _either("side_by_side", "compare side by side", "end the comparison"),
    "degradations": _degradations,
    "used": _used,
    "compared": _compared,
    "against_reference": _compared,
    "compared_model": _compared,
    "layer": lambda _, new: f"show {new.layer.value.lower()}",
    "region": lambda _, new: f"region {new.region.name}",
    "background": lambda _, new: f"{new.background.label} as background",
    "show_overlay": _either("show_overlay", "show the overlay", "hide the overlay"),
    "visible": _visible,
    "overlay": lambda _, new: (
        "draw outlines" if new.overlay is OverlayStyle.OUTLINE else "draw filled regions"
    ),
    "opacity": lambda _, new: f"overlay opacity {new.opacity:.0%}".replace("%", " %"),
    "bookmarks": _bookmarks,
    "measurements": _measurements,
    "show_reference": _either("show_reference", "show expert outlines", "hide expert outlines"),
    "windows": lambda _, __: "window and level",
    "view3d": lambda _, __: "change what the 3-D view shows",
    "removal": _removal,
    "radiological": _either("radiological", "radiological display", "neurological display"),
    "show_crosshair": _either("show_crosshair", "show the crosshair", "hide the crosshair"),
    "colours": lambda _, new: f"colours: {new.colours.value}",
    "mouse": lambda _, new: f"mouse: {new.mouse.value}",
    "prepare": _either("prepare", "prepare raw cases", "do not prepare raw cases"),
    "scan_minutes": lambda _, __: "change the scan minutes",
    CURSOR: lambda _, __: "move the crosshair",
}
"""The name of a change of each choice. If several change at once, the first one counts."""

assert not set(NAMES) - set(State.__dataclass_fields__)


def changed_choices(old: State, new: State) -> tuple[str, ...]:
    """The choices that differ between two states of one case, the most important first."""
    changed = tuple(
        name
        for name in NAMES
        if getattr(old, name) is not getattr(new, name) and getattr(old, name) != getattr(new, name)
    )
    # when the images change, the crosshair is moved to them separately
    return tuple(n for n in changed if n not in ON_GRID) if "on_scanned" in changed else changed


def values(state: State, names: tuple[str, ...]) -> Values:
    """The values of some choices."""
    return {name: getattr(state, name) for name in names}


def restored(state: State, choices: Values) -> State:
    """The state with other values of some choices; everything else stays."""
    rest = dict(choices)
    degradations = rest.pop("degradations", None)
    if degradations is not None:
        state = state.degrading(cast("Degradations", degradations))
    if "on_scanned" in rest:
        state = state.shown_on(scanned=rest.pop("on_scanned"))
    used = rest.pop("used", None)
    cursor = rest.pop(CURSOR, None)
    if "background" in rest:
        state = state.with_background(cast("Modality", rest.pop("background")))
    state = replace(state, **rest)
    if cursor is not None:
        state = state.with_cursor(cast("tuple[int, int, int]", cursor))
    return state if used is None else state.using(cast("ModalitySubset", used))
