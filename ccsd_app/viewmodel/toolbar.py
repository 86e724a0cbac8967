"""View-model of the toolbar and of the keys: what is drawn, and how."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ccsd_app.session.look import OverlayStyle
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.projection import CROSSHAIR, PROGRESS, Projection
from ccsd_core.domain.modality import Modality

OPACITY_STEP = 0.1


@dataclass(frozen=True, slots=True)
class Toolbar:
    """What the toolbar shows."""

    backgrounds: tuple[Modality, ...]
    background: Modality
    show_overlay: bool
    outline: bool
    opacity_percent: int
    reference_there: bool
    reference_shown: bool
    radiological: bool
    case_open: bool


def toolbar(state: State) -> Toolbar:
    """The toolbar for a state."""
    return Toolbar(
        state.available,
        state.background,
        state.show_overlay,
        state.overlay is OverlayStyle.OUTLINE,
        round(state.opacity * 100),
        state.case is not None and state.case.reference is not None,
        state.show_reference,
        state.radiological,
        state.case is not None,
    )


class ToolbarModel:
    """Shows `toolbar(state)`; each control and key asks for one change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = Projection(session, toolbar, ignores=CROSSHAIR + PROGRESS)

    def draw_over(self, modality: Modality) -> None:
        self._become(lambda state: state.over(modality))

    def toggle_overlay(self) -> None:
        self._become(lambda state: replace(state, show_overlay=not state.show_overlay))

    def toggle_outline(self) -> None:
        outline = self._session.state.overlay is OverlayStyle.OUTLINE
        self.draw_as(OverlayStyle.FILLED if outline else OverlayStyle.OUTLINE)

    def draw_as(self, style: OverlayStyle) -> None:
        self._become(lambda state: replace(state, overlay=style))

    def set_opacity_percent(self, percent: int) -> None:
        self._become(lambda state: state.with_opacity(percent / 100))

    def more_opaque(self) -> None:
        self._become(lambda state: state.with_opacity(state.opacity + OPACITY_STEP))

    def less_opaque(self) -> None:
        self._become(lambda state: state.with_opacity(state.opacity - OPACITY_STEP))

    def toggle_reference(self) -> None:
        self._become(lambda state: replace(state, show_reference=not state.show_reference))

    def toggle_radiological(self) -> None:
        self._become(lambda state: replace(state, radiological=not state.radiological))

    def dismiss_problem(self) -> None:
        self._become(lambda state: replace(state, problem=""))

    def _become(self, change: Callable[[State], State]) -> None:
        self._session.become(change(self._session.state))
