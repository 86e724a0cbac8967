"""What a comparison begins with: two different sides, and the region that differs most."""

from dataclasses import replace

import pytest

from ccsd_app.session.display import Layer
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.comparison_start import with_changed_region, with_other_side
from ccsd_app.viewmodel.common.overlap import overlap
from ccsd_app.viewmodel.panels.compare_bar import comparison_table
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T2")


@pytest.mark.parametrize("subset", ModalitySubset.every(), ids=str)
def test_the_two_sides_of_a_comparison_differ(full_state, subset):
    model = ToolbarModel(session := Session(full_state.using(subset)))
    model.toggle_side_by_side()
    assert session.state.compared_subset != session.state.used
    assert comparison_table(session.state).rows


def test_the_subset_used_before_is_the_other_side(full_state):
    state = with_other_side(full_state.using(PAIR).using(FULL))
    assert state.compared_subset == PAIR


def test_without_one_used_before_it_is_the_sequence_that_matters_most(full_state):
    agreements = {
        FULL.toggled(m): sum(full_state.results[FULL.toggled(m)].agreement.values())
        for m in Modality
    }
    assert with_other_side(full_state).compared_subset == min(agreements, key=agreements.get)


def test_hidden_results_are_not_compared_with_by_default(full_state):
    guessing = replace(full_state, guess=full_state.guess.switched(on=True, seen=FULL))
    assert with_other_side(guessing) == guessing


def test_a_difference_shows_the_region_that_changed_most_unless_one_was_chosen(full_state):
    state = full_state.using(PAIR)
    shown = overlap(state.result, state.compared_result)
    assert with_changed_region(state).region is min(Region, key=shown.get)

    model = ToolbarModel(session := Session(state))
    model.choose_region(Region.WT)
    model.toggle_difference()
    assert (session.state.layer, session.state.region) == (Layer.DIFFERENCE, Region.WT)
