"""A case without enhancing tumour: its ET scores 1 or 0, and nothing is concluded from that."""

from dataclasses import replace

import pytest

from ccsd_app.export.criticality_numbers import criticality_rows
from ccsd_app.export.curve_points import point_rows
from ccsd_app.export.numbers import curve_rows, numbers
from ccsd_app.session.guess import Answer
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.absent_regions import TINY_ML, rated_regions
from ccsd_app.viewmodel.panels.criticality_panel import criticality_view
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_app.viewmodel.panels.curve_panel import curve_plot
from ccsd_app.viewmodel.panels.path_steps import path_steps
from ccsd_app.viewmodel.panels.paths import PathKind, case_path
from ccsd_app.viewmodel.panels.what_next_panel import what_next
from ccsd_app.viewmodel.teaching.guess_panel import GuessModel
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
EVERY_SUBSET = ModalitySubset.every()
BY_RESULTS = [pytest.param(kind, id=kind.value) for kind in CriticalityKind if not kind.by_features]


@pytest.fixture
def no_et(full_state):
    """The expert found no ET; the network marks some wherever it is given T1c."""
    case = full_state.case
    regions = case.reference_regions.copy()
    regions[Region.ET] = False
    truth = replace(case.reference, array=case.scheme.labels(regions))
    state = replace(full_state, case=replace(case, reference=truth))
    for subset, result in full_state.results.items():
        wt = 0.5 + 0.1 * len(subset)
        et = 0.0 if Modality.T1C in subset else 1.0
        scores = {Region.WT: wt, Region.TC: wt, Region.ET: et}
        state = state.with_result(replace(result, dice=scores))
    return state


@pytest.fixture
def nothing(no_et):
    """The expert found nothing at all."""
    case = no_et.case
    healthy = case.scheme.labels(case.reference_regions & False)
    return replace(no_et, case=replace(case, reference=replace(case.reference, array=healthy)))


@pytest.mark.parametrize("kind", BY_RESULTS)
def test_no_sequence_is_worth_anything_for_what_is_not_there(no_et, kind):
    view = criticality_view(no_et, kind)
    for group in view.groups:
        values = {bar.name: bar.value for bar in group.bars}
        assert values["WT"] is not None
        assert values["ET"] is None
        assert {bar.name: bar.text for bar in group.bars}["ET"] == "–"
    assert "The expert labels have no ET" in view.computed
    assert view.note == ""


@pytest.mark.parametrize("kind", BY_RESULTS)
def test_where_there_is_nothing_at_all_to_find_mistakes_are_what_is_judged(nothing, kind):
    view = criticality_view(nothing, kind)
    for group in view.groups:
        assert all(bar.value is not None for bar in group.bars)
        assert len(group.bars) == len(Region)
    assert (
        "the expert labels have no WT, TC, ET: scored 1 if none is predicted, else 0"
        in view.computed
    )


def test_no_such_value_is_exported(no_et):
    rows = criticality_rows(no_et, no_et.case)
    assert {row["region"] for row in rows} == {"WT", "TC"}


def test_what_a_sequence_adds_here_is_not_reported_of_it(no_et):
    for subset in EVERY_SUBSET:
        shown = what_next(no_et.using(subset))
        for row in shown.rows:
            assert row.case_gain == ("+0.10", "+0.10", "–"), subset
        assert ("–: The expert labels have no ET" in shown.note) is bool(shown.rows), subset


@pytest.mark.parametrize("answer", [Answer.WT, Answer.TC, Answer.ET], ids=lambda a: a.name)
def test_it_is_no_answer_to_which_region_suffers_most(no_et, answer):
    state = no_et.using(NO_T1C)
    state = replace(state, guess=state.guess.switched(on=True, seen=FULL))
    model = GuessModel(Session(state))
    model.answer(answer)
    card = model.shown.value
    assert "WT and TC drop most" in card.text
    assert card.text.startswith("Not ET" if answer is Answer.ET else "Correct")
    assert [row.score for row in card.rows][Region.ET] == "0.000 → 1.000"  # as REGIONS has it


def test_what_is_marked_by_mistake_is_reported_with_the_outcome(no_et):
    """Everything given finds no ET; without T1c some is marked, and nothing else is lost."""
    full, less = no_et.results[FULL], no_et.results[NO_T1C]
    same = {Region.WT: 0.9, Region.TC: 0.9}
    state = no_et
    for result, ml, et in ((full, 0.0, 1.0), (less, 5.0, 0.0)):
        volumes = {**result.volumes_ml, Region.ET: ml}
        scores = {**same, Region.ET: et}
        state = state.with_result(replace(result, volumes_ml=volumes, dice=scores))
    state = state.using(NO_T1C)
    state = replace(state, guess=state.guess.switched(on=True, seen=FULL))
    model = GuessModel(Session(state))
    model.answer(Answer.JUST_SHOW)
    assert model.shown.value.text.endswith("ET is predicted where the expert labels have none.")


def test_a_mean_that_leaves_a_region_out_says_of_what_it_is(no_et):
    path = case_path(PathKind.RANDOM, no_et, seed=1)
    assert "mean Dice of WT, TC 0.900" in path_steps(path, no_et)[0].hint


def test_without_labels_it_is_the_full_inputs_result_that_has_none(no_et):
    case = replace(no_et.case, reference=None)
    state = replace(no_et, case=case).using(NO_T1C)
    for subset, result in no_et.results.items():
        volumes = {**result.volumes_ml, Region.ET: 0.0}
        state = state.with_result(replace(result, dice=None, volumes_ml=volumes))
        assert subset in state.results
    note = what_next(state.using(NO_T1C)).note
    assert "The prediction from all sequences has no ET" in note


@pytest.fixture
def speck(no_et):
    """No labels; from everything the network marks 0.1 mL of ET, which T1c alone keeps."""
    state = replace(no_et, case=replace(no_et.case, reference=None))
    for subset, result in no_et.results.items():
        agreement = {Region.WT: 0.9, Region.TC: 0.9, Region.ET: float(Modality.T1C in subset)}
        volumes = {Region.WT: 30.0, Region.TC: TINY_ML, Region.ET: 0.1}
        state = state.with_result(
            replace(result, dice=None, agreement=agreement, volumes_ml=volumes)
        )
    return state


@pytest.mark.parametrize("kind", BY_RESULTS)
def test_a_speck_that_only_the_network_found_does_not_rate_a_sequence(speck, kind):
    view = criticality_view(speck, kind)
    for group in view.groups:
        texts = {bar.name: bar.text for bar in group.bars}
        assert texts["ET"] == "–"
        assert "–" not in (texts["WT"], texts["TC"])
    assert (
        "The prediction from all sequences has less than 0.5 mL of ET, too little" in view.computed
    )


def test_what_could_be_added_is_not_ordered_or_judged_by_a_speck(speck):
    for subset in EVERY_SUBSET:
        shown = what_next(speck.using(subset))
        assert all(row.case_gain[Region.ET] == "–" for row in shown.rows), subset
        assert (
            "–: The prediction from all sequences has less than 0.5 mL of ET" in shown.note
        ) is bool(shown.rows), subset


def test_a_score_that_measures_nothing_has_points_and_no_curve(no_et, speck):
    for state in (no_et, speck):
        plot = curve_plot(state)
        et = plot.curves[Region.ET]
        counted = 15 if state is no_et else 14  # without the full input's agreement with itself
        assert len(et.points) == counted
        assert (et.means, et.ranges, et.reference_scores, et.path, et.mean) == ((), (), (), (), "–")
        assert all(len(plot.curves[r].means) == counted - 11 for r in (Region.WT, Region.TC))
        assert "rate a sequence" in plot.mean_hint
    assert "less than 0.5 mL of ET, too little for a score" in curve_plot(speck).axis


@pytest.mark.parametrize("tc", [0.0, 0.3], ids=["core absent", "core a speck"])
def test_where_there_are_only_specks_they_are_judged_and_not_called_too_little(speck, tc):
    volumes = {Region.WT: 0.4, Region.TC: tc, Region.ET: 0.0}
    state = speck
    for result in speck.results.values():
        state = state.with_result(replace(result, volumes_ml=volumes))
    found = [region for region in Region if volumes[region]]
    assert rated_regions(state) == tuple(found)
    curves = curve_plot(state).curves
    assert [len(curves[region].means) for region in found] == [3] * len(found)
    assert "too little" not in curve_plot(state).axis


def test_a_change_of_a_speck_is_explained_with_the_outcome(speck):
    state = speck.using(NO_T1C)
    state = replace(state, guess=state.guess.switched(on=True, seen=FULL))
    model = GuessModel(Session(state))
    model.answer(Answer.ET)
    card = model.shown.value
    assert [row.score for row in card.rows][Region.ET] == "1.000 → 0.000"
    assert card.text.endswith("less than 0.5 mL of ET, too little to rate a sequence by its score.")


def test_a_short_curve_has_means_and_no_area(speck):
    short = replace(speck, case=speck.case.restricted_to(NO_T1C), results={}).using(NO_T1C)
    for subset in NO_T1C.subsets():
        short = short.with_result(speck.results[subset])
    plot = curve_plot(short)
    assert all(curve.mean for curve in plot.curves)
    assert "AURC" not in plot.mean_hint


def test_exported_numbers_say_which_scores_measure_nothing(speck, no_et, full_state):
    for state, why in ((speck, "less than 0.5 mL of ET"), (no_et, "The expert labels have no ET")):
        (et,) = [row for row in curve_rows(state, state.case) if row["region"] == "ET"]
        assert why in et["no_score"]
        assert why in numbers(state, state.case)["curves"]["ET"]["no_score"]
        assert why in point_rows(state)[-1]["no_score"]
    assert not any(row["no_score"] for row in curve_rows(full_state, full_state.case))


def test_the_experts_speck_is_measured(full_state):
    full = full_state.results[FULL]
    small = replace(full, volumes_ml=dict.fromkeys(Region, 0.1))
    assert rated_regions(full_state.with_result(small)) == tuple(Region)


def test_a_path_by_loss_goes_by_the_others(no_et):
    """With ET's 0 and 1 in the mean, dropping T1c would be a gain, and the last to be lost."""
    path = case_path(PathKind.GREATEST_LOSS, no_et, seed=1)
    assert path.subsets[1] == FULL.toggled(Modality.FLAIR)  # all cost the same: by channel
    assert "mean of WT, TC)" in path.why
    least = case_path(PathKind.LEAST_LOSS, no_et, seed=1)
    assert least.subsets == path.subsets
