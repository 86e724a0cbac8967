"""Metrics: the laws of Dice, and what each metric says when a side is empty."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.metrics.registry import (
    METRICS,
    ReferenceRegions,
    choose_metrics,
    measure,
    without_small_enhancing,
)

SHAPE = (3, 4, 2)
masks = arrays(bool, SHAPE)
EMPTY = np.zeros(SHAPE, bool)
ONE = EMPTY.copy()
ONE[1, 1, 1] = True


def values(prediction: np.ndarray, truth: np.ndarray, *, voxel_ml: float = 0.002, metrics=METRICS):
    """Metrics of one mask taken as all three regions."""
    expert = ReferenceRegions.of(np.stack([truth] * 3), voxel_ml=voxel_ml)
    rows = measure(np.stack([prediction] * 3), expert, metrics=metrics)
    return {metric.name: value for metric, region, value in rows if region is Region.WT}


def test_an_empty_truth_gives_one_for_an_empty_prediction_and_zero_for_any_other():
    assert values(EMPTY, EMPTY)["dice"] == 1
    assert values(ONE, EMPTY)["dice"] == 0
    assert values(EMPTY, ONE)["dice"] == 0


def test_other_shapes_are_refused_with_both_shapes():
    with pytest.raises(BadInputError, match=r"\(3, 4, 2\).*\(3, 4, 1\)"):
        values(EMPTY, EMPTY[..., :1])


def test_every_metric_has_a_name_a_unit_and_a_policy():
    assert [m.name for m in METRICS] == [
        "dice",
        "dice_et500",
        "sensitivity",
        "specificity",
        "volume_ml",
        "volume_difference_ml",
        "hd95_mm",
        "lesion_dice",
        "lesion_hd95_mm",
    ]
    assert {m.unit for m in METRICS} == {"fraction", "mL", "mm"}
    assert all(m.policy for m in METRICS)


@given(a=masks, b=masks)
def test_sensitivity_of_a_mask_is_specificity_of_its_complement(a, b):
    assume(b.any())
    one, other = values(a, b), values(~a, ~b)
    assert one["sensitivity"] == pytest.approx(other["specificity"])


def test_sensitivity_and_specificity_are_undefined_where_there_is_nothing_to_find():
    assert math.isnan(values(ONE, EMPTY)["sensitivity"])
    assert math.isnan(values(ONE, ~EMPTY)["specificity"])
    assert values(ONE, EMPTY)["specificity"] == pytest.approx(23 / 24)


@given(a=masks, b=masks, voxel_ml=st.floats(1e-4, 1))
def test_the_predicted_volume_less_the_difference_is_the_true_volume(a, b, voxel_ml):
    found = values(a, b, voxel_ml=voxel_ml)
    assert found["volume_ml"] == pytest.approx(a.sum() * voxel_ml)
    true = found["volume_ml"] - found["volume_difference_ml"]
    assert true == pytest.approx(b.sum() * voxel_ml, abs=1e-9)


def regions_with_enhancing(voxels: int) -> np.ndarray:
    regions = np.zeros((3, 12, 12, 12), bool)
    regions[:2] = True
    regions[Region.ET].flat[:voxels] = True
    return regions


@pytest.mark.parametrize(("voxels", "left"), [(499, 0), (500, 500), (501, 501), (0, 0)])
def test_enhancing_tumour_below_500_voxels_counts_as_necrosis(voxels: int, left: int):
    regions = regions_with_enhancing(voxels)
    processed = without_small_enhancing(regions)
    assert processed[Region.ET].sum() == left
    assert (processed[:2] == regions[:2]).all()
    assert regions[Region.ET].sum() == voxels, "the prediction itself was changed"


def test_raw_and_processed_dice_stand_side_by_side_and_differ_in_et_only():
    prediction, truth = regions_with_enhancing(100), regions_with_enhancing(0)
    rows = {(m.name, r): v for m, r, v in measure(prediction, ReferenceRegions.of(truth))}
    assert rows["dice", Region.ET] == 0
    assert rows["dice_et500", Region.ET] == 1
    for region in (Region.WT, Region.TC):
        assert rows["dice", region] == rows["dice_et500", region]


@pytest.mark.parametrize(
    ("prediction", "truth", "brats"),
    [(EMPTY, EMPTY, 0), (ONE, EMPTY, 374), (EMPTY, ONE, 374), (ONE, ONE, 0)],
    ids=["both empty", "only predicted", "only true", "neither"],
)
def test_the_distance_to_nothing_is_what_the_policy_says(prediction, truth, brats):
    by_policy = {
        policy: values(prediction, truth, metrics=choose_metrics(hd95_empty=policy))["hd95_mm"]
        for policy in ("brats", "nan")
    }
    assert by_policy["brats"] == brats
    assert math.isnan(by_policy["nan"]) == (not prediction.any() or not truth.any())


def test_the_policy_for_an_empty_side_stands_in_the_table():
    for policy in ("brats", "nan"):
        (metric,) = [m for m in choose_metrics(hd95_empty=policy) if m.name == "hd95_mm"]
        assert metric.policy.startswith(f"{policy}: ")
    assert choose_metrics() == METRICS


def test_the_short_choice_excludes_what_needs_surfaces():
    assert [m.name for m in choose_metrics("dice")] == [m.name for m in METRICS[:6]]


@pytest.mark.parametrize(
    ("which", "policy", "known"),
    [("none", "brats", "dice or all"), ("all", "zero", "brats or nan")],
    ids=["metrics", "policy"],
)
def test_an_unknown_choice_is_refused_with_what_there_is(which, policy, known):
    with pytest.raises(BadInputError, match=known):
        choose_metrics(which, hd95_empty=policy)


def test_what_depends_on_the_truth_alone_is_found_once():
    truth = ReferenceRegions.of(np.stack([ONE] * 3))
    for prediction in (ONE, ~EMPTY):
        measure(np.stack([prediction] * 3), truth)
        found = truth.regions[0].surface, truth.regions[0].lesions
        if prediction is ONE:
            first = found
    assert all(a is b for a, b in zip(first, found, strict=True))
