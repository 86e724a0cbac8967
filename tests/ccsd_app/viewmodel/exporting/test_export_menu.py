"""What can be exported, and what a picture's colours mean."""

from dataclasses import replace

import pytest

from ccsd_app.session.display import Layer
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.exporting.captions import slice_legend, view3d_legend
from ccsd_app.viewmodel.exporting.export_menu import BUSY, NO_RESULT, export_offer, removal_order
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


def test_what_is_missing_is_reported_first_the_case_then_the_result(phantom_state, full_state):
    assert export_offer(State(), busy=False).picture == NO_CASE
    assert export_offer(phantom_state, busy=False).picture == ""
    assert export_offer(phantom_state, busy=False).shown == NO_RESULT
    assert export_offer(full_state, busy=False).shown == ""
    assert export_offer(full_state, busy=True).picture == BUSY


def test_a_result_that_is_not_on_screen_can_still_be_exported_with_all(phantom_state, fake_results):
    state = phantom_state.with_result(fake_results(ModalitySubset.parse("T1")))
    offer = export_offer(state, busy=False)
    assert (offer.shown, offer.computed, offer.count) == (NO_RESULT, "", 1)


def test_the_stepwise_removal_goes_from_all_down_to_single_sequences(full_state):
    path = removal_order(full_state)
    assert len(path) == 15
    assert path[0] == ModalitySubset.full()
    assert [len(s) for s in path] == sorted((len(s) for s in path), reverse=True)


@pytest.mark.parametrize("layer", Layer)
def test_every_layer_is_named_under_its_picture(full_state, layer):
    state = replace(full_state, layer=layer, region=Region.TC)
    words = slice_legend(state)
    assert words.about
    assert ("TC" in words.about) == layer.about_one_region


def test_a_difference_says_against_what(full_state):
    pair = ModalitySubset.parse("FLAIR+T2")
    state = replace(full_state.using(pair), layer=Layer.DIFFERENCE)
    words = slice_legend(state)
    assert "vs FLAIR + T1 + T1c + T2" in words.about
    assert len(words.swatches) == 3
    expert = slice_legend(replace(state, against_reference=True))
    assert "vs expert labels" in expert.about


def test_a_picture_without_an_overlay_claims_no_colours(full_state, phantom_state):
    for state in (phantom_state, replace(full_state, show_overlay=False)):
        assert (slice_legend(state).about, slice_legend(state).swatches) == ("", ())


def test_the_3d_picture_names_the_surfaces_that_are_there(full_state):
    without_t1c = full_state.using(ModalitySubset.parse("FLAIR+T2"))
    assert [s.text[:2] for s in view3d_legend(without_t1c).swatches] == ["WT", "TC"]
    hidden = full_state.showing(Region.WT, visible=False)
    assert [s.text[:2] for s in view3d_legend(hidden).swatches] == ["TC", "ET"]
