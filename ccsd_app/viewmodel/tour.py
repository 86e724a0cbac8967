"""The guided tour: what each step points at, says, and asks the user to do.

sequences ▸ regions ▸ leave T1c out ▸ what it cost ▸ curve ▸ grid ▸ compare ▸ difference ▸
what next ▸ export

A step that asks for something goes on by itself once the state shows that it was done.
"""

from collections.abc import Callable
from dataclasses import dataclass

from psygnal import Signal

from ccsd_app.session.hidden import seen
from ccsd_app.session.look import Layer
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.provenance import score_name
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region

Done = Callable[[State, State], bool]
"""Whether what was asked for is done: the state at the step's beginning, and now."""


def _never(before: State, now: State) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Args:
        target: Object name of the widget it points at.
        title: What it is about.
        text: Two sentences.
        ask: What the user may do; "" where there is only something to read.
        done: Whether that was done.
    """

    target: str
    title: str
    text: str
    ask: str = ""
    done: Done = _never


@dataclass(frozen=True, slots=True)
class TourCard:
    """What the card beside the target shows."""

    target: str
    title: str
    text: str
    ask: str
    number: int
    total: int

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def last(self) -> bool:
        return self.number == self.total


def steps(state: State) -> tuple[Step, ...]:
    """The steps for the open case."""
    left_out = sequence_to_leave_out(state)
    name = "a sequence" if left_out is None else left_out.label
    return (
        Step(
            "modality_bar",
            "One patient, up to four sequences",
            "The network is given the MR sequences that are ticked here. Keys 1 to 4 leave one "
            "out, as if it had never been acquired, and give it back.",
        ),
        Step("region_table", "What the network found", _about_regions(state)),
        Step(
            "modality_bar",
            f"Leave {name} out",
            _about(left_out),
            "" if left_out is None else f"Press {left_out + 1}.",
            lambda before, now: left_out is not None and _shows_without(now, left_out),
        ),
        Step("views", "What that cost", _what_it_cost(state)),
        Step(
            "curve_panel",
            "The robustness curve",
            f"Each point is one subset of the sequences: its {score_name(state)}, against how "
            "many there are. The line is the mean, the band reaches from the worst to the best.",
            "" if left_out is None else "Click a point to go to its subset.",
            _another_subset,
        ),
        Step(
            "subset_grid",
            "Every subset at a glance",
            "Each cell draws this very slice from one subset, with the score and volume of one "
            "region. A full dot is a sequence given, an empty one is left out.",
            "" if left_out is None else "Click a cell to go to its subset.",
            _another_subset,
        ),
        Step(
            "compare",
            "Two subsets side by side",
            "A is what is shown, B another subset, at first everything there is. Slices move "
            "together, and a table above them has the numbers of both.",
            "Press C.",
            lambda before, now: now.side_by_side,
        ),
        Step(
            "views",
            "Where they differ",
            "The difference shows by colour and pattern what both found of one region, and what "
            "only one of them did. The line under the views is the legend; T takes another region.",
            "Press D.",
            lambda before, now: now.show_overlay and now.layer is Layer.DIFFERENCE,
        ),
        Step(
            "what_next",
            "Which sequence would help most?",
            _about_gains(state),
            "Click Add beside one." if _can_add(state) else "",
            lambda before, now: len(now.used) > len(before.used) and not now.waiting,
        ),
        Step(
            "export",
            "Take it with you",
            "Label maps, surfaces, pictures, moving pictures and all numbers; each says which "
            "input and which model it is from. The tour and all keys stay under Help.",
        ),
    )


def sequence_to_leave_out(state: State) -> Modality | None:
    """T1c, which costs most; another where the case has none; None where only one is there."""
    if len(state.available) < 2:
        return None
    return Modality.T1C if Modality.T1C in state.available else state.available[-1]


def _about_regions(state: State) -> str:
    score = "the agreement with what is found from all sequences: there are no expert labels"
    if score_name(state) == "Dice":
        score = "Dice against the expert's labels, from 0 to 1"
    return (
        "Whole tumour (WT) holds the tumour core (TC), which holds the enhancing tumour (ET). "
        f"Each has its volume, its change against all sequences, and a score: {score}."
    )


def _about(left_out: Modality | None) -> str:
    if left_out is None:
        return (
            "This case has a single sequence, which the network cannot do without. Cases with "
            "several let you leave out one after the other."
        )
    why = f"{left_out.label} is one of several views of the same tumour."
    if left_out is Modality.T1C:
        why = "T1c is taken after contrast agent, which is what makes enhancing tumour bright."
    return f"{why} See what the network makes of the others alone."


def _about_gains(state: State) -> str:
    gains = "what it adds to each region's score in this case"
    if state.model is not None and state.model.population is not None:
        gains = f"what it adds on average over the model's evaluation, and {gains}"
    return f"For each sequence that is left out: {gains}. The most helpful one is on top."


def _what_it_cost(state: State) -> str:
    """In the case's own numbers, as far as there are any to be seen."""
    shown = seen(state)
    full, now = shown.full_result, shown.result
    where = "The slices and the 3-D view show what is found now; the table names each change."
    if full is None or now is None or now is full:
        return f"{where} Key 0 gives the network everything again."
    region = max(Region, key=lambda r: abs(now.volumes_ml[r] - full.volumes_ml[r]))
    before, after = full.volumes_ml[region], now.volumes_ml[region]
    return f"{region.name} changed most, from {before:.1f} to {after:.1f} mL. {where}"


def _shows_without(state: State, modality: Modality) -> bool:
    return modality not in state.used and not state.waiting


def _another_subset(before: State, now: State) -> bool:
    return now.used != before.used and not now.waiting


def _can_add(state: State) -> bool:
    return state.case is not None and len(state.used) < len(state.case.available)


class TourModel:
    """Where the tour is; `changed` is told the card, or None when there is no tour.

    It asks nothing of the session: ending the tour leaves everything as it is.
    """

    changed = Signal(object)

    def __init__(self, session: Session) -> None:
        self._session = session
        self._index: int | None = None
        self._before = session.state
        self._card: TourCard | None = None
        session.changed.connect(self._on_session_changed)

    @property
    def card(self) -> TourCard | None:
        return self._card

    def start(self) -> None:
        """Begin with the first step, if a case is open."""
        if self._session.state.case is not None:
            self._enter(0)

    def back(self) -> None:
        if self._index:
            self._enter(self._index - 1)

    def go_on(self) -> None:
        """The next step; after the last one the tour is over."""
        if self._index is None:
            return
        if self._index + 1 < len(steps(self._session.state)):
            self._enter(self._index + 1)
        else:
            self.end()

    def end(self) -> None:
        self._index = None
        self._show()

    def _enter(self, index: int) -> None:
        self._index = index
        self._before = self._session.state
        self._show()

    @property
    def _asks(self) -> bool:
        """What is done already when the step begins is not asked for."""
        if self._index is None:
            return False
        step = steps(self._before)[self._index]
        return bool(step.ask) and not step.done(self._before, self._before)

    def _on_session_changed(self, old: State, new: State) -> None:
        if self._index is None:
            return
        if new.case is not old.case:
            self._enter(self._index)
        elif self._asks and steps(new)[self._index].done(self._before, new):
            self.go_on()
        else:
            self._show()

    def _show(self) -> None:
        card = None
        if self._index is not None:
            every = steps(self._session.state)
            step = every[self._index]
            ask = steps(self._before)[self._index].ask if self._asks else ""
            card = TourCard(step.target, step.title, step.text, ask, self._index + 1, len(every))
        if card != self._card:
            self._card = card
            self.changed.emit(card)
