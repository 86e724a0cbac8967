"""What the panels say, as pure functions of the state."""

from dataclasses import replace

import pytest

from ccsd_app.export.numbers import curve_rows
from ccsd_app.session.display import Layer
from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.on_demand import CRITICALITY, HD95
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity, State
from ccsd_app.viewmodel.common.provenance import computing_line, input_line, score_name
from ccsd_app.viewmodel.common.signed import signed
from ccsd_app.viewmodel.panels.case_panel import case_header
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel, curve_plot, point_hint
from ccsd_app.viewmodel.panels.measures import Measure, cell_text, full_name, short_name
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles, toggles
from ccsd_app.viewmodel.panels.region_table import RegionTableModel, region_table
from ccsd_app.viewmodel.panels.status_bar import status_bar
from ccsd_app.viewmodel.panels.subset_list import SubsetListModel, subset_list
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel, toolbar
from ccsd_app.viewmodel.window_title import window_title
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals, interval_text

EVERY = ModalitySubset.every()
FULL = ModalitySubset.full()
PANELS = (case_header, curve_plot, toggles, region_table, status_bar, subset_list, toolbar)


def computed(fake_worker, fake_results, available: ModalitySubset, *, labelled: bool) -> State:
    state = State().opened(fake_worker.phantom("p", available, labelled=labelled))
    for subset in available.subsets():
        state = state.with_result(fake_results(subset, labelled=labelled))
    return state


@pytest.mark.parametrize("show", PANELS, ids=lambda f: f.__name__)
def test_every_panel_has_something_to_show_before_a_case_is_open(show):
    assert show(State()) == show(State())


def test_the_toggles_say_what_the_network_is_given_and_one_stays_on(phantom_state):
    for used in EVERY:
        shown = toggles(phantom_state.using(used))

        assert {t.modality for t in shown if t.checked} == set(used), used
        for toggle in shown:
            expected = "present" if toggle.modality in used else "withheld"
            assert toggle.status == expected, used
            assert toggle.enabled == (used != ModalitySubset.of(toggle.modality)), used
            if not toggle.enabled:
                assert "cannot be withheld" in toggle.hint, used


def test_a_sequence_that_the_patient_does_not_have_cannot_be_given(fake_worker):
    for available in EVERY:
        shown = toggles(State().opened(fake_worker.phantom("p", available)))

        for toggle in shown:
            if toggle.modality not in available:
                assert (toggle.checked, toggle.enabled) == (False, False), available
                assert toggle.status == "missing", available
            else:
                assert toggle.file == f"p_{toggle.modality.name}.nii.gz", available


def test_the_provenance_names_every_sequence_once(full_state):
    for used in EVERY:
        line = input_line(full_state.using(used))

        given, _, absent = line.partition(" · ")
        assert given == f"input: {', '.join(m.label for m in used)}", used
        if used.missing:
            assert absent == f"{', '.join(m.label for m in used.missing)} withheld", used


def test_what_is_missing_in_the_data_is_not_called_withheld(fake_worker, fake_results):
    pair = ModalitySubset.parse("FLAIR+T2")
    state = computed(fake_worker, fake_results, pair, labelled=True).using(
        ModalitySubset.parse("T2")
    )

    assert input_line(state) == ("input: T2 · FLAIR withheld · T1, T1c missing")


def test_an_old_result_is_never_passed_for_the_new_one(phantom_state, fake_results):
    for used in EVERY[:-1]:
        state = phantom_state.with_result(fake_results(FULL)).using(used)

        assert computing_line(state) == f"Computing {used.label}…", used
        assert region_table(state).stale, used
        assert input_line(state) == "input: FLAIR, T1, T1c, T2", used
        assert not any(row.shown and row.subset == used for row in subset_list(state).rows), used


def test_the_regions_table_gives_volume_change_and_dice_of_what_is_shown(full_state, fake_results):
    for used in EVERY:
        state = full_state.using(used)
        rows = region_table(state).rows

        for row in rows:
            result, full = fake_results(used), fake_results(FULL)
            assert row.volume == f"{result.volumes_ml[row.region]:.1f}", used
            assert row.score == f"{result.dice[row.region]:.3f}", used
            change = round(result.volumes_ml[row.region], 1)
            change -= round(full.volumes_ml[row.region], 1)
            assert row.change == ("" if used == FULL else signed(change)), used


def test_intervals_of_the_volumes_are_shown_for_a_new_case(full_state):
    widths = {s: dict.fromkeys(Region, 1.5) for s in ModalitySubset.every()}
    volumes = VolumeIntervals(0.9, 14, widths, dict.fromkeys(Region, 0.9))
    means = {s: dict.fromkeys(Region, 0.8) for s in ModalitySubset.every()}
    scores = ReferenceScores(14, True, means, volumes=volumes)
    model = replace(full_state.model, reference_scores=scores, training_cases=frozenset())
    new = replace(full_state, model=model)
    seen = replace(model, training_cases=frozenset({full_state.case.id}))

    table = region_table(new)

    low, high = volumes.interval_ml(
        new.result.volumes_ml[Region.WT], subset=new.result.subset, region=Region.WT
    )
    assert table.intervals.startswith(f"90 % interval: WT {interval_text(low, high)}, TC ")
    assert "14 patients" in table.intervals_hint
    assert region_table(replace(new, model=seen)).intervals == ""
    assert region_table(full_state).intervals == ""


@pytest.mark.parametrize("labelled", [True, False])
def test_without_expert_labels_the_word_is_agreement_everywhere(
    fake_worker, fake_results, labelled
):
    state = computed(fake_worker, fake_results, FULL, labelled=labelled)
    word = "Dice" if labelled else "Agreement"

    assert score_name(state) == word
    assert region_table(state).score_name == word
    assert subset_list(state).choices[0].name == ("Dice" if labelled else "Agree")
    for measure in Measure:
        message = full_name(measure, state) + short_name(measure, state)
        assert labelled or "Dice" not in message
    assert ("Dice" in curve_plot(state).axis) == labelled
    assert ("Agreement" in curve_plot(state).axis) != labelled


def test_the_agreement_of_the_full_input_with_itself_is_no_number(fake_worker, fake_results):
    for used in ModalitySubset.every():
        agreeing = computed(fake_worker, fake_results, FULL, labelled=False).using(used)
        against_expert = computed(fake_worker, fake_results, FULL, labelled=True).using(used)

        scores = [row.score for row in region_table(agreeing).rows]
        cells = [cell_text(Measure.SCORE, agreeing.result, r, agreeing) for r in Region]

        assert (scores == ["–"] * 3) == (used == FULL), used
        assert (cells == ["–"] * 3) == (used == FULL), used
        assert "–" not in [row.score for row in region_table(against_expert).rows], used


@pytest.mark.parametrize(
    ("number", "text"), [(1.26, "+1.3"), (-1.26, "−1.3"), (0.0, "0.0"), (-0.04, "0.0")]
)
def test_a_change_has_a_true_minus_and_no_signed_zero(number, text):
    assert signed(number) == text


def test_the_curve_has_a_point_and_a_mean_of_all_subsets_and_an_area_only_for_four(
    fake_worker, fake_results
):
    for available in EVERY:
        plot = curve_plot(computed(fake_worker, fake_results, available, labelled=True))

        for curve in plot.curves:
            assert {p.subset for p in curve.points} == set(available.subsets()), available
            assert [k for k, _ in curve.means] == list(range(1, len(available) + 1)), available
            scores = [point.score for point in curve.points]
            assert curve.mean == f"{sum(scores) / len(scores):.2f}", available
            assert sum(p.current for p in curve.points) == 1, available
        assert ("AURC" in plot.mean_hint) == (len(available) == 4), available


def test_agreement_of_the_full_input_with_itself_is_in_no_point_mean_or_area(
    fake_worker, fake_results
):
    state = computed(fake_worker, fake_results, ModalitySubset.full(), labelled=False)
    plot = curve_plot(state)

    assert plot.mean_title == "Mean agreement of 14 subsets"
    for curve in plot.curves:
        assert len(curve.points) == 14
        assert [k for k, _ in curve.means] in ([1, 2, 3], [])  # none: no region to rate
        others = [point.score for point in curve.points]
        assert curve.mean in (f"{sum(others) / 14:.2f}", "–")
    assert plot.curves[0].means
    assert all(row["aurc"] is None for row in curve_rows(state, state.case))


def test_the_area_is_not_reported_before_all_fifteen_are_there(full_state, fake_results):
    results = {s: r for s, r in full_state.results.items() if str(s) != "T1"}
    plot = curve_plot(replace(full_state, results=results))

    assert plot.progress == "14 of 15 subsets computed"
    assert [curve.mean for curve in plot.curves] == ["", "", ""]
    assert "AURC" not in plot.mean_hint
    assert [k for k, _ in plot.curves[0].means] == [2, 3, 4]


def test_hovering_names_the_subset_and_its_scores(full_state):
    hint = point_hint(curve_plot(full_state), ModalitySubset.parse("FLAIR+T1c"))

    assert hint.startswith("FLAIR + T1c: WT 0.")
    assert "ET 1.000" in hint


def test_the_list_distinguishes_computed_running_and_waiting(phantom_state, fake_results):
    for running in EVERY:
        state = phantom_state.with_result(fake_results(FULL))
        state = replace(state, activity=Activity(running.label, 1, 15, running))

        words = {row.subset: row.status for row in subset_list(state).rows}

        assert words[FULL] == "computed", running
        if running != FULL:
            assert words[running] == "running", running
        assert sum(word == "waiting" for word in words.values()) == 14 - (running != FULL), running


def test_a_click_on_a_point_or_a_row_asks_for_its_subset(full_state):
    session = Session(full_state)
    target = ModalitySubset.parse("T1+T2")

    CurvePanel(session).use(target)
    assert session.state.used == session.state.shown == target
    SubsetListModel(session).use(FULL)
    assert session.state.used == FULL


def test_the_experts_volumes_stand_below_the_predicted_ones(full_state):
    grid, regions = full_state.case.grid, full_state.case.reference_regions
    volumes = [f"{r.name} {regions[r].sum() * grid.voxel_ml:.1f}" for r in Region]
    assert region_table(full_state).expert == f"Expert: {', '.join(volumes)} mL"
    unlabelled = replace(full_state, case=replace(full_state.case, reference=None))
    assert region_table(unlabelled).expert == region_table(State()).expert == ""


def test_the_first_case_and_model_lead_the_panel(phantom_state, fake_worker):
    head = case_header(phantom_state)

    assert head.title == "phantom"
    assert head.model == "fake · 01234567"
    assert head.trained == "Trained on 1 case"
    assert head.seen == ""
    seen = case_header(replace(phantom_state, case=fake_worker.phantom("seen", FULL), used=FULL))
    assert "Seen in training" in seen.seen


def test_the_title_is_the_case(phantom_state):
    assert window_title(phantom_state) == "phantom — CCSD"
    assert window_title(State()) == "CCSD"


def test_a_panel_is_notified_only_when_what_it_shows_changes(full_state):
    session = Session(full_state)
    bar, heard = ModalityToggles(session), []
    bar.shown.changed.connect(heard.append)

    session.become(session.state.with_cursor((1, 1, 1)))
    assert heard == []
    bar.toggle(Modality.T1C)
    assert len(heard) == 1
    bar.use_all()
    assert session.state.used == FULL


def test_the_toolbar_changes_only_how_things_are_drawn(full_state):
    session = Session(full_state)
    tools = ToolbarModel(session)
    for act in (
        tools.toggle_overlay,
        tools.toggle_outline,
        tools.toggle_reference,
        tools.toggle_radiological,
        tools.more_opaque,
        tools.less_opaque,
        lambda: tools.set_background(Modality.T2),
        lambda: tools.set_opacity_percent(35),
    ):
        act()
    RegionTableModel(session).show(Region.WT, visible=False)

    state = session.state
    assert state.used == full_state.used
    assert state.results is full_state.results
    assert state.background is Modality.T2
    assert state.opacity == 0.35
    assert state.visible == {Region.TC, Region.ET}
    assert (state.show_overlay, state.show_reference, state.radiological) == (False, True, False)


def test_what_was_stopped_can_be_resumed_as_long_as_something_is_missing(full_state):
    stopped = replace(full_state, stopped=True)
    assert not status_bar(stopped).stopped
    assert status_bar(stopped.with_layer(Layer.PROBABILITY)).stopped
    assert status_bar(stopped.asking(CRITICALITY)).stopped
    assert status_bar(stopped.asking(HD95)).stopped
    results = {s: r for s, r in full_state.results.items() if s != FULL.toggled(Modality.T1C)}
    assert status_bar(replace(stopped, results=results)).stopped
    guessing = replace(stopped, guess=Guess(on=True))
    assert not status_bar(without_hidden(guessing)).stopped  # all is there, only hidden
