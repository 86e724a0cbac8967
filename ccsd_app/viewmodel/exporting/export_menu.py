"""View-model of the Export menu: what can be exported now, and why not the rest."""

from dataclasses import dataclass

from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.panels.path_player import computed_cosine_path
from ccsd_app.viewmodel.panels.paths import case_path
from ccsd_core.domain.modality import ModalitySubset

NO_RESULT = "No result yet"
BUSY = "Another export is running"
ONE_GRID = "All sequences lie on one grid: export the label map itself"
NOT_DICOM = "The case was not opened from a DICOM study"
NO_BOOKMARKS = "No bookmarks yet: Ctrl+B adds one"
NOTHING_FOUND = "No tumour was found, and DICOM cannot store an empty segmentation"


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """Why entries are disabled; "" if they are enabled.

    Args:
        picture: Pictures of views and of the window.
        shown: Exports of the result on screen.
        computed: Exports of all computed subsets.
        sequences: Label maps on the grid of every sequence.
        dicom_seg: A DICOM segmentation of the result on screen.
        capture: A DICOM picture of the views.
        count: Number of computed subsets.
        steps: Number of subsets in a film of the stepwise removal.
        bookmarks: Number of bookmarks.
    """

    picture: str
    shown: str
    computed: str
    sequences: str
    dicom_seg: str
    capture: str
    count: int
    steps: int
    bookmarks: int


def export_offer(state: State, *, busy: bool) -> ExportOffer:
    """What can be exported from a state.

    >>> export_offer(State(), busy=False).shown
    'No case is open'
    """
    case = state.case
    picture = BUSY if busy else NO_CASE if case is None else ""
    shown = picture or ("" if state.result is not None else _why_none(state))
    no_study = picture or ("" if case is not None and case.study_folder else NOT_DICOM)
    nothing = state.result is not None and not state.result.nested_labels.any()
    return ExportOffer(
        picture=picture,
        shown=shown,
        computed=picture or ("" if state.results else NO_RESULT),
        sequences=shown or ("" if state.preparation is not None else ONE_GRID),
        dicom_seg=no_study or shown or (NOTHING_FOUND if nothing else ""),
        capture=no_study or shown,
        count=len(state.results),
        steps=len(removal_order(state)),
        bookmarks=len(state.bookmarks),
    )


def _why_none(state: State) -> str:
    return sentence(HIDDEN) if state.shown in hidden(state) else NO_RESULT


def computed_subsets(state: State) -> tuple[ModalitySubset, ...]:
    """Every computed subset, smallest first, which is the order of all tables."""
    if state.case is None:
        return ()
    return tuple(s for s in state.case.available.subsets() if s in state.results)


def removal_order(state: State) -> tuple[ModalitySubset, ...]:
    """The steps of the chosen removal order, as far as they are computed, for a film.

    Where none is chosen: every computed subset, largest first.
    """
    kind = state.removal.kind
    if kind is not None:
        cosine = computed_cosine_path(state)
        path = case_path(kind, state, seed=state.removal.seed, cosine_path=cosine)
        if path.subsets and all(s in state.results for s in path.subsets):
            return path.subsets
    return tuple(sorted(computed_subsets(state), key=len, reverse=True))
