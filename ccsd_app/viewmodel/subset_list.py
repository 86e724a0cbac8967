"""View-model of the list of subsets: which are computed, and how each scores."""

from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.projection import CROSSHAIR, Projection
from ccsd_app.viewmodel.provenance import score_name
from ccsd_app.viewmodel.region_table import scores_of
from ccsd_app.viewmodel.subset_state import subset_state
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region


@dataclass(frozen=True, slots=True)
class SubsetRow:
    """One subset.

    Args:
        subset: The subset.
        given: Whether the network is given each of the four sequences.
        word: `computed`, `running`, `waiting`, `stopped`.
        scores: WT, TC, ET as text, "" where not computed.
        colours: Of the scores.
        shown: Whether it is on screen.
        wanted: Whether the toggles ask for it.
    """

    subset: ModalitySubset
    given: tuple[bool, ...]
    word: str
    scores: tuple[str, ...]
    colours: tuple[Rgb, ...]
    shown: bool
    wanted: bool

    @property
    def spoken(self) -> str:
        """The row in one sentence, for tooltips and screen readers."""
        numbers = [
            f"{region.name} {score}"
            for region, score in zip(Region, self.scores, strict=True)
            if score
        ]
        return ", ".join([self.subset.label, self.word, *numbers])


@dataclass(frozen=True, slots=True)
class SubsetList:
    """What the list shows: the subsets of the case in table order."""

    rows: tuple[SubsetRow, ...]
    score_name: str


def subset_list(state: State) -> SubsetList:
    """The rows."""
    subsets = state.case.available.subsets() if state.case else ()
    return SubsetList(tuple(_row(s, state) for s in subsets), score_name(state))


def _row(subset: ModalitySubset, state: State) -> SubsetRow:
    result = state.results.get(subset)
    scores = scores_of(result, state) if result is not None else {}
    return SubsetRow(
        subset,
        tuple(m in subset for m in Modality),
        subset_state(subset, state),
        tuple(f"{scores[r]:.2f}" if r in scores else "" for r in Region),
        tuple(region_colours(state.colours).values()),
        subset == state.shown,
        subset == state.used,
    )


class SubsetListModel:
    """Shows `subset_list(state)`; a click makes a subset the one in use."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = Projection(session, subset_list, ignores=CROSSHAIR)

    def use(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.using(subset))
