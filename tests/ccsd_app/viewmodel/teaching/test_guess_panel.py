"""Guess first: what is hidden, what is asked, and who is right."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import resolve
from ccsd_app.scene.slices.thumbnail import thumbnail
from ccsd_app.scene.view3d.view3d_scene import resolve_view3d
from ccsd_app.session.display import Layer
from ccsd_app.session.guess import Answer
from ccsd_app.session.hidden import HIDDEN, SUBSTITUTED, hidden, without_hidden
from ccsd_app.session.on_demand import PROBABILITIES, ProbabilityMap
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.exporting.export_menu import computed_subsets, export_offer
from ccsd_app.viewmodel.panels.compare_bar import compared_side, comparison_table
from ccsd_app.viewmodel.panels.curve_panel import curve_plot
from ccsd_app.viewmodel.panels.path_view import PathSetup, player_view
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_app.viewmodel.panels.region_table import region_table
from ccsd_app.viewmodel.panels.status_bar import status_bar
from ccsd_app.viewmodel.panels.subset_grid import subset_cells
from ccsd_app.viewmodel.panels.subset_list import subset_list
from ccsd_app.viewmodel.panels.what_next_panel import what_next
from ccsd_app.viewmodel.slices.legend import legend
from ccsd_app.viewmodel.teaching.guess_panel import (
    GuessModel,
    guess_panel,
    is_right,
    most_affected,
    outcome,
)
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
PANELS = (
    comparison_table,
    curve_plot,
    legend,
    region_table,
    status_bar,
    subset_cells,
    subset_list,
    what_next,
    lambda state: export_offer(state, busy=False),
    lambda state: player_view(state, PathSetup(PathKind.GREATEST_LOSS)),
    computed_subsets,
)


def guessing(state: State, *revealed: ModalitySubset) -> State:
    guess = state.guess.switched(on=True, seen=state.shown)
    return replace(state, guess=replace(guess, revealed=guess.revealed | set(revealed)))


def disturbed(state: State, others: dict) -> State:
    """The state with other results in place of the hidden ones."""
    away = hidden(state)
    results = {s: others[s] if s in away else result for s, result in state.results.items()}
    for subset in away:
        state = state.with_answer(PROBABILITIES, subset, probability_map(subset))
    return replace(state, results=results)


def probability_map(subset: ModalitySubset) -> ProbabilityMap:
    return ProbabilityMap(subset, np.full((3, 4, 4, 4), 200, np.uint8), (10, 10, 8))


@pytest.fixture(scope="module")
def other_results(fake_results):
    """For each subset a result that nobody could take for its own."""
    made = {}
    for subset in ModalitySubset.every():
        result = fake_results(subset)
        made[subset] = replace(
            result,
            nested_labels=np.flip(result.nested_labels, axis=0).copy() // 2,
            volumes_ml=dict.fromkeys(Region, 77.7),
            dice=dict.fromkeys(Region, 0.123),
            agreement=dict.fromkeys(Region, 0.123),
        )
    return made


def test_what_a_hidden_subset_found_shows_nowhere(full_state, other_results):
    for layer in list(Layer):
        for subset in ModalitySubset.every():
            alone = replace(guessing(full_state).using(subset), layer=layer, side_by_side=True)
            for state in (alone, alone.comparing(NO_T1C)):
                other = disturbed(state, other_results)
                assert other.results != state.results, (subset, layer)
                for panel in PANELS:
                    assert panel(without_hidden(other)) == panel(without_hidden(state)), (
                        subset,
                        layer,
                    )
                for side in (lambda shown: shown, compared_side):
                    assert resolve_view3d(side(other)) == resolve_view3d(side(state)), (
                        subset,
                        layer,
                    )
                    for plane in Plane:
                        assert resolve(side(other), plane) == resolve(side(state), plane), (
                            subset,
                            layer,
                        )
                for cell in ModalitySubset.every():
                    assert np.array_equal(thumbnail(other, cell), thumbnail(state, cell)), (
                        subset,
                        layer,
                    )


def test_a_panels_model_is_shown_only_what_may_be_seen(full_state):
    session = Session(full_state)
    computed = DerivedValue(session, lambda state: len(state.results))
    everything = DerivedValue(session, lambda state: len(state.results), with_hidden=True)
    GuessModel(session).toggle()
    assert (computed.value, everything.value) == (1, 15)


def test_everything_is_seen_again_when_guessing_ends(full_state):
    for subset in ModalitySubset.every():
        session = Session(full_state)
        model = GuessModel(session)
        model.toggle()
        session.become(session.state.using(subset))
        assert (subset in hidden(session.state)) == (subset != FULL), subset
        model.toggle()
        assert without_hidden(session.state) is session.state, subset


def test_what_was_on_screen_when_guessing_began_is_no_secret(full_state):
    session = Session(full_state.using(NO_T1C))
    GuessModel(session).toggle()
    assert NO_T1C not in hidden(session.state)
    assert not guess_panel(session.state).asks


def test_hidden_numbers_say_why_there_are_none(full_state):
    state = without_hidden(guessing(full_state).using(NO_T1C))
    assert resolve(state, Plane.AXIAL).badge == SUBSTITUTED
    assert what_next(state).note == HIDDEN.capitalize().capitalize()
    assert {row.status for row in subset_list(state).rows} == {"hidden", "computed"}
    assert "14 of 15" in curve_plot(state).progress
    words = {cell.subset: cell.status for cell in subset_cells(state)}
    assert (words[FULL], words[NO_T1C]) == ("computed", "hidden")


def test_a_guess_reveals_one_subset_and_is_asked_once(full_state):
    session = Session(full_state)
    model = GuessModel(session)
    model.toggle()
    session.become(session.state.toggled(Modality.T1C))
    panel = model.shown.value
    assert panel.text == "T1c withheld. Which score drops most?"
    assert panel.asks
    assert panel.ready
    assert not panel.rows

    model.answer(Answer.ET)

    panel = model.shown.value
    assert panel.text == "Correct: ET drops most (−1.000)."
    assert [row.score for row in panel.rows][Region.ET] == "1.000 → 0.000"
    assert panel.tally == "1 of 1 correct"
    assert NO_T1C not in hidden(session.state)
    assert len(hidden(session.state)) == 13
    session.become(session.state.using(FULL))
    session.become(session.state.using(NO_T1C))
    assert not model.shown.value.asks


def test_looking_without_a_guess_is_neither_right_nor_wrong(full_state):
    session = Session(guessing(full_state).using(NO_T1C))
    model = GuessModel(session)
    model.answer(Answer.JUST_SHOW)
    assert model.shown.value.text == "ET drops most (−1.000)."
    assert (session.state.guess.right, session.state.guess.asked) == (0, 0)
    assert model.shown.value.tally == ""


@pytest.mark.parametrize("again", Answer, ids=lambda answer: answer.name)
def test_what_is_revealed_counts_once(full_state, again):
    session = Session(guessing(full_state).using(NO_T1C))
    model = GuessModel(session)
    model.answer(Answer.ET)
    message = session.state

    model.answer(again)

    assert session.state is message
    assert (message.guess.right, message.guess.asked) == (1, 1)


def test_no_answer_is_taken_while_something_else_is_on_screen(full_state):
    session = Session(replace(guessing(full_state).using(NO_T1C), shown=FULL))
    GuessModel(session).answer(Answer.ET)
    assert session.state.guess.asked == 0
    assert NO_T1C in hidden(session.state)


def test_no_answer_is_taken_before_the_results_are_there(phantom_state, fake_results):
    session = Session(guessing(phantom_state.with_result(fake_results(FULL))))
    model = GuessModel(session)
    session.become(session.state.using(NO_T1C))
    assert model.shown.value.asks
    assert not model.shown.value.ready
    model.answer(Answer.ET)
    assert session.state.guess.asked == 0
    session.become(session.state.with_result(fake_results(NO_T1C)))
    assert model.shown.value.ready


def test_another_case_keeps_the_score_and_hides_everything_anew(full_state):
    session = Session(guessing(full_state).using(NO_T1C))
    GuessModel(session).answer(Answer.WT)
    state = session.state.opened(full_state.case)
    assert (state.guess.right, state.guess.asked) == (0, 1)
    assert len(hidden(state)) == 14


@pytest.mark.parametrize(
    ("loss", "most"),
    [
        ((0.0, 0.1, 0.5), {Region.ET}),
        ((0.0, 0.49, 0.5), {Region.TC, Region.ET}),
        ((0.0, 0.489, 0.5), {Region.ET}),
        ((0.01, 0.0, -0.2), set()),
        ((0.011, 0.0, -0.2), {Region.WT}),
        ((0.3, 0.3, 0.3), set(Region)),
    ],
)
def test_what_differs_by_a_hundredth_or_less_is_equal(loss, most):
    losses = dict(zip(Region, loss, strict=True))
    assert most_affected(losses) == most
    for answer in Answer:
        expected = answer.value in most if most else answer is Answer.NONE
        assert is_right(answer, losses) == expected
    words = outcome(Answer.NONE, losses)
    assert words.startswith("Correct" if not most else "There is a drop: ")
    assert ("equal within" in words) == (len(most) > 1)


def test_without_labels_it_is_called_agreement(full_state, fake_results):
    case = replace(full_state.case, reference=None)
    results = {s: fake_results(s, labelled=False) for s in ModalitySubset.every()}
    session = Session(guessing(replace(full_state, case=case, results=results)).using(NO_T1C))
    GuessModel(session).answer(Answer.ET)
    panel = guess_panel(session.state)
    assert panel.rows_head == "Agreement with the prediction from all sequences"
    assert "Dice" not in str(panel)
