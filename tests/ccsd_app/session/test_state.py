"""`State`: laws of its intents, over every subset where it matters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_app.session.on_demand import PROBABILITIES, OnDemand, ProbabilityMap
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.state import ModelInfo, State
from ccsd_core.domain.modality import Modality, ModalitySubset


@pytest.fixture
def opened(fake_worker):
    def make(available: ModalitySubset = ModalitySubset.full()) -> State:
        return State().opened(fake_worker.phantom("p", available))

    return make


@pytest.fixture
def result(fake_results):
    return fake_results


def test_a_new_case_uses_everything_it_has_and_shows_nothing(opened):
    for available in ModalitySubset.every():
        state = opened(available)

        assert state.used == available, available
        assert state.shown is None, available
        assert state.background in available, available
        assert state.waiting, available


def test_a_new_case_keeps_only_the_message_about_the_model(opened):
    problem = "no model 'x'\nchoose another"
    state = replace(opened(), model_problem=problem).with_problem("no case").with_problem(problem)

    again = state.opened(state.case)

    assert again.problem == problem
    assert again.with_problem(problem).problem == problem


def test_what_is_used_is_always_something_the_patient_has(opened):
    for asked in ModalitySubset.every():
        for available in ModalitySubset.every():
            state = opened(available).using(asked)

            assert state.used.issubset(available), (available, asked)
            if asked.issubset(available):
                assert state.used == asked, (available, asked)


def test_toggling_twice_changes_nothing_and_never_leaves_nothing(opened):
    for modality in Modality:
        for used in ModalitySubset.every():
            state = opened().using(used)

            once = state.toggled(modality)

            assert once.toggled(modality).used == used, (used, modality)
            assert once.used == used or once.used == used.toggled(modality), (used, modality)
            assert (once.used == used) == (used == ModalitySubset.of(modality)), (used, modality)


def test_a_result_is_shown_only_if_it_is_the_one_asked_for(opened, result):
    for subset in ModalitySubset.every():
        state = opened().with_result(result(subset))

        assert (state.shown == subset) == (subset == ModalitySubset.full()), subset
        assert state.results[subset].subset == subset, subset


def test_a_computed_subset_is_shown_at_once_and_an_uncomputed_one_leaves_the_old(opened, result):
    for subset in ModalitySubset.every():
        full = ModalitySubset.full()
        state = opened().with_result(result(full))

        asked = state.using(subset)
        assert asked.shown == full, subset
        assert asked.waiting == (subset != full), subset

        computed = asked.with_result(result(subset))
        assert computed.shown == subset, subset
        assert computed.using(full).using(subset).shown == subset, subset
        assert not computed.waiting, subset


def test_cancelling_takes_the_toggles_back_to_what_is_shown(opened, result):
    for subset in ModalitySubset.every():
        state = opened().with_result(result(ModalitySubset.full())).using(subset)

        assert state.reverted().used == ModalitySubset.full(), subset
        assert not state.reverted().waiting, subset


def test_the_case_is_complete_when_all_its_subsets_are_there(opened, result):
    for available in ModalitySubset.every():
        state = opened(available)
        for subset in available.subsets():
            assert not state.complete, available
            state = state.with_result(result(subset))

        assert state.complete, available
        assert state.full_result is state.results[available], available


@given(point=st.tuples(*[st.integers(-1000, 1000)] * 3))
def test_the_crosshair_stays_inside_the_volume(phantom_state, point):
    state = phantom_state.with_cursor(point)

    assert state.case is not None
    assert all(0 <= p < n for p, n in zip(state.cursor_voxel, state.case.grid.shape, strict=True))
    assert state.with_cursor(state.cursor_voxel).cursor_voxel == state.cursor_voxel


def test_of_the_maps_only_the_newest_are_kept(opened):
    state = opened()
    subsets = ModalitySubset.every()
    for subset in subsets:
        state = state.with_answer(PROBABILITIES, subset, _no_map(subset))

    assert tuple(state.on_demand.of(PROBABILITIES)) == subsets[-PROBABILITIES.kept :]


def test_probabilities_are_kept_for_as_many_subsets_as_a_comparison_may_go_to_and_fro():
    assert 2 <= PROBABILITIES.kept < len(ModalitySubset.every())


def test_probabilities_are_wanted_of_both_sides_one_after_the_other(opened, result):
    from dataclasses import replace

    from ccsd_app.session.display import Layer

    full, other = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T2")
    state = opened().with_result(result(full)).with_result(result(other)).comparing(other)
    assert wanted_request(PROBABILITIES, state) is None
    state = state.with_layer(Layer.PROBABILITY)
    assert wanted_request(PROBABILITIES, state) == (PROBABILITIES, full)
    known = state.with_answer(PROBABILITIES, full, _no_map(full))
    assert wanted_request(PROBABILITIES, known) is None
    both = replace(state, side_by_side=True).with_answer(PROBABILITIES, full, _no_map(full))
    assert wanted_request(PROBABILITIES, both) == (PROBABILITIES, other)
    known = both.with_answer(PROBABILITIES, other, _no_map(other))
    assert wanted_request(PROBABILITIES, known) is None
    failed = both.with_failed_request(PROBABILITIES, other, "no memory")
    assert wanted_request(PROBABILITIES, failed) is None


def test_another_case_forgets_probabilities_and_what_failed(opened, result):
    full = ModalitySubset.full()
    known = opened().with_result(result(full)).with_answer(PROBABILITIES, full, _no_map(full))
    state = known.with_failed_request(PROBABILITIES, full, "no memory")

    state = state.opened(state.case)

    assert state.on_demand == OnDemand()


def _no_map(subset):
    import numpy as np

    return ProbabilityMap(subset, np.zeros((3, 0, 0, 0), np.uint8), (0, 0, 0))


def test_what_is_compared_is_everything_until_another_is_chosen(opened):
    state = opened()
    pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)

    assert state.compared_subset == state.case.available
    assert state.comparing(pair).compared_subset == pair


def test_a_case_is_marked_when_the_model_was_trained_on_it(fake_worker):
    from dataclasses import replace

    info = ModelInfo("m", "0" * 64, "cpu", frozenset({"seen"}))
    for name, seen in (("seen", True), ("new", False)):
        case = fake_worker.phantom(name, ModalitySubset.full())
        assert replace(State().opened(case), model=info).seen_in_training is seen


def test_a_second_message_does_not_hide_the_first_and_none_is_reported_twice():
    state = State().with_problem("no model").with_problem("no case").with_problem("no model")

    assert state.problem == "no model\nno case"
