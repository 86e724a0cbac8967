"""What the table of subsets shows of each region."""

import math
from dataclasses import replace

import pytest

from ccsd_app.session.on_demand import HD95
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.signed import signed_change
from ccsd_app.viewmodel.panels.measures import Measure, unavailable_reason
from ccsd_app.viewmodel.panels.subset_list import SubsetListModel, subset_list
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]


def row(state, measure, subset):
    return next(r for r in subset_list(state, measure).rows if r.subset == subset)


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_every_measure_is_that_of_the_subset(full_state, subset):
    result, full = full_state.results[subset], full_state.results[FULL]
    state = full_state.with_answer(HD95, subset, {r: 1.25 + r for r in Region})

    def shown(measure):
        return row(state, measure, subset).values

    assert shown(Measure.SCORE) == tuple(f"{result.dice[r]:.2f}" for r in Region)
    assert shown(Measure.VOLUME) == tuple(f"{result.volumes_ml[r]:.1f}" for r in Region)
    assert shown(Measure.HD95) == tuple(f"{1.25 + r:.1f}" for r in Region)
    volumes = tuple(signed_change(result.volumes_ml[r], full.volumes_ml[r]) for r in Region)
    scores = tuple(signed_change(result.dice[r], full.dice[r], digits=2) for r in Region)
    nothing = ("", "", "")
    assert shown(Measure.VOLUME_CHANGE) == (nothing if subset == FULL else volumes)
    assert shown(Measure.SCORE_CHANGE) == (nothing if subset == FULL else scores)


def test_where_a_side_is_empty_there_is_no_distance(full_state):
    known = {Region.WT: 1.0, Region.TC: 2.0, Region.ET: math.nan}
    state = full_state.with_answer(HD95, FULL, known)

    assert row(state, Measure.HD95, FULL).values == ("1.0", "2.0", "–")
    other = FULL.toggled(Modality.T1C)
    assert row(state, Measure.HD95, other).values == ("", "", "")
    caption = subset_list(state, Measure.HD95).caption
    assert "region absent in prediction or expert labels" in caption
    assert caption.endswith("1 of 15 computed")


def test_without_labels_distances_cannot_be_chosen_and_the_reason_is_reported(
    fake_worker, full_state
):
    state = full_state.opened(fake_worker.phantom("p", FULL, labelled=False))

    shown = subset_list(state, Measure.HD95)

    choice = next(c for c in shown.choices if c.measure is Measure.HD95)
    assert (choice.possible, shown.measure) == (False, Measure.SCORE)
    assert "no expert labels" in choice.hint
    assert all(unavailable_reason(m, state) == "" for m in Measure if m is not Measure.HD95)


@pytest.mark.parametrize("measure", [Measure.SCORE, Measure.SCORE_CHANGE, Measure.HD95])
def test_scores_of_a_case_seen_in_training_say_so(full_state, measure):
    info = replace(full_state.model, training_cases=frozenset({full_state.case.id}))
    assert "seen in training" in subset_list(replace(full_state, model=info), measure).caption
    assert "seen in training" not in subset_list(full_state, measure).caption


def test_distances_are_asked_for_once_they_are_chosen_also_of_the_next_case(full_state):
    session = Session(full_state)
    model = SubsetListModel(session)
    assert wanted_request(HD95, session.state) is None

    model.measure(Measure.HD95)
    _, subset = wanted_request(HD95, session.state)
    assert subset in full_state.results
    session.become(session.state.opened(full_state.case.restricted_to(FULL)))
    assert HD95 in session.state.on_demand.asked
    model.measure(Measure.VOLUME)
    session.become(session.state.opened(full_state.case.restricted_to(FULL)))
    assert HD95 not in session.state.on_demand.asked
