"""View-model of the four sequence toggles, which choose the input of the model."""

from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_core.domain.case import NOT_OPENED
from ccsd_core.domain.modality import Modality, ModalitySubset


@dataclass(frozen=True, slots=True)
class Toggle:
    """What one row shows.

    Args:
        modality: The sequence.
        key: The digit that toggles it.
        checked: Whether it is given to the model.
        enabled: Whether it can be toggled.
        status: `present`, `degraded`, `withheld`, `missing` or `not opened`.
        hint: What a click does, or why it cannot be toggled.
        file: Name of its file.
    """

    modality: Modality
    key: str
    checked: bool
    enabled: bool
    status: str
    hint: str
    file: str


def toggles(state: State) -> tuple[Toggle, ...]:
    """The rows, in channel order."""
    return tuple(_toggle(modality, state) for modality in Modality)


def _toggle(modality: Modality, state: State) -> Toggle:
    key, name = str(modality + 1), modality.label
    source = state.case.sources.get(modality) if state.case is not None else None
    used = state.case is not None and modality in state.used
    only_one = used and state.used == ModalitySubset.of(modality)
    if state.case is None:
        status, hint = "", "No case is open"
    elif modality not in state.available:
        status = state.case.absence(modality)
        hint = f"The case has no {name}; the model treats it as missing"
        if status == NOT_OPENED:
            hint = f"The {name} file was not opened; the model treats it as missing"
    elif only_one:
        degraded = modality in state.applied.sequences
        status = "degraded" if degraded else "present"
        hint = f"{name} cannot be withheld: at least one sequence is needed"
    elif used and modality in state.applied.sequences:
        done = state.applied.labels[modality]
        status, hint = "degraded", f"Degraded: {done}. Withhold {name} from the model ({key})"
    elif used:
        status, hint = "present", f"Withhold {name} from the model ({key})"
    else:
        status, hint = "withheld", f"Give {name} to the model again ({key})"
    origin = f"\n{source.path}\n{source.reason}" if source else ""
    return Toggle(
        modality,
        key,
        checked=used and modality in state.available,
        enabled=modality in state.available and not only_one,
        status=status,
        hint=hint + origin,
        file=source.path.name if source else "",
    )


class ModalityToggles:
    """Shows `toggles(state)`; a click toggles one sequence.

    `refused` is emitted with a sequence that cannot be toggled; its hint says why.
    """

    refused = Signal(Modality)

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = DerivedValue(session, toggles, ignores=CROSSHAIR + PROGRESS)

    def toggle(self, modality: Modality) -> None:
        before = self._session.state
        self._session.become(before.toggled(modality))
        if before.case is not None and self._session.state is before:
            self.refused.emit(modality)

    def use_all(self) -> None:
        """Select all sequences that the patient has."""
        self._session.become(self._session.state.using(ModalitySubset.full()))
