"""The questions about one case, the same for the same results and seed."""

from random import Random

from ccsd_app.session.state import State
from ccsd_app.viewmodel.teaching.quiz.follow_question import follow_question
from ccsd_app.viewmodel.teaching.quiz.next_question import next_question
from ccsd_app.viewmodel.teaching.quiz.question import Question
from ccsd_app.viewmodel.teaching.quiz.region_question import region_question
from ccsd_app.viewmodel.teaching.quiz.withheld_question import withheld_question


def questions_of(state: State, *, seed: int, number: int) -> tuple[Question, ...]:
    """One question of each kind that can be asked about the open case.

    Args:
        state: The case with the results of all its subsets.
        seed: Chooses among the possible questions.
        number: The case's number in its folder: cases of one folder differ.

    Returns:
        At most four questions; none where the case has one sequence and no labels.
    """
    assert state.complete, "every subset must be computed"
    chance = Random(f"{seed} {number}")
    withheld = withheld_question(state, chance)
    shown = None if withheld is None else withheld.pictures[1].subset
    found = (
        withheld,
        region_question(state, chance, avoid=shown),
        next_question(state, chance),
        follow_question(state, chance),
    )
    return tuple(question for question in found if question is not None)
