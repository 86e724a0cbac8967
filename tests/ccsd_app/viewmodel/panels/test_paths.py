"""Ways down from all sequences to one: what they are chosen by, and how far they are known."""

import random
from dataclasses import replace

import pytest

from ccsd_app.session.state import State
from ccsd_app.viewmodel.panels.paths import PathKind, case_path, mean_score, offered_kinds
from ccsd_core.distillation.path import decremental_path, path_in_order
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
BY_LOSS = (PathKind.GREATEST_LOSS, PathKind.LEAST_LOSS)
CRITICALITY = {Modality.FLAIR: 0.2, Modality.T1: 0.1, Modality.T1C: 0.7, Modality.T2: 0.3}
COSINE = decremental_path(CRITICALITY)


@pytest.fixture
def scored(fake_worker, fake_results):
    """A case whose subsets all have other scores, Dice and agreement unlike each other."""

    def make(available: ModalitySubset = FULL, *, labelled: bool = True) -> State:
        rng = random.Random(int(available.bits))
        state = State().opened(fake_worker.phantom("p", available, labelled=labelled))
        for subset in available.subsets():
            result = fake_results(subset, labelled=labelled)
            agreement = {r: rng.random() for r in Region}
            dice = {r: rng.random() for r in Region} if labelled else None
            state = state.with_result(replace(result, dice=dice, agreement=agreement))
        return state

    return make


def test_a_path_takes_one_sequence_at_a_time_from_all_down_to_one(scored):
    for available in ModalitySubset.every():
        for kind in [*BY_LOSS, PathKind.RANDOM]:
            path = case_path(kind, scored(available), seed=3)

            assert [len(subset) for subset in path.subsets] == list(range(len(available), 0, -1)), (
                kind,
                available,
            )
            assert path.subsets[0] == available, (kind, available)
            assert all(
                b.issubset(a) for a, b in zip(path.subsets, path.subsets[1:], strict=False)
            ), (kind, available)
            assert path.complete, (kind, available)


def test_no_other_sequence_would_have_cost_more_or_less(scored):
    for available in ModalitySubset.every():
        for kind in BY_LOSS:
            for labelled in [True, False]:
                state = scored(available, labelled=labelled)
                path = case_path(kind, state, seed=1)

                for richer, poorer in zip(path.subsets, path.subsets[1:], strict=False):
                    others = [mean_score(richer.toggled(m), state) for m in richer]
                    best = min(others) if kind is PathKind.GREATEST_LOSS else max(others)
                    assert mean_score(poorer, state) == best, (labelled, kind, available)
                assert ("Dice" in path.why) is labelled, (labelled, kind, available)
                assert ("agreement" in path.why) is not labelled, (labelled, kind, available)


def test_where_all_cost_the_same_the_lower_channel_goes_first(scored):
    for available in ModalitySubset.every():
        for kind in BY_LOSS:
            state = scored(available)
            level = {
                s: replace(r, dice=dict.fromkeys(Region, 0.5)) for s, r in state.results.items()
            }

            path = case_path(kind, replace(state, results=level), seed=1)

            assert path.subsets == path_in_order(list(available)), (kind, available)


def test_a_path_by_loss_is_known_as_far_as_results_go_and_no_further(scored):
    for missing in ModalitySubset.every():
        whole = scored()
        known = {s: r for s, r in whole.results.items() if s != missing}
        full_path = case_path(PathKind.LEAST_LOSS, whole, seed=1).subsets
        path = case_path(PathKind.LEAST_LOSS, replace(whole, results=known), seed=1)

        assert path.subsets == full_path[: len(path.subsets)], missing
        richer = [s for s in full_path if missing.issubset(s) and len(s) == len(missing) + 1]
        assert path.complete is not bool(richer), missing
        if richer:
            assert path.subsets[-1] == richer[0], missing


def test_the_full_set_is_the_path_until_something_is_computed(phantom_state):
    for kind in BY_LOSS:
        path = case_path(kind, phantom_state, seed=1)
        assert (path.subsets, path.complete) == ((FULL,), False)
    assert case_path(PathKind.RANDOM, phantom_state, seed=1).complete
    assert case_path(PathKind.LEAST_LOSS, State(), seed=1).subsets == ()


def test_a_seed_gives_one_path_and_is_reported(phantom_state):
    def draw(seed: int):
        return case_path(PathKind.RANDOM, phantom_state, seed=seed)

    assert draw(7) == draw(7)
    assert draw(7).name == "random order, seed 7"
    assert len({draw(seed).subsets for seed in range(100)}) > 12


def test_the_networks_own_path_is_offered_only_where_it_is_known(scored):
    assert offered_kinds(cosine_path=None) == (*BY_LOSS, PathKind.RANDOM)
    assert offered_kinds(cosine_path=COSINE)[:2] == (
        PathKind.MOST_CRITICAL,
        PathKind.LEAST_CRITICAL,
    )
    state = scored()
    most = case_path(PathKind.MOST_CRITICAL, state, seed=1, cosine_path=COSINE)
    least = case_path(PathKind.LEAST_CRITICAL, state, seed=1, cosine_path=COSINE)

    assert most.subsets == COSINE
    assert least.subsets == decremental_path(CRITICALITY, keep_critical=True)
    assert most.name == "least replaceable first"
    assert "cosine" in most.why
    assert "least like the others" in most.why


def test_a_mean_of_some_regions_is_no_score(full_state):
    result = full_state.results[FULL]
    part = replace(result, dice={Region.WT: 0.5})
    state = replace(full_state, results={FULL: part})

    assert mean_score(FULL, state) is None
    assert mean_score(ModalitySubset.parse("T1"), state) is None
    assert mean_score(FULL, full_state) == pytest.approx(sum(result.dice.values()) / 3)
