"""How much the segmentation hangs on each sequence, in words and bars."""

from dataclasses import replace

import pytest

from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.on_demand import CRITICALITY, Criticality
from ccsd_app.session.requests import wanted_request
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.absent_regions import TINY_ML
from ccsd_app.viewmodel.common.signed import signed
from ccsd_app.viewmodel.panels.criticality_panel import CriticalityModel, criticality_view
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
EVERY_SUBSET = ModalitySubset.every()
KINDS = [pytest.param(kind, id=kind.value) for kind in CriticalityKind]
FOUND = Criticality(
    {m: 0.1 * (m + 1) for m in Modality}, {m: 0.01 * (m + 1) for m in Modality}, (FULL,), True
)


@pytest.fixture
def state_of(phantom_state, fake_worker, fake_results):
    """A case with these sequences and all its results."""

    def make(available: ModalitySubset, *, labelled: bool = True):
        case = fake_worker.phantom("p", available, labelled=labelled)
        state = phantom_state.opened(case)
        for subset in available.subsets():
            state = state.with_result(fake_results(subset, labelled=labelled))
        return state

    return make


def bars(view):
    found = {g.name: {b.name: b.value for b in g.bars} for g in view.groups if g.bars}
    return {name: {k: v for k, v in one.items() if v is not None} for name, one in found.items()}


def test_left_out_is_what_the_full_set_loses(full_state):
    shown = bars(criticality_view(full_state, CriticalityKind.WITHHELD))

    for modality in Modality:
        without = full_state.results[FULL.toggled(modality)].dice
        for region in Region:
            lost = full_state.results[FULL].dice[region] - without[region]
            assert shown[modality.label][region.name] == pytest.approx(lost)


def test_shapley_values_share_out_the_score_with_everything(state_of):
    for labelled in [True, False]:
        for available in EVERY_SUBSET:
            state = state_of(available, labelled=labelled)
            full = state.results[available]
            scores = full.dice if labelled else full.agreement
            shown = bars(criticality_view(state, CriticalityKind.SHAPLEY))

            assert set(shown) == {m.label for m in available}, (available, labelled)
            for region in Region:
                enough = full.volumes_ml[region] >= TINY_ML
                sought = state.case.reference_regions[region].any() if labelled else enough
                values = [one[region.name] for one in shown.values() if region.name in one]
                assert len(values) == (len(available) if sought else 0), (available, labelled)
                if sought:
                    assert sum(values) == pytest.approx(scores[region]), (available, labelled)


@pytest.mark.parametrize("available", EVERY_SUBSET, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_the_patient_lacks_has_no_bar_and_says_so(state_of, available, kind):
    view = criticality_view(state_of(available), kind)

    assert [g.name for g in view.groups] == [m.label for m in Modality]
    for modality, group in zip(Modality, view.groups, strict=True):
        assert (group.reason == "missing") is (modality not in available)
        if modality not in available:
            assert group.bars == ()


def test_what_the_features_say_is_one_bar_a_sequence(full_state):
    state = full_state.with_answer(CRITICALITY, None, FOUND)

    cosine = criticality_view(state, CriticalityKind.COSINE)
    gradient = criticality_view(state, CriticalityKind.GRADIENT)

    assert bars(cosine) == {m.label: {"": FOUND.cosine[m]} for m in Modality}
    assert bars(gradient) == {m.label: {"": FOUND.gradient[m]} for m in Modality}
    assert (cosine.note, gradient.note) == ("", "")


def test_what_is_written_is_the_value(full_state):
    state = full_state.with_answer(CRITICALITY, None, FOUND)
    for kind in (CriticalityKind.WITHHELD, CriticalityKind.SHAPLEY):
        for group in criticality_view(state, kind).groups:
            assert all(b.text == signed(b.value, digits=2) for b in group.bars)
    (first, *_) = criticality_view(state, CriticalityKind.GRADIENT).groups
    assert first.bars[0].text == "0.01000"


@pytest.mark.parametrize("kind", [CriticalityKind.COSINE, CriticalityKind.GRADIENT])
def test_what_is_missing_of_the_features_says_why(full_state, kind):
    assert criticality_view(full_state, kind).note == "Computing…"
    stopped = replace(full_state, stopped=True)
    assert criticality_view(stopped, kind).note == "Not computed (stopped)"
    failed = full_state.with_failed_request(CRITICALITY, None, "too large")
    assert criticality_view(failed, kind).note == "Computation failed: too large"


@pytest.mark.parametrize("stopped", [False, True])
def test_what_is_missing_of_the_results_is_counted(phantom_state, fake_results, stopped):
    state = replace(phantom_state.with_result(fake_results(FULL)), stopped=stopped)
    for kind in (CriticalityKind.WITHHELD, CriticalityKind.SHAPLEY):
        view = criticality_view(state, kind)
        assert bars(view) == {}
        word = "stopped" if stopped else "the others are being computed"
        assert view.note == f"1 of 15 subsets computed, {word}"


def test_while_guessing_nothing_is_said_to_be_on_its_way(full_state):
    state = without_hidden(replace(full_state, guess=Guess(on=True)))
    assert criticality_view(state, CriticalityKind.SHAPLEY).note == "Hidden until you guess"


def test_the_reference_of_the_loss_is_stated(full_state, state_of):
    of_expert = criticality_view(full_state, CriticalityKind.GRADIENT).computed
    alone = criticality_view(state_of(FULL, labelled=False), CriticalityKind.GRADIENT).computed
    assert "vs the expert labels" in of_expert
    assert "vs the prediction from all sequences (this case has no expert labels)" in alone
    info = replace(full_state.model, training_cases=frozenset({full_state.case.id}))
    seen = replace(full_state, model=info)
    for kind in (CriticalityKind.GRADIENT, CriticalityKind.WITHHELD, CriticalityKind.SHAPLEY):
        assert "seen in training" in criticality_view(seen, kind).computed


def test_features_are_requested_only_while_the_panel_is_visible(full_state):
    session = Session(full_state)
    model = CriticalityModel(session)

    model.set_visible(visible=True)
    assert CRITICALITY not in session.state.on_demand.asked  # results say it
    model.choose(CriticalityKind.COSINE)
    assert wanted_request(CRITICALITY, session.state) is not None
    session.become(session.state.opened(full_state.case.restricted_to(FULL)))
    assert CRITICALITY in session.state.on_demand.asked  # it is still on screen
    model.set_visible(visible=False)
    session.become(session.state.opened(full_state.case.restricted_to(FULL)))
    assert CRITICALITY not in session.state.on_demand.asked
    model.choose(CriticalityKind.GRADIENT)
    assert CRITICALITY not in session.state.on_demand.asked
    assert model.shown.value.kind is CriticalityKind.GRADIENT
