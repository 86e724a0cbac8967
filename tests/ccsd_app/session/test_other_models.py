"""Results of a model from before models were switched: kept, compared, and when not."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.display import Layer
from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.on_demand import OTHER_MODEL, OtherModelKey
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.state import ModelInfo, ModelResults, State
from ccsd_core.domain.modality import Modality, ModalitySubset

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
SECOND = ModelInfo("second", "f" * 64, "cpu", frozenset())


@pytest.fixture
def switched(full_state) -> State:
    """All results of the first model are kept; the second one has computed one subset."""
    case = full_state.case
    state = full_state.without_model().with_images(case).with_model(SECOND)
    return state.with_result(replace(full_state.results[FULL], milliseconds=2.0))


def test_the_same_sequences_are_compared_whatever_is_shown(switched, full_state, fake_results):
    assert switched.compared_name == "model fake 01234567"
    assert switched.compared_subset == FULL
    assert switched.compared_result is full_state.results[FULL]

    other = switched.with_result(fake_results(NO_T1C)).using(NO_T1C)
    assert other.compared_subset == NO_T1C
    assert other.compared_result is full_state.results[NO_T1C]


def test_choosing_a_subset_compares_within_the_loaded_model_again(switched):
    chosen = switched.comparing(NO_T1C)
    assert chosen.other_model is None
    assert chosen.compared_subset == NO_T1C
    assert chosen.comparing_model("0123456789abcdef").other_model is not None


def test_results_on_other_images_are_not_compared(switched, full_state):
    grid = switched.case.grid
    moved = replace(grid, world_from_voxel=grid.world_from_voxel @ np.diag([2.0, 1, 1, 1]))
    kept = replace(switched.other_models[0], grid=moved)
    assert replace(switched, other_models=(kept,)).comparable_models == ()


def test_the_same_model_is_not_compared_with_itself(switched, full_state):
    again = switched.without_model().with_model(full_state.model)
    assert [m.model.name for m in again.other_models] == ["second"]


def test_while_guessing_the_other_model_reveals_nothing(switched):
    guessing = replace(switched, guess=Guess(on=True)).using(NO_T1C)
    (kept,) = without_hidden(guessing).other_models
    assert set(kept.results) == {FULL}


def test_what_the_other_model_lacks_is_computed_once_it_is_shown(switched, full_state):
    (kept,) = switched.other_models
    bare = replace(switched, other_models=(replace(kept, results={}, source="runs/first"),))
    key = OtherModelKey("runs/first", full_state.model.sha256, "fake 01234567", FULL)
    assert wanted_request(OTHER_MODEL, bare) is None  # nobody looks

    for seen in (
        replace(bare, side_by_side=True),
        replace(bare, layer=Layer.DIFFERENCE, show_overlay=True),
    ):
        assert wanted_request(OTHER_MODEL, seen) == (OTHER_MODEL, key)
        assert wanted_request(OTHER_MODEL, replace(seen, compared_model="")) is None
        found = full_state.results[FULL]
        after = seen.with_answer(OTHER_MODEL, key, found)
        assert after.compared_result is found
        assert wanted_request(OTHER_MODEL, after) is None
        assert OTHER_MODEL not in after.on_demand.values

    failed = replace(bare, side_by_side=True).with_failed_request(OTHER_MODEL, key, "gone")
    assert failed.other_model_failed
    assert wanted_request(OTHER_MODEL, failed) is None
    again = failed.comparing_model(full_state.model.sha256)
    assert wanted_request(OTHER_MODEL, again) == (OTHER_MODEL, key)


def test_a_model_is_compared_without_being_used(full_state):
    state = full_state.comparing_with(SECOND, "second")

    assert state.side_by_side
    assert state.model == full_state.model
    assert state.missing_of_other_model == OtherModelKey(
        "second", SECOND.sha256, SECOND.label, FULL
    )
    # a second time, its results stay
    known = state.with_other_result(state.missing_of_other_model, full_state.results[FULL])
    assert known.comparing_with(SECOND, "second").other_models == known.other_models


def test_if_the_compared_model_is_loaded_the_other_side_is_compared(full_state):
    state = full_state.comparing_with(SECOND, "second")
    first = ModelResults(full_state.model, {}, full_state.case.grid)
    both = replace(state, model=None, other_models=(*state.other_models, first))

    loaded = both.with_model(SECOND)

    assert loaded.other_model.model == full_state.model
