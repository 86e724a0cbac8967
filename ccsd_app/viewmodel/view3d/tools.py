"""View-model of the 3-D view's tools: the brain surface, the slices, expert surfaces, clipping."""

from dataclasses import dataclass, replace

from ccsd_app.session.display import Cut, View3dSettings
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.common.sentence import sentence


@dataclass(frozen=True, slots=True)
class Tool:
    """What one button shows.

    Args:
        checked: Whether it is on.
        enabled: Whether it can be toggled.
        hint: What it does, or why it is disabled.
    """

    checked: bool
    enabled: bool
    hint: str

    def disabled_if(self, reason: str) -> "Tool":
        """The tool, disabled if there is a reason."""
        return Tool(self.checked, enabled=False, hint=reason) if reason else self


@dataclass(frozen=True, slots=True)
class View3dTools:
    """What the row of tools shows.

    Args:
        rotation: The buttons that rotate the camera.
        brain: The brain surface.
        slices: The three slices in space.
        expert: The expert's surfaces.
        clipping: Clipping by a plane.
        cut: The clipping plane.
    """

    rotation: Tool
    brain: Tool
    slices: Tool
    expert: Tool
    clipping: Tool
    cut: Cut

    def all_disabled(self, reason: str) -> "View3dTools":
        """The tools if nothing can be drawn."""
        return View3dTools(
            self.rotation.disabled_if(reason),
            self.brain.disabled_if(reason),
            self.slices.disabled_if(reason),
            self.expert.disabled_if(reason),
            self.clipping.disabled_if(reason),
            self.cut,
        )

    def rotation_disabled(self, reason: str) -> "View3dTools":
        """The tools if the camera cannot be moved."""
        return replace(self, rotation=self.rotation.disabled_if(reason))


def view3d_tools(state: State) -> View3dTools:
    """The tools for a state."""
    no_case = "" if state.case is not None else NO_CASE
    labels_absence = "" if state.case is None else sentence(state.case.labels_absence)
    settings, on = state.view3d, state.case is not None

    def tool(hint: str, *, checked: bool) -> Tool:
        return Tool(checked and on, enabled=True, hint=hint).disabled_if(no_case)

    return View3dTools(
        rotation=tool("", checked=False),
        brain=tool("Show or hide the brain surface", checked=settings.brain),
        slices=tool("Show or hide the three slices through the crosshair", checked=settings.slices),
        expert=tool(
            "Show or hide the expert surfaces (translucent white)",
            checked=settings.expert and not labels_absence,
        ).disabled_if(labels_absence),
        clipping=tool(_cut_hint(settings.cut), checked=settings.cut is not Cut.NONE),
        cut=settings.cut,
    )


def _cut_hint(cut: Cut) -> str:
    hints = {
        Cut.NONE: "Clip along a plane through the crosshair",
        Cut.AXIAL: "Axial clip at the crosshair: removes what lies superior",
        Cut.SAGITTAL: "Sagittal clip at the crosshair: removes the patient's left",
        Cut.CORONAL: "Coronal clip at the crosshair: removes what lies anterior",
    }
    return hints[cut]


class View3dToolsModel:
    """Shows `view3d_tools(state)`; each button makes one change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, view3d_tools, ignores=CROSSHAIR + PROGRESS)

    def toggle_brain(self) -> None:
        self._become(replace(self._settings, brain=not self._settings.brain))

    def toggle_slices(self) -> None:
        self._become(replace(self._settings, slices=not self._settings.slices))

    def toggle_expert(self) -> None:
        self._become(replace(self._settings, expert=not self._settings.expert))

    def set_cut(self, cut: Cut) -> None:
        self._become(replace(self._settings, cut=cut))

    def next_cut(self) -> None:
        """Choose the next clipping plane: none, axial, sagittal, coronal, and none again."""
        every = tuple(Cut)
        self.set_cut(every[(every.index(self._settings.cut) + 1) % len(every)])

    @property
    def _settings(self) -> View3dSettings:
        return self._session.state.view3d

    def _become(self, settings: View3dSettings) -> None:
        self._session.become(replace(self._session.state, view3d=settings))
