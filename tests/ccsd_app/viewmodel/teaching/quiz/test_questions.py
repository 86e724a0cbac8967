"""The questions of the quiz: what is asked, and which answers are right."""

from dataclasses import replace
from random import Random

import pytest

from ccsd_app.viewmodel.teaching.quiz.case_numbers import voxel_of_difference
from ccsd_app.viewmodel.teaching.quiz.follow_question import CHOICES, NO, YES, follow_question
from ccsd_app.viewmodel.teaching.quiz.next_question import next_question
from ccsd_app.viewmodel.teaching.quiz.picture_scene import Look, picture_scene
from ccsd_app.viewmodel.teaching.quiz.question import QuestionKind
from ccsd_app.viewmodel.teaching.quiz.questions import questions_of
from ccsd_app.viewmodel.teaching.quiz.region_question import NONE, region_question
from ccsd_app.viewmodel.teaching.quiz.withheld_question import withheld_question
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
SEEDS = range(30)


def scored(state, dice, *, agreement=None):
    """The state with other scores: `dice` and `agreement` are functions of subset and region."""
    results = {
        subset: replace(
            result,
            dice={r: dice(subset, r) for r in Region},
            agreement={r: (agreement or dice)(subset, r) for r in Region},
        )
        for subset, result in state.results.items()
    }
    return replace(state, results=results)


@pytest.fixture(scope="module")
def unlabelled_state(full_state):
    results = {s: replace(r, dice=None) for s, r in full_state.results.items()}
    return replace(full_state, case=replace(full_state.case, reference=None), results=results)


def test_the_same_seed_asks_the_same_and_another_case_or_seed_something_else(full_state):
    asked = questions_of(full_state, seed=1, number=1)
    assert [q.kind for q in asked] == list(QuestionKind)
    assert asked == questions_of(full_state, seed=1, number=1)
    assert any(asked != questions_of(full_state, seed=seed, number=1) for seed in SEEDS)
    assert any(asked != questions_of(full_state, seed=1, number=n) for n in SEEDS)


def test_the_withheld_sequence_is_right_and_so_are_those_that_give_the_same_picture(full_state):
    """Without T1c there is no ET; T1 and FLAIR, withheld, give the same picture; T2 another."""
    results = {
        s: replace(r, volumes_ml={q: 10 * ml for q, ml in r.volumes_ml.items()})
        for s, r in full_state.results.items()
    }
    large, seen = replace(full_state, results=results), set()
    for seed in SEEDS:
        asked = withheld_question(large, Random(seed))
        withheld = next(iter(set(Modality) - set(asked.pictures[1].subset)))
        seen.add(withheld)
        assert asked.choices == ("FLAIR", "T1", "T1c", "T2")
        alike = {Modality.FLAIR, Modality.T1} if withheld <= Modality.T1 else {withheld}
        assert asked.right == frozenset(alike)
        assert f"{withheld.label} was withheld." in asked.explanation
        assert ("nearly the same picture" in asked.explanation) == (len(alike) > 1)
        assert "Dice with the expert labels" in asked.explanation
    assert Modality.T1C in seen
    assert len(seen) > 1

    tiny = {withheld_question(full_state, Random(seed)).right for seed in SEEDS}
    assert frozenset({0, 1, 2}) in tiny, "0.3 mL of ET are too little to tell T1c by"


def test_nothing_is_asked_about_a_withheld_sequence_if_no_picture_changes(full_state):
    same = full_state.full_result
    results = {s: replace(same, subset=s) for s in full_state.results}
    assert withheld_question(replace(full_state, results=results), Random(1)) is None


def test_pictures_of_a_question_do_not_name_the_sequences_given_to_the_model(full_state):
    asked = withheld_question(full_state, Random(3))
    look = Look(Modality.T2, 9)
    for picture in (*asked.pictures, *asked.revealed):
        scene = picture_scene(full_state, asked, picture, look)
        told = (scene.input_text, scene.provenance, scene.badge, *scene.background_note)
        assert not any(told)
        assert scene.title == "Axial · T2"
    first, second = (picture_scene(full_state, asked, p, look).picture for p in asked.pictures)
    assert first.overlay != second.overlay
    assert asked.pictures[1].title == "One sequence withheld"
    hidden = picture_scene(full_state, asked, asked.pictures[1], replace(look, overlay=False))
    assert hidden.picture.overlay != second.overlay


def test_the_region_with_the_largest_drop_is_right_and_all_tied_ones_are(full_state):
    drops = {Region.WT: 0.1, Region.TC: 0.3, Region.ET: 0.305}
    state = scored(full_state, lambda s, r: 0.9 - (s != FULL) * drops[r])
    asked = region_question(state, Random(1))
    assert asked.choices[-1] == NONE
    assert asked.right == {1, 2}
    assert "TC and ET suffer most, equally" in asked.explanation
    assert "WT from 0.900 to 0.800 (−0.100)" in asked.explanation

    even = scored(full_state, lambda s, r: 0.9)
    asked = region_question(even, Random(1))
    assert {asked.choices[i] for i in asked.right} == {NONE}

    alike = scored(full_state, lambda s, r: 0.9 - 0.2 * (s != FULL))
    assert region_question(alike, Random(1)) is None


def test_the_sequence_with_the_largest_gain_is_to_be_acquired_next(full_state):
    worth = {Modality.FLAIR: 0.1, Modality.T1: 0.05, Modality.T1C: 0.4, Modality.T2: 0.1}
    state = scored(full_state, lambda s, r: sum(worth[m] for m in s))
    for seed in SEEDS:
        asked = next_question(state, Random(seed))
        given = asked.pictures[0].subset
        others = [m for m in Modality if m not in given]
        best = [m for m in others if worth[m] == max(worth[n] for n in others)]
        assert [asked.choices[i] for i in sorted(asked.right)] == [m.label for m in best]
        assert asked.choices[:-1] == tuple(m.label for m in others)
        assert asked.revealed[1].subset == given.toggled(best[0])

    slight_gain = {m: 0.0104 if m is Modality.T1C else -0.05 for m in Modality}
    slight = scored(full_state, lambda s, r: 0.5 + sum(slight_gain[m] for m in s))
    for seed in SEEDS:
        asked = next_question(slight, Random(seed))
        assert asked.choices[-1] == "None: no gain above 0.01"
        assert asked.right == {len(asked.choices) - 1}, "0.0104 is stated as 0.010"

    useless = scored(full_state, lambda s, r: 0.5)
    asked = next_question(useless, Random(1))
    assert asked.right == {len(asked.choices) - 1}
    equal = scored(full_state, lambda s, r: len(s) / 5)
    assert next_question(equal, Random(1)) is None


def test_the_hint_on_the_next_sequence_quotes_the_evaluation_of_the_model(full_state):
    dice = {s: {r: len(s) / 5 for r in Region} for s in ModalitySubset.every()}
    model = replace(full_state.model, reference_scores=ReferenceScores(7, True, dice))
    worth = {Modality.FLAIR: 0.1, Modality.T1: 0.0, Modality.T1C: 0.4, Modality.T2: 0.2}
    state = scored(replace(full_state, model=model), lambda s, r: sum(worth[m] for m in s))
    hint = next_question(state, Random(1)).hint
    assert "over 7 test patients" in hint
    assert "+0.20" in hint
    assert (
        "test patients" not in next_question(replace(state, model=full_state.model), Random(1)).hint
    )


def test_a_wrong_result_must_not_be_followed_and_a_good_one_may_be(full_state):
    poor = scored(full_state, lambda s, r: 0.3, agreement=lambda s, r: 0.95)
    asked = follow_question(poor, Random(1))
    assert asked.choices == CHOICES
    assert asked.right == {NO}
    assert asked.model_wrong
    assert "only 0.300" in asked.explanation

    good = scored(full_state, lambda s, r: 0.9)
    asked = follow_question(good, Random(1))
    assert asked.right == {YES}
    assert not asked.model_wrong

    assert follow_question(scored(full_state, lambda s, r: 0.7), Random(1)) is None


def test_wrong_results_are_those_that_agree_best_with_all_sequences(full_state):
    """Only such a result misleads; the explanation says what its agreement means."""
    pair = ModalitySubset.parse("FLAIR+T2")
    state = scored(
        full_state,
        lambda s, r: 0.9 if s == FULL else 0.2,
        agreement=lambda s, r: 0.97 if s == pair else 0.1 * (s == FULL),
    )
    wrong = [follow_question(state, Random(seed)) for seed in SEEDS]
    subsets = {q.pictures[1].subset for q in wrong if q.model_wrong}
    assert pair in subsets
    of_pair = next(q for q in wrong if q.pictures[1].subset == pair)
    assert "agreement with the prediction from all sequences is 0.970" in of_pair.text
    assert "says only that both are alike" in of_pair.explanation
    assert {q.model_wrong for q in wrong} == {True, False}


def test_without_expert_labels_nobody_asks_whether_to_follow_and_the_score_is_agreement(
    unlabelled_state,
):
    asked = questions_of(unlabelled_state, seed=1, number=1)
    assert QuestionKind.FOLLOW not in {q.kind for q in asked}
    assert len(asked) > 1
    for question in asked:
        assert question.score_name == "agreement"
        assert "no expert labels" in question.explanation
        assert "Dice" not in question.explanation + question.text


def test_a_case_with_one_sequence_has_no_question_about_sequences(fake_worker, fake_results):
    from ccsd_app.session.state import State

    only = ModalitySubset.of(Modality.T1C)
    state = State().opened(fake_worker.phantom("p", only)).with_result(fake_results(only))
    kinds = {q.kind for q in questions_of(state, seed=1, number=1)}
    assert kinds <= {QuestionKind.FOLLOW}


def test_the_explanation_is_shown_on_the_slice_with_the_largest_difference(full_state):
    import numpy as np

    one, other = np.zeros((4, 4, 6), np.uint8), np.zeros((4, 4, 6), np.uint8)
    one[1:3, 1:3, 1] = 3
    other[1:3, 1:3, 1:5] = 2
    other[1:3, 1:3, 4] = 3
    maps = NestedLabels.around(one, (10, 20, 30)), NestedLabels.around(other, (10, 20, 30))
    assert voxel_of_difference(*maps, Region, start=(0, 0, 0))[2] == 34
    assert voxel_of_difference(*maps, [Region.TC], start=(0, 0, 0))[2] in (32, 33, 34)
    assert voxel_of_difference(maps[0], maps[0], Region, start=(7, 8, 9)) == (7, 8, 9)
