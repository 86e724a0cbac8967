"""The path player without a window: what follows what, what is waited for, what pauses it."""

import itertools
from dataclasses import replace

import pytest

from ccsd_app.session.guess import Answer
from ccsd_app.session.hidden import HIDDEN
from ccsd_app.session.on_demand import CRITICALITY, Criticality
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.path_steps import NEXT_IS_HIDDEN, QUESTION_OPEN
from ccsd_app.viewmodel.panels.path_view import NO_MODEL, NO_PATH
from ccsd_app.viewmodel.panels.paths import PathKind
from ccsd_core.distillation.path import path_in_order
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
EVERY_SUBSET = ModalitySubset.every()
T1, T1C, T2, FLAIR = Modality.T1, Modality.T1C, Modality.T2, Modality.FLAIR
COSINE = path_in_order([T1C, T2, FLAIR, T1])


def player_of(state: State, **how) -> tuple[PathPlayer, Session]:
    session = Session(state)
    return PathPlayer(session, **how), session


def walked(player: PathPlayer, session: Session, most: int = 10) -> list[ModalitySubset]:
    """Let the time of every step pass, as the widget's clock does."""
    seen = [session.state.shown]
    while player.view.dwell is not None and len(seen) < most:
        player.advance()
        seen.append(session.state.shown)
    return seen


def test_playing_follows_the_path_and_stops_at_its_end(full_state):
    for kind in [PathKind.GREATEST_LOSS, PathKind.LEAST_LOSS, PathKind.RANDOM]:
        for start in ModalitySubset.every():
            player, session = player_of(full_state.using(start))
            player.choose(kind)
            path = player.view.path.subsets
            on_the_way = start in path[:-1]

            player.toggle()
            seen = walked(player, session)

            assert seen == list(path[path.index(start) :] if on_the_way else path), (start, kind)
            assert not player.view.setup.playing, (start, kind)
            player.toggle()
            assert session.state.shown == FULL  # from its end it begins again


def test_with_loop_it_begins_again(full_state):
    player, session = player_of(full_state)
    player.toggle_loop()
    player.toggle()

    seen = walked(player, session, most=9)

    assert seen == [*player.view.path.subsets] * 2 + [FULL]
    assert player.view.setup.playing


def test_playing_without_a_choice_takes_the_first_path(full_state):
    player, _ = player_of(full_state)
    assert player.view.path is None
    player.toggle()
    assert player.view.path.kind is PathKind.GREATEST_LOSS
    known, _ = player_of(full_state, cosine_path=lambda state: COSINE)
    known.toggle()
    assert known.view.path.subsets == COSINE


def test_it_waits_for_a_subset_and_goes_on_when_it_is_there(full_state, fake_results):
    for late in EVERY_SUBSET[:-1]:
        path = path_in_order([m for m in Modality if m not in late] + list(late))
        results = {s: r for s, r in full_state.results.items() if s != late}
        player, session = player_of(
            replace(full_state, results=results), cosine_path=lambda _, path=path: path
        )
        player.choose(PathKind.MOST_CRITICAL)

        player.toggle()
        seen = walked(player, session)
        assert session.state.used == late, late
        assert seen[-1] == path[path.index(late) - 1]  # what is shown is still the step before
        assert player.view.text == f"{late.label}: computing…", late

        session.become(session.state.with_result(fake_results(late)))
        assert session.state.shown == late, late
        walked(player, session)
        assert session.state.shown == path[-1], late


def test_a_path_by_loss_waits_for_the_results_that_choose_it(full_state, fake_results):
    without_t1 = FULL.toggled(T1)
    results = {s: r for s, r in full_state.results.items() if s != without_t1}
    player, session = player_of(replace(full_state, results=results))

    player.toggle()
    assert player.view.dwell is None
    assert player.view.setup.playing
    assert player.view.text.startswith("Waiting for the results")
    assert [step.text for step in player.view.steps] == ["all 4", "?", "?", "?"]

    session.become(session.state.with_result(fake_results(without_t1)))
    assert player.view.dwell == FULL
    assert len(walked(player, session)) == 4


def test_playing_resumes_computing_that_was_stopped(full_state):
    resumed = []
    some = {FULL: full_state.results[FULL]}
    state = replace(full_state, results=some, stopped=True)
    player, _ = player_of(state, resume=lambda: resumed.append(True))

    player.toggle()

    assert resumed == [True]


@pytest.mark.parametrize("modality", Modality)
def test_toggling_a_sequence_pauses(full_state, modality):
    player, session = player_of(full_state)
    player.toggle()
    session.become(session.state.toggled(modality))
    assert not player.view.setup.playing
    assert session.state.shown == FULL.toggled(modality)
    assert player.view.dwell is None


def test_another_case_a_stop_and_a_failure_pause(full_state, fake_worker):
    for change in (
        lambda state: state.opened(fake_worker.phantom("other", FULL)),
        lambda state: replace(state, stopped=True),
        lambda state: replace(state.using(ModalitySubset.parse("T1")), stopped=True),
    ):
        player, session = player_of(full_state)
        player.toggle()
        session.become(change(session.state))
        assert not player.view.setup.playing


def test_cancelling_what_is_awaited_pauses(full_state):
    late = FULL.toggled(T1C)
    results = {s: r for s, r in full_state.results.items() if s != late}
    player, session = player_of(replace(full_state, results=results), cosine_path=lambda _: COSINE)
    player.choose(PathKind.MOST_CRITICAL)
    player.toggle()
    player.advance()
    session.become(session.state.reverted())
    assert (session.state.used, player.view.setup.playing) == (FULL, False)


def test_what_does_not_change_the_input_does_not_pause(full_state):
    player, session = player_of(full_state)
    player.toggle()
    session.become(replace(session.state.with_cursor((1, 2, 3)), show_reference=True))
    assert player.view.setup.playing


def test_stepping_by_hand_pauses_and_stays_on_the_path(full_state):
    player, session = player_of(full_state, cosine_path=lambda _: COSINE)
    player.toggle()
    player.forward()
    assert (session.state.shown, player.view.setup.playing) == (COSINE[1], False)
    player.forward()
    player.back()
    assert session.state.shown == COSINE[1]
    session.become(session.state.using(ModalitySubset.parse("FLAIR+T1c")))
    assert player.view.back is None
    player.forward()
    assert session.state.shown == FULL  # from off the path to its top


@pytest.mark.parametrize("labelled", [True, False], ids=["dice", "agreement"])
def test_a_step_says_what_it_costs_this_case(full_state, labelled):
    state = full_state
    if not labelled:
        case = replace(state.case, reference=None)
        results = {
            s: replace(r, dice=None, volumes_ml=dict.fromkeys(Region, 9.0))
            for s, r in state.results.items()
        }
        state = replace(state, case=case, results=results)
    player, _ = player_of(state, cosine_path=lambda _: COSINE)
    player.choose(PathKind.MOST_CRITICAL)
    name = "Dice" if labelled else "agreement"
    assert player.view.text == f"Mean {name} 1.000"

    player.forward()

    scores = state.results[COSINE[1]].agreement
    mean = sum(scores[r] for r in Region) / 3
    assert player.view.text == f"Without T1c: mean {name} {mean:.3f}, −{1 - mean:.3f}"
    assert [s.text for s in player.view.steps] == ["all 4", "− T1c", "− T2", "only T1"]
    assert [s.used for s in player.view.steps] == [False, True, False, False]


def test_a_score_of_a_case_seen_in_training_is_marked(full_state):
    model = replace(full_state.model, training_cases=frozenset({"phantom"}))
    player, _ = player_of(replace(full_state, model=model))
    player.choose(PathKind.LEAST_LOSS)
    assert player.view.text.endswith("seen in training")


def test_what_cannot_be_played_says_why(full_state, fake_worker):
    alone = full_state.opened(fake_worker.phantom("p", ModalitySubset.parse("T2")))
    broken = replace(full_state, model_problem="no such model")
    for state, why in ((State(), NO_CASE), (broken, NO_MODEL), (alone, NO_PATH)):
        player, session = player_of(state)
        player.toggle()
        assert (player.view.refused, player.view.text) == (why, why)
        assert not player.view.setup.playing
        assert session.state is state


def test_choosing_the_random_path_again_is_the_next_seed(full_state):
    player, _ = player_of(full_state)
    names = []
    for kind in (PathKind.RANDOM, PathKind.RANDOM, PathKind.LEAST_LOSS, PathKind.RANDOM):
        player.choose(kind)
        names.append(player.view.path.name)
    assert names == [
        "random order, seed 1",
        "random order, seed 2",
        "smallest drop first",
        "random order, seed 2",
    ]
    player.choose(None)
    assert player.view.steps == ()


def test_a_path_is_exported_only_when_all_of_it_is_computed(full_state):
    player, session = player_of(full_state, cosine_path=lambda _: COSINE)
    assert player.view.no_export == "Choose a removal order first"
    player.choose(PathKind.MOST_CRITICAL)
    assert player.view.no_export == ""
    results = {s: r for s, r in full_state.results.items() if s != COSINE[-1]}
    session.become(replace(session.state, results=results))
    assert "Not every step" in player.view.no_export


def test_what_is_hidden_until_the_user_guesses_is_not_given_away(full_state):
    guess = full_state.guess.switched(on=True, seen=FULL)
    player, session = player_of(replace(full_state, guess=guess), cosine_path=lambda _: COSINE)
    player.choose(PathKind.LEAST_LOSS)
    assert [step.text for step in player.view.steps] == ["all 4", "?", "?", "?"]
    player.choose(PathKind.MOST_CRITICAL)
    player.toggle()
    player.advance()
    assert session.state.used == COSINE[1]
    assert player.view.text.endswith(HIDDEN)
    assert player.view.dwell is None  # it waits for the guess
    assert all("mean" not in step.hint for step in player.view.steps[1:])


def test_no_stepwise_removal_skips_an_open_question(full_state):
    guess = full_state.guess.switched(on=True, seen=FULL)
    for subset, kind in itertools.product(EVERY_SUBSET[:-1], (None, *PathKind)):
        state = replace(full_state.using(subset), guess=guess)
        player, session = player_of(state, cosine_path=lambda _: COSINE)
        player.choose(kind)

        player.toggle()

        assert session.state.used == subset, kind
        assert not player.view.setup.playing, (subset, kind)
        assert player.view.guess_first == QUESTION_OPEN, (subset, kind)


def test_a_path_that_depends_on_hidden_results_does_not_begin(full_state):
    guess = full_state.guess.switched(on=True, seen=FULL)
    player, session = player_of(replace(full_state, guess=guess))
    player.toggle()
    assert (session.state.used, player.view.setup.playing) == (FULL, False)
    assert player.view.text == player.view.guess_first == NEXT_IS_HIDDEN


def test_guessing_pauses_a_running_stepwise_removal(full_state):
    player, session = player_of(full_state)
    player.toggle()
    guess = full_state.guess.switched(on=True, seen=FULL)
    session.become(replace(session.state, guess=guess))
    assert not player.view.setup.playing


def test_from_off_the_path_its_known_steps_can_be_played(full_state):
    """Nothing is open: T1 is revealed, and two steps are known."""
    alone = ModalitySubset.of(T1)
    guess = full_state.guess.switched(on=True, seen=FULL)
    revealed = frozenset({FULL, alone, *(FULL.toggled(m) for m in Modality)})
    state = replace(full_state.using(alone), guess=replace(guess, revealed=revealed))
    player, session = player_of(state)

    player.toggle()

    assert (session.state.used, player.view.setup.playing) == (FULL, True)


def test_a_path_by_loss_goes_as_far_as_the_guesses_and_stops_there(full_state):
    guess = full_state.guess.switched(on=True, seen=FULL)
    revealed = frozenset({FULL, *(FULL.toggled(m) for m in Modality)})
    player, session = player_of(replace(full_state, guess=replace(guess, revealed=revealed)))

    player.toggle()
    seen = walked(player, session)

    assert seen == list(player.view.path.subsets)
    assert len(seen) == 2
    assert player.view.text == NEXT_IS_HIDDEN
    assert not player.view.setup.playing


def test_the_outcome_of_a_guess_stays_on_screen_while_playing(full_state):
    guess = full_state.guess.switched(on=True, seen=FULL)
    player, session = player_of(replace(full_state, guess=guess), cosine_path=lambda _: COSINE)
    player.choose(PathKind.MOST_CRITICAL)
    player.toggle()
    player.advance()

    message = session.state.guess.answered(COSINE[1], Answer.JUST_SHOW, right=False)
    session.become(replace(session.state, guess=message))

    assert session.state.used == COSINE[1]
    assert player.view.dwell is None
    player.toggle()  # and goes on once asked to
    assert player.view.dwell == COSINE[1]


def test_the_order_by_cosine_is_requested_once_it_is_chosen(full_state):
    player, session = player_of(full_state)
    assert CRITICALITY not in session.state.on_demand.asked
    player.request_cosine_order()
    assert CRITICALITY in session.state.on_demand.asked
    assert player.view.kinds[0][0] is PathKind.GREATEST_LOSS

    found = Criticality({}, {}, COSINE, against_expert=True)
    session.become(session.state.with_answer(CRITICALITY, None, found))

    kinds = dict(player.view.kinds)
    assert list(kinds)[:2] == [PathKind.MOST_CRITICAL, PathKind.LEAST_CRITICAL]
    assert kinds[PathKind.MOST_CRITICAL].subsets == COSINE
    player.choose(PathKind.MOST_CRITICAL)
    player.toggle()
    assert player.view.path.subsets == COSINE


def test_a_path_that_is_no_longer_known_is_not_played(full_state):
    paths = [COSINE]
    player, _ = player_of(full_state, cosine_path=lambda _: paths[0])
    player.choose(PathKind.MOST_CRITICAL)
    paths[0] = None
    player.set_speed(2.0)
    assert player.view.path is None
    player.toggle()
    assert not player.view.setup.playing
    assert player.view.text.endswith("computing…")


def test_the_chosen_own_path_is_asked_for_again_with_the_next_case(full_state):
    player, session = player_of(full_state)
    player.request_cosine_order()
    session.become(session.state.with_answer(CRITICALITY, None, Criticality({}, {}, COSINE, True)))
    player.choose(PathKind.MOST_CRITICAL)

    session.become(session.state.opened(full_state.case.restricted_to(FULL)))
    assert CRITICALITY in session.state.on_demand.asked
    assert player.view.path is None
    assert player.view.text == "Least replaceable first: computing…"
    player.toggle()  # nothing else is played in its place
    assert player.view.setup.kind is PathKind.MOST_CRITICAL
    assert not player.view.setup.playing
    session.become(session.state.with_failed_request(CRITICALITY, None, "too large"))
    assert player.view.text == "Least replaceable first: computation failed"


def test_p_plays_the_same_removal_whatever_was_computed_before(full_state):
    for cosine in (None, COSINE):
        player, _session = player_of(full_state, cosine_path=lambda _, path=cosine: path)
        player.toggle()
        assert player.view.setup.kind is PathKind.GREATEST_LOSS
