"""Provenance of what is on screen, as text: input, model, training data, and kind of score."""

from ccsd_app.session.hidden import hidden
from ccsd_app.session.state import State
from ccsd_core.domain.case import count_cases
from ccsd_core.domain.segmentation import describe_input

HASH_DIGITS = 8
DEGRADING = "Computing degraded images…"


def input_line(state: State) -> str:
    """`input: FLAIR, T2 · T1c withheld` for what is on screen; "" before that."""
    if state.case is None or state.shown is None:
        return ""
    case = state.case
    return describe_input(
        state.shown, case.available, case.not_opened, degraded=state.applied.labels
    )


def computing_line(state: State) -> str:
    """What is being computed while an older result is on screen: `computing FLAIR + T1 …`."""
    if not state.waiting or state.stopped or state.model is None or state.used in hidden(state):
        return ""
    if state.degradations != state.applied:
        return DEGRADING
    return f"Computing {state.used.label}…"


def model_line(state: State) -> str:
    """`model: light 3f2a90c1`: the model's name and the start of its weights' hash."""
    model = state.model
    if model is None:
        return "model: none" if state.model_problem else "model: loading…"
    return f"model: {model.name} {model.sha256[:HASH_DIGITS]}"


def trained_on(state: State) -> str:
    """How many cases the model was trained on, synthetic ones counted separately."""
    if state.model is None:
        return ""
    return f"Trained on {count_cases(state.model.training_cases)}"


def score_name(state: State) -> str:
    """Dice where there are expert labels; otherwise agreement with that of all sequences."""
    return "Dice" if state.case is not None and state.case.reference is not None else "Agreement"


def score_name_in_text(state: State) -> str:
    """The name of the score as it is written within a sentence."""
    return "Dice" if score_name(state) == "Dice" else "agreement"


def score_of_seen(state: State) -> bool:
    """Whether the scores are Dice of a training case, which are too high."""
    return state.seen_in_training and score_name(state) == "Dice"


def score_title(state: State) -> str:
    """The name of the score in full, for axes and tooltips."""
    if score_name(state) == "Dice":
        seen = " · seen in training" if state.seen_in_training else ""
        return f"Dice vs expert labels{seen}"
    undegraded = ", undegraded" if state.applied else ""
    return f"agreement with the prediction from all sequences{undegraded}"
