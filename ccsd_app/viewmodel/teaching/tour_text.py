"""Words of the guided tour that depend on the case: its labels, its model, its own losses."""

from ccsd_app.session.guess import Answer
from ccsd_app.session.hidden import seen
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.provenance import score_name
from ccsd_app.viewmodel.teaching.guess_card import changed_regions, loss_of, what_came_out
from ccsd_core.domain.modality import Modality


def about_regions(state: State) -> str:
    """What WT, TC and ET are, and what their score is."""
    why = "" if state.case is None else f", as {state.case.labels_absence}"
    score = f"its agreement with what is found from all sequences{why}"
    if score_name(state) == "Dice":
        score = "its Dice against the expert's labels, from 0 to 1"
    return (
        "Whole tumour (WT) holds the tumour core (TC), which holds the enhancing tumour (ET). "
        f"REGIONS has the volume of each, its change against all sequences, and {score}."
    )


def why_leave_out(left_out: Modality | None) -> str:
    """Why this sequence is worth leaving out."""
    if left_out is None:
        return (
            "This case has a single sequence, which the network cannot do without. Cases with "
            "several let you leave out one after the other."
        )
    why = f"{left_out.label} is one of several views of the same tumour."
    if left_out is Modality.T1C:
        why = "T1c is taken after contrast agent, which is what makes enhancing tumour bright."
    return f"{why} See what the network makes of the others alone."


def what_it_cost(state: State) -> str:
    """In the case's own scores and volumes, ranked as Guess first does."""
    state = seen(state)
    if len(state.available) == 1:
        return "There is nothing to leave out here: the change in REGIONS stays empty."
    loss = None if state.shown is None else loss_of(state, state.shown)
    if state.result is None or loss is None:
        return "The results are still being computed; the numbers follow in REGIONS."
    if state.result is state.full_result:
        return "Everything is given now, so nothing is lost. Leave a sequence out to see its cost."
    rows = changed_regions(state, loss)
    return "\n".join(
        (
            what_came_out(Answer.JUST_SHOW, loss, state),
            f"{score_name(state)}, and mL beside it:",
            *(f"{row.region.name}  {row.score}    {row.volume}" for row in rows),
            "REGIONS has the changes; slices and 3-D view show where they are.",
        )
    )


def about_gains(state: State) -> str:
    """What the numbers beside a left-out sequence are."""
    gains = "what it adds to each score in this case"
    if state.model is not None and state.model.reference_scores is not None:
        gains = f"what it adds on average over the model's evaluation, and {gains}"
    return f"For each sequence left out: {gains}; the most helpful on top."
