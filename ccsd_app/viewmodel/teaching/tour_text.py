"""Texts of the guided tour that depend on the case: its labels, its model, its drops."""

from ccsd_app.session.guess import Answer
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.preparation.preparation_banner import preparation_banner
from ccsd_app.viewmodel.teaching.guess_panel import changed_regions, drops_of, outcome_text
from ccsd_core.domain.modality import Modality


def about_regions(state: State) -> str:
    """What WT, TC and ET are, and how their score is defined."""
    why = "" if state.case is None else f" ({state.case.labels_absence})"
    score = f"its agreement with the prediction from all sequences{why}"
    if score_name(state) == "Dice":
        score = "its Dice against the expert labels, from 0 to 1"
    return (
        "Whole tumour (WT) contains the tumour core (TC), which contains the enhancing tumour "
        f"(ET). The table lists the volume of each, its change vs all sequences, and {score}."
    )


def about_preparation(state: State) -> str:
    """Why a raw case is prepared, and what was done or is being done."""
    why = (
        "These images are as the scanner made them. The model was trained on registered brains "
        "without skull, so raw cases are prepared first."
    )
    banner = preparation_banner(state)
    return f"{why} {banner.text}." if banner.text else why


def why_withhold(withheld: Modality | None) -> str:
    """Why the tour withholds this sequence."""
    if withheld is None:
        return (
            "This case has only one sequence, which the model needs. In a case with more "
            "sequences you can withhold them one by one."
        )
    why = f"{withheld.label} is one of several contrasts of the same tumour."
    if withheld is Modality.T1C:
        why = "T1c is acquired after contrast agent, which makes enhancing tumour bright."
    return f"{why} See what the model predicts from the others."


def drops_text(state: State) -> str:
    """The drops in the case's scores and volumes, ranked as in "Guess first"."""
    state = without_hidden(state)
    if len(state.available) == 1:
        return "No sequence can be withheld here, so the column Change stays empty."
    loss = None if state.shown is None else drops_of(state, state.shown)
    if state.result is None or loss is None:
        return "The results are still being computed; the table will show them."
    if state.result is state.full_result:
        return "All sequences are used now. Withhold one to see the change."
    rows = changed_regions(state, loss)
    return "\n".join(
        (
            outcome_text(Answer.JUST_SHOW, loss, state),
            f"{score_name(state)} and volume in mL:",
            *(f"{row.region.name}  {row.score}    {row.volume}" for row in rows),
            "Slices and 3-D view show where the changes are.",
        )
    )


def about_gains(state: State) -> str:
    """What the numbers next to a withheld sequence mean."""
    gains = "the gain in each score in this case"
    if state.model is not None and state.model.reference_scores is not None:
        gains = f"the average gain in the model's evaluation, and {gains}"
    return f"For each sequence not used: {gains}; the most helpful first."
