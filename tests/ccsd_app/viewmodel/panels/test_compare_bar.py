"""Two subsets of one patient beside each other."""

from dataclasses import replace

import pytest

from ccsd_app.scene.slices.slice_scene import reference_drawn
from ccsd_app.session.display import Layer
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.panels.compare_bar import (
    SAME,
    ComparisonModel,
    compared_side,
    comparison_table,
)
from ccsd_app.viewmodel.slices.legend import legend
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
EVERY_SUBSET = ModalitySubset.every()


def test_the_numbers_are_those_of_the_two_subsets(full_state):
    for subset in EVERY_SUBSET[:-1]:
        state = replace(full_state.using(subset), side_by_side=True)
        shown, other = state.results[subset], state.results[FULL]

        rows = comparison_table(state).rows

        assert [row.region for row in rows] == list(Region), subset
        for row in rows:
            assert row.shown_ml == f"{shown.volumes_ml[row.region]:.1f}", subset
            assert row.other_ml == f"{other.volumes_ml[row.region]:.1f}", subset
            assert row.shown_score == f"{shown.dice[row.region]:.3f}", subset
            assert row.other_score == f"{other.dice[row.region]:.3f}", subset
            assert row.overlap == f"{shown.agreement[row.region]:.3f}"  # the other is the full set


def test_a_subset_beside_itself_has_no_numbers_and_says_what_to_do(full_state):
    for subset in ModalitySubset.every():
        state = replace(full_state.using(subset).comparing(subset), side_by_side=True)

        table = comparison_table(state)

        assert (table.rows, table.pending) == ((), SAME), subset
        for other in set(ModalitySubset.every()) - {subset}:
            assert comparison_table(state.using(other)).pending == "", subset


def test_what_is_computed_has_no_numbers_yet_and_is_not_called_the_same(
    phantom_state, fake_results
):
    state = replace(phantom_state.with_result(fake_results(FULL)), side_by_side=True)

    table = comparison_table(state.using(NO_T1C))

    assert (table.rows, table.pending) == ((), "Computing…")


def test_nothing_is_counted_while_nothing_is_compared(full_state):
    table = comparison_table(full_state)
    assert not table.open
    assert table.rows == ()


@pytest.mark.parametrize(
    ("stopped", "text"), [(False, "Computing…"), (True, "Not computed (stopped)")]
)
def test_an_uncomputed_other_has_no_numbers_and_says_why(
    phantom_state, fake_results, stopped, text
):
    state = replace(phantom_state.with_result(fake_results(FULL)), side_by_side=True)
    table = comparison_table(replace(state.comparing(NO_T1C), stopped=stopped))
    assert table.pending == text
    assert table.rows == ()


def test_nothing_is_swapped_with_what_is_not_computed(phantom_state, fake_results):
    state = phantom_state.with_result(fake_results(FULL)).comparing(NO_T1C)
    session = Session(replace(state, side_by_side=True))

    ComparisonModel(session).swap()

    assert (session.state.used, session.state.compared_subset) == (FULL, NO_T1C)


def test_scores_of_a_case_seen_in_training_are_marked(full_state):
    state = replace(full_state.using(NO_T1C), side_by_side=True)
    assert not comparison_table(state).seen
    seen = replace(state.model, training_cases=frozenset({state.case.id}))
    assert comparison_table(replace(state, model=seen)).seen


def test_comparing_with_a_subset_ends_comparing_with_the_expert(full_state):
    state = replace(full_state, against_reference=True)
    assert not state.comparing(NO_T1C).against_reference


def test_swapping_shows_the_other_and_twice_is_nothing(full_state):
    session = Session(replace(full_state.using(NO_T1C), side_by_side=True))
    model = ComparisonModel(session)

    model.swap()
    assert (session.state.shown, session.state.compared_subset) == (FULL, NO_T1C)
    model.swap()
    assert (session.state.shown, session.state.compared_subset) == (NO_T1C, FULL)


def test_the_other_side_shows_the_other_result_and_no_difference(full_state):
    state = replace(full_state.using(NO_T1C), layer=Layer.DIFFERENCE)
    other = compared_side(state)
    assert other.result is state.results[FULL]
    assert other.layer is Layer.REGIONS


@pytest.mark.parametrize("region", Region, ids=lambda region: region.name)
def test_beside_a_difference_the_other_side_has_its_region_and_the_legend_says_so(
    full_state, region
):
    state = replace(full_state.using(NO_T1C), layer=Layer.DIFFERENCE, region=region)
    state = replace(state, side_by_side=True, show_reference=True)
    other = compared_side(state)
    assert other.visible == reference_drawn(other) == {region}
    explained = legend(state)
    assert f"B: {region.name}" in [swatch.text for swatch in explained.swatches]
    assert explained.expert_outlines == (region,)  # of both sides


def test_a_change_against_a_score_that_says_nothing_says_nothing(full_state):
    """Without labels the full input agrees with itself: 1, less that of A, is no news."""
    case = replace(full_state.case, reference=None)
    results = {s: replace(r, dice=None) for s, r in full_state.results.items()}
    state = replace(full_state, case=case, results=results, side_by_side=True).using(NO_T1C)
    rows = comparison_table(state).rows
    assert {row.other_score for row in rows} == {row.change_score for row in rows} == {"–"}
    pair = comparison_table(state.comparing(ModalitySubset.parse("T2"))).rows
    assert all(row.change_score not in ("", "–") for row in pair)


def test_another_case_ends_the_comparison(full_state, fake_worker):
    state = replace(full_state, side_by_side=True).comparing(NO_T1C)
    opened = state.opened(fake_worker.phantom("next", FULL))
    assert not opened.side_by_side
    assert opened.compared_subset == FULL


def test_missing_enhancing_tumour_shows_as_lost_volume(full_state):
    state = replace(full_state.using(NO_T1C), side_by_side=True)
    row = comparison_table(state).rows[Region.ET]
    assert row.shown_ml == "0.0"
    assert row.change_ml.startswith("−")
    assert row.overlap == "0.000"
