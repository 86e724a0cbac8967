"""What each sequence that is not used would add."""

from dataclasses import replace

import pytest

from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.signed import signed
from ccsd_app.viewmodel.panels.curve_panel import curve_plot
from ccsd_app.viewmodel.panels.what_next_panel import WhatNextModel, what_next
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
EVERY_SUBSET = ModalitySubset.every()
WORTH = {Modality.FLAIR: 0.3, Modality.T1: 0.05, Modality.T1C: 0.4, Modality.T2: 0.2}
TABLE = {s: {r: sum(WORTH[m] for m in s) for r in Region} for s in ModalitySubset.every()}


@pytest.fixture
def known(full_state):
    """The full state with a model whose evaluation adds up sequence by sequence."""
    return replace(
        full_state,
        model=replace(full_state.model, reference_scores=ReferenceScores(7, True, TABLE)),
    )


def test_every_absent_sequence_is_listed_the_most_helpful_first(known):
    for subset in EVERY_SUBSET:
        shown = what_next(known.using(subset))
        order = sorted(subset.missing if len(subset) < 4 else (), key=lambda m: -WORTH[m])
        assert [row.modality for row in shown.rows] == order, subset
        for row in shown.rows:
            assert row.mean_gain == (signed(WORTH[row.modality], digits=2),) * 3, subset


def test_what_it_adds_here_is_the_difference_of_two_computed_scores(known):
    for subset in EVERY_SUBSET:
        state = known.using(subset)
        for row in what_next(state).rows:
            more = state.results[subset.toggled(row.modality)].dice
            less = state.results[subset].dice
            assert row.case_gain == tuple(signed(more[r] - less[r], digits=2) for r in Region), (
                subset
            )


def test_a_sequence_the_patient_lacks_has_no_number_of_this_case(fake_worker, fake_results, known):
    pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)
    case = fake_worker.phantom("p", pair, labelled=False)
    state = known.opened(case).with_result(fake_results(pair, labelled=False))
    rows = {row.modality: row for row in what_next(state).rows}
    assert rows[Modality.T1C].status == "missing"
    assert rows[Modality.T1C].case_gain == ("", "", "")
    assert not rows[Modality.T1C].available
    assert rows[Modality.T1C].mean_gain == ("+0.40",) * 3


def test_averages_say_over_whom_and_are_never_called_the_cases(known):
    shown = what_next(known.using(FULL.toggled(Modality.T1C)))
    assert shown.mean_gain_heading == "Mean Dice gain, 7 test patients"
    assert "Averages over 7 test patients" in shown.note
    assert shown.case_gain_heading == "Dice gain, this case"


def test_the_order_is_explained_where_there_is_one(known):
    for subset in EVERY_SUBSET:
        shown = what_next(known.using(subset))
        assert ("Sorted by the average gain" in shown.note) is (len(shown.rows) > 1), subset


def test_gain_per_minute_is_the_mean_gain_divided_by_the_sequences_minutes(known):
    minutes = {Modality.FLAIR: 10.0, Modality.T1: 0.5, Modality.T1C: 20.0, Modality.T2: 4.0}
    state = replace(known, scan_minutes=minutes)
    for subset in EVERY_SUBSET[:-1]:
        shown = what_next(state.using(subset), per_minute=True)
        speed = {m: WORTH[m] / minutes[m] for m in subset.missing}
        assert [row.modality for row in shown.rows] == sorted(speed, key=lambda m: -speed[m])
        for row in shown.rows:
            assert row.minutes == minutes[row.modality]
            assert row.mean_per_minute == signed(speed[row.modality], digits=3)
            less, more = (known.results[s] for s in (subset, subset.toggled(row.modality)))
            here = sum(more.dice[r] - less.dice[r] for r in Region) / 3 / row.minutes
            assert row.case_per_minute == signed(here, digits=3)
        assert ("Sorted by the average gain per minute" in shown.note) is (len(shown.rows) > 1)


def test_the_best_by_gain_and_the_best_per_minute_are_marked(known):
    minutes = {Modality.FLAIR: 10.0, Modality.T1: 10.0, Modality.T1C: 20.0, Modality.T2: 1.0}
    state = replace(known, scan_minutes=minutes).using(ModalitySubset.of(Modality.FLAIR))
    best = {row.modality: row.best for row in what_next(state).rows}
    assert best == {Modality.T1: "", Modality.T1C: "most gain", Modality.T2: "most per minute"}
    usual = what_next(known.using(ModalitySubset.of(Modality.FLAIR))).rows
    assert usual[0].best == "most gain, most per minute"
    alone = what_next(known.using(FULL.toggled(Modality.T1C))).rows
    assert [row.best for row in alone] == [""], "there is nothing to compare one sequence with"


def test_minutes_are_assumed_until_they_are_entered(known):
    session = Session(known.using(ModalitySubset.of(Modality.T2)))
    model = WhatNextModel(session)
    assert "Minutes are assumed" in model.shown.value.note
    model.sort(per_minute=True)
    assert model.shown.value.per_minute
    model.set_minutes(Modality.T1C, 40)
    assert session.state.scan_minutes[Modality.T1C] == 40
    assert "assumed" not in model.shown.value.note
    assert model.shown.value.rows[0].modality is Modality.FLAIR
    model.set_minutes(Modality.T1C, 0)
    assert session.state.scan_minutes[Modality.T1C] == 0.5, "no division by zero"


def test_without_an_evaluation_nothing_is_expected(full_state):
    shown = what_next(full_state.using(FULL.toggled(Modality.T1C)))
    assert shown.rows[0].mean_gain == ("", "", "")
    assert "without an evaluation" in shown.note


def test_with_everything_there_is_nothing_to_add(known):
    shown = what_next(known)
    assert shown.rows == ()
    assert "already has all four" in shown.note


def test_adding_switches_the_sequence_on(known):
    session = Session(known.using(ModalitySubset.of(Modality.T2)))
    WhatNextModel(session).add(Modality.T1C)
    assert session.state.used == ModalitySubset.of(Modality.T1C, Modality.T2)


def test_the_population_curve_stands_beside_dice_only(known, fake_worker, fake_results):
    assert curve_plot(known).curves[0].reference_scores[3] == (4, pytest.approx(0.95))
    assert "7 test patients" in curve_plot(known).reference_scores
    unlabelled = known.opened(fake_worker.phantom("p", FULL, labelled=False))
    unlabelled = unlabelled.with_result(fake_results(FULL, labelled=False))
    assert curve_plot(unlabelled).curves[0].reference_scores == ()
    assert curve_plot(unlabelled).reference_scores == ""


def test_the_band_reaches_from_the_worst_to_the_best_subset_of_each_size(full_state):
    for curve in curve_plot(full_state).curves:
        for count, low, high in curve.ranges:
            scores = [full_state.results[s].dice[curve.region] for s in FULL.of_size(count)]
            assert (low, high) == (min(scores), max(scores))
