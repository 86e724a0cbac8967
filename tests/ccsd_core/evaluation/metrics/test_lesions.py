"""Lesion-wise scores on lesions made by hand: cubes of known place and size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_core.domain.dice import dice
from ccsd_core.evaluation.metrics.lesion_scores import PENALTY_MM, LesionScores
from ccsd_core.evaluation.metrics.masks import ReferenceRegion, RegionPair
from ccsd_core.evaluation.metrics.surface import Surface, hausdorff95_mm

SHAPE = (40, 24, 24)
EMPTY = np.zeros(SHAPE, bool)
Place = tuple[int, int, int]
NEAR: Place = (4, 4, 4)
FAR: Place = (28, 14, 14)
UNIT = (1.0, 1.0, 1.0)


def cubes(*places: Place, edge: int = 5) -> np.ndarray:
    mask = EMPTY.copy()
    for x, y, z in places:
        mask[x : x + edge, y : y + edge, z : z + edge] = True
    return mask


def scores(prediction: np.ndarray, truth: np.ndarray, *, edge_mm: float = 1.0) -> LesionScores:
    expert = ReferenceRegion(truth, (edge_mm,) * 3, edge_mm**3 / 1000)
    return RegionPair(prediction, expert).lesion_wise


def test_one_lesion_and_one_part_have_the_scores_of_the_whole_region():
    truth, prediction = cubes(NEAR), cubes((6, 5, 4))
    found = scores(prediction, truth)
    surfaces = [Surface.of(m, spacing_mm=UNIT) for m in (prediction, truth)]
    assert found == LesionScores(
        dice(prediction, truth), hausdorff95_mm(*surfaces), counted=1, false=0
    )


def test_a_missed_lesion_counts_zero_and_374_mm():
    found = scores(cubes(NEAR), cubes(NEAR, FAR))
    assert found == LesionScores(0.5, PENALTY_MM / 2, counted=2, false=0)


def test_a_false_lesion_of_any_size_counts_zero_and_374_mm():
    speck = EMPTY.copy()
    speck[FAR] = True
    found = scores(cubes(NEAR) | speck, cubes(NEAR))
    assert found == LesionScores(0.5, PENALTY_MM / 2, counted=1, false=1)


def test_a_missed_and_a_false_lesion_count_the_same():
    assert scores(cubes(NEAR), cubes(NEAR, FAR)) == LesionScores(0.5, 187.0, 2, 0)
    assert scores(cubes(NEAR, FAR), cubes(NEAR)) == LesionScores(0.5, 187.0, 1, 1)


@pytest.mark.parametrize(
    ("gap", "lesions"), [(6, 1), (7, 2)], ids=["extents touch", "extents stay apart"]
)
def test_lesions_whose_extents_touch_are_one(gap: int, lesions: int):
    truth = cubes((4, 4, 4), (4 + 5 + gap, 4, 4))
    assert scores(truth, truth).counted == lesions


def test_a_part_that_only_touches_the_extent_is_no_false_lesion():
    beside = cubes((4, 4, 4 + 5 + 2), edge=2)
    found = scores(cubes(NEAR) | beside, cubes(NEAR))
    assert (found.counted, found.false) == (1, 0)
    assert found.dice == pytest.approx(2 * 125 / (125 + 125 + 8))
    assert scores(beside, cubes(NEAR)).dice == 0, "matched, yet nothing is shared"
    assert scores(beside, cubes(NEAR)).hd95_mm < 20


def test_parts_that_meet_at_a_corner_are_one_part():
    part = cubes((20, 10, 10), edge=2) | cubes((22, 12, 12), edge=2)
    assert scores(cubes(NEAR) | part, cubes(NEAR)).false == 1


def small(voxels: int) -> np.ndarray:
    mask = EMPTY.copy()

    block = np.zeros(64, bool)
    block[:voxels] = True
    mask[28:32, 14:18, 14:18] = block.reshape(4, 4, 4)
    return mask


@pytest.mark.parametrize(("voxels", "counted"), [(50, 1), (51, 2)])
def test_true_lesions_up_to_50_voxels_are_ignored(voxels: int, counted: int):
    truth = cubes(NEAR) | small(voxels)
    assert scores(truth, truth).counted == counted
    missed = scores(cubes(NEAR), truth)
    assert missed.dice == 1 / counted


def test_what_is_predicted_on_an_ignored_lesion_is_not_false():
    found = scores(cubes(NEAR) | small(60), cubes(NEAR) | small(50))
    assert found == LesionScores(1.0, 0.0, counted=1, false=0)


def test_with_nothing_to_count_the_scores_are_perfect_and_any_part_spoils_them():
    assert scores(EMPTY, EMPTY) == LesionScores(1.0, 0.0, 0, 0)
    assert scores(EMPTY, small(50)) == LesionScores(1.0, 0.0, 0, 0)
    assert scores(cubes(NEAR), EMPTY) == LesionScores(0.0, PENALTY_MM, 0, 1)


def test_half_a_millimetre_voxels_are_an_eighth_of_the_volume():
    assert scores(cubes(NEAR), cubes(NEAR), edge_mm=0.5).counted == 0
    assert scores(cubes(NEAR, edge=8), cubes(NEAR, edge=8), edge_mm=0.5).counted == 1


def test_a_lesions_distance_is_its_own_and_in_millimetres():
    truth = cubes(NEAR, FAR)
    moved = cubes(NEAR) | cubes((FAR[0] + 2, *FAR[1:]))
    one = scores(moved, truth)
    assert one.hd95_mm == pytest.approx(2.0 / 2)
    assert scores(moved, truth, edge_mm=3).hd95_mm == pytest.approx(3 * one.hd95_mm)


@given(
    where=st.lists(st.sampled_from([NEAR, FAR, (16, 4, 15), (5, 15, 5)]), max_size=4),
    guessed=st.lists(st.sampled_from([NEAR, FAR, (17, 4, 15), (20, 16, 3)]), max_size=4),
    axis=st.integers(0, 2),
)
@settings(deadline=None, max_examples=25)
def test_flipping_both_changes_nothing_and_the_scores_stay_in_range(where, guessed, axis):
    truth, prediction = cubes(*where), cubes(*guessed)
    found = scores(prediction, truth)
    flipped = scores(np.flip(prediction, axis).copy(), np.flip(truth, axis).copy())
    assert flipped.dice == pytest.approx(found.dice)
    assert flipped.hd95_mm == pytest.approx(found.hd95_mm)
    assert 0 <= found.dice <= 1
    assert 0 <= found.hd95_mm <= PENALTY_MM


@given(
    places=st.lists(st.sampled_from([NEAR, FAR, (16, 4, 15), (5, 15, 5)]), min_size=1, max_size=4)
)
@settings(deadline=None, max_examples=10)
def test_the_truth_itself_is_perfect(places):
    found = scores(cubes(*places), cubes(*places))
    assert (found.dice, found.hd95_mm, found.false) == (1.0, 0.0, 0)
