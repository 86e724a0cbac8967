"""The legend names everything that is drawn over the slices."""

from dataclasses import replace

import numpy as np
import pytest

from ccsd_app.scene.overlays.overlay import Pattern
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN
from ccsd_app.session.on_demand import PROBABILITIES, ProbabilityMap
from ccsd_app.session.state import State
from ccsd_app.viewmodel.slices.legend import legend
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()


@pytest.mark.parametrize("layer", list(Layer), ids=lambda layer: layer.value)
def test_every_layer_is_explained(full_state, layer):
    shown = legend(replace(full_state, layer=layer).using(FULL.toggled(Modality.T1C)))
    assert shown.swatches or shown.scale
    assert all(swatch.text for swatch in shown.swatches)


def test_hidden_regions_are_not_in_the_legend(full_state):
    shown = legend(full_state.showing(Region.TC, visible=False))
    assert [swatch.text[:2] for swatch in shown.swatches] == ["WT", "ET"]


def test_labels_have_names_and_not_numbers(full_state):
    shown = legend(replace(full_state, layer=Layer.LABELS))
    assert [swatch.text.split()[0] for swatch in shown.swatches] == ["ED", "NCR", "ET"]


def test_the_parts_of_a_difference_differ_in_pattern(full_state):
    state = replace(full_state, layer=Layer.DIFFERENCE, against_reference=True)
    patterns = [swatch.pattern for swatch in legend(state).swatches]
    assert patterns == [Pattern.NONE, Pattern.STRIPES, Pattern.DOTS]
    assert any("false negative" in swatch.text for swatch in legend(state).swatches)


def test_a_subset_against_itself_says_that_nothing_can_differ(full_state):
    shown = legend(replace(full_state, layer=Layer.DIFFERENCE))
    assert shown.swatches == ()
    assert shown.note.startswith("Same sequences on both sides")


def test_the_experts_dashes_are_those_that_are_drawn(full_state):
    state = replace(full_state, show_reference=True)
    assert legend(state).expert_outlines == (Region.WT, Region.TC, Region.ET)
    one = replace(state, layer=Layer.CONSENSUS, region=Region.TC)
    assert legend(one).expert_outlines == (Region.TC,)
    assert legend(full_state).expert_outlines == ()


SURE = (Layer.PROBABILITY, Layer.UNCERTAINTY)


@pytest.mark.parametrize("layer", SURE, ids=lambda layer: layer.value)
def test_missing_probabilities_say_why(full_state, layer):
    state = replace(full_state, layer=layer)
    assert legend(state).note == "Computing…"
    assert legend(replace(state, stopped=True)).note == "Not computed (stopped)"
    failed = state.with_failed_request(PROBABILITIES, FULL, "no memory")
    assert legend(failed).note == "Computation failed"
    found = ProbabilityMap(FULL, np.zeros((3, 0, 0, 0), np.uint8), (0, 0, 0))
    there = legend(
        replace(state.with_answer(PROBABILITIES, found.subset, found), stopped=True)
    ).note
    assert "computed" not in there
    assert there


def test_the_line_is_said_to_lie_where_the_models_rules_cut(full_state):
    """Of a region and, where these are cut elsewhere, of those within it."""
    found = ProbabilityMap(FULL, np.zeros((3, 0, 0, 0), np.uint8), (0, 0, 0))
    state = replace(
        full_state.with_answer(PROBABILITIES, found.subset, found), layer=Layer.PROBABILITY
    )
    rules = Postprocess.parse("nested, threshold:WT=0.4, threshold:ET=0.6")
    moved = replace(state, model=replace(state.model, postprocess=rules))

    for region, plain, cut in (
        (Region.WT, "0.5", "0.4, TC 0.5, ET 0.6"),
        (Region.TC, "0.5", "0.5, ET 0.6"),
        (Region.ET, "0.5", "0.6"),
    ):
        assert legend(replace(state, region=region)).note == f"white outline: p = {plain}"
        assert legend(replace(moved, region=region)).note == f"white outline: p = {cut}"


@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_not_computed_is_not_said_to_be_on_its_way_once_stopped(
    phantom_state, fake_results, stopped
):
    state = replace(phantom_state.with_result(fake_results(FULL)), stopped=stopped)
    consensus = legend(replace(state, layer=Layer.CONSENSUS)).note
    assert ("the others are being computed" in consensus) is not stopped
    pair = state.comparing(FULL.toggled(Modality.T1C))
    difference = legend(replace(pair, layer=Layer.DIFFERENCE)).note
    assert difference.endswith("not computed (stopped)" if stopped else "computing…")


def test_without_a_case_there_is_nothing_to_explain():
    assert legend(State()).title == ""


@pytest.mark.parametrize("layer", [Layer.REGIONS, Layer.LABELS, Layer.DIFFERENCE])
def test_where_room_is_scarce_there_are_shorter_words(full_state, layer):
    state = replace(full_state, layer=layer).using(FULL.toggled(Modality.T1C))

    for swatch in legend(state).swatches:
        assert len(swatch.short or swatch.text) <= len("only reference")


def test_who_finds_it_is_reported_in_short_words_too(full_state):
    state = replace(full_state, layer=Layer.DIFFERENCE).using(FULL.toggled(Modality.T1C))
    for one, words in (
        (state, ["both", "only current", "only reference"]),
        (replace(state, side_by_side=True), ["both", "only A", "only B", "B: WT"]),
        (replace(state, against_reference=True), ["both", "false positive", "false negative"]),
    ):
        assert [swatch.short or swatch.text for swatch in legend(one).swatches] == words


def test_what_stands_in_for_a_hidden_result_is_explained(full_state):
    """It is drawn, so that its colours mean something."""
    guessing = replace(full_state, guess=replace(full_state.guess, on=True))

    shown = legend(guessing.using(FULL.toggled(Modality.T1C)))

    assert shown.swatches
    assert shown.swatches == legend(full_state).swatches


def test_a_hidden_difference_is_said_to_be_hidden(full_state):
    guess = replace(full_state.guess, on=True)
    state = replace(full_state, layer=Layer.DIFFERENCE, guess=guess)
    assert legend(state.using(FULL.toggled(Modality.T1C))).note == HIDDEN.capitalize().capitalize()
