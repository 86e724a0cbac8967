"""View-model of the side panel's header: the case, the model, and notes about loading."""

from dataclasses import dataclass

from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.preparation import Stage
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import HASH_DIGITS, trained_on
from ccsd_app.viewmodel.common.sentence import message, sentence
from ccsd_core.domain.case import NOT_OPENED, Case
from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.overrides import CHOSEN_BY_USER, SCHEME_CHOSEN_BY_USER

NOT_A_DETECTOR = "Not a detector: the model assumes a tumour"
NOT_STRIPPED = "may not be skull-stripped"
"""Part of the note of `ccsd_core.domain.input_checks` on images with skull."""


@dataclass(frozen=True, slots=True)
class CaseHeader:
    """What the header shows.

    Args:
        case_open: Whether a case is open, so that its files can be shown.
        title: The case's id.
        grid: Size and voxel spacing.
        seen: A warning if the model was trained on this case.
        files: Note that the user chose files, or that some were not opened; "" otherwise.
        labels: The file of the expert labels, or a note that there are none.
        notes: What loading corrected or assumed, one sentence each.
        model: Name and start of the weights' hash.
        model_hint: The full hash and the device.
        trained: What the model was trained on.
        assumes: Note that a tumour is assumed; "" until something is predicted.
        caution: Note that the model performs poorly with the current input; "" otherwise.
    """

    case_open: bool
    title: str
    grid: str
    seen: str
    files: str
    labels: str
    notes: str
    model: str
    model_hint: str
    trained: str
    assumes: str
    caution: str


def case_header(state: State) -> CaseHeader:
    """The texts of the header for a state."""
    case, model = state.case, state.model
    title, grid, files, labels, notes = "No case is open", "", "", "", ""
    if case is not None:
        shape = " × ".join(map(str, case.grid.shape))
        spacing = " × ".join(f"{edge:.3g}" for edge in case.grid.spacing_mm)
        source = case.sources.get(None)
        title, grid = case.id, f"{shape} voxels, {spacing} mm"
        none = "Expert labels not opened" if None in case.not_opened else "No expert labels"
        labels = f"{none}: agreement is shown instead of Dice"
        if case.reference is not None:
            labels = f"Expert labels: {source.path.name if source else case.scheme.name}"
        files = _files(case)
        preparation = state.preparation
        shown_in_banner = () if preparation is None else preparation.prepared.record.summary
        # the preparation corrects much of what the notes on a raw case say
        remarks = [message(note) for note in case.notes if note not in shown_in_banner]
        remarks = [] if state.stage is Stage.RUNNING else remarks
        notes = "\n".join(f"• {note}" if len(remarks) > 1 else note for note in remarks)
    trained = "Seen in training: scores are optimistic" if state.seen_in_training else ""
    model_text, hint = "Loading…", ""
    if model is not None:
        model_text = f"{model.name} · {model.sha256[:HASH_DIGITS]}"
        hint = f"Weights sha256 {model.sha256}\nRuns on {model.device}"
    elif state.model_problem:
        model_text, hint = "None", message(state.model_problem)
    return CaseHeader(
        case_open=case is not None,
        title=title,
        grid=grid,
        seen=trained,
        files=files,
        labels=labels,
        notes=notes,
        model=model_text,
        model_hint=hint,
        trained=trained_on(state),
        assumes=NOT_A_DETECTOR if state.results else "",
        caution=_caution(state),
    )


def input_banner(state: State) -> tuple[str, str]:
    """The open case, and a warning for a banner that its numbers are unreliable; "" if none.

    A raw case that was prepared has no such banner: the preparation corrects it.
    """
    case = state.case
    if case is None or state.stage not in (Stage.NONE, Stage.WITHOUT):
        return "", ""
    if not any(NOT_STRIPPED in note for note in case.notes):
        return case.id, ""
    return case.id, (
        f"The skull seems not to be removed. {NOT_A_DETECTOR}, and may label scalp, orbits or "
        "skull: do not trust the numbers before the case is prepared."
    )


def _caution(state: State) -> str:
    reference_scores = None if state.model is None else state.model.reference_scores
    shown = without_hidden(state).shown
    return (
        ""
        if reference_scores is None or shown is None
        else reference_scores.warning(shown, state.case)
    )


def _files(case: Case) -> str:
    left = [m.label for m in Modality if m in case.not_opened]
    chosen = any(
        one.reason in (CHOSEN_BY_USER, SCHEME_CHOSEN_BY_USER) for one in case.sources.values()
    )
    parts = ["files chosen by user"] if chosen else []
    parts += [f"{', '.join(left)} {NOT_OPENED}"] if left else []
    return sentence(f"{', '.join(parts)}: see Files…") if parts else ""
