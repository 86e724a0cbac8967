"""Results of a model from before models were switched: kept, compared, and when not."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.state import ModelInfo, State
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
