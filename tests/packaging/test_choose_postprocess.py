"""The scores of rules equal those of the rules as a model applies them."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.inference.postprocess import processed_nested_labels

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "choose_postprocess.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("choose_postprocess", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_rule_scores_as_the_model_would_with_it(script):
    rng = np.random.default_rng(0)
    probability = np.zeros((20, 20, 20), np.float16)
    probability[3:9, 3:9, 3:9] = rng.uniform(0.2, 1, (6, 6, 6))
    probability[14, 14, 14:17] = 0.9
    truth = np.zeros(probability.shape, bool)
    truth[4:9, 3:8, 3:9] = True
    voxel_ml = 0.05

    scores = script.scores_of(probability, truth, voxel_ml)

    for rule in ("threshold", "min_component", "min_volume"):
        for amount, score in zip(script.AMOUNTS[rule], scores[rule], strict=True):
            limit = amount if rule == "threshold" else 0.5
            labels = (probability > limit).astype(np.uint8)
            if rule != "threshold" and amount:
                rules = Postprocess.parse(f"nested, {rule}:WT={amount}")
                labels = processed_nested_labels(labels, rules, voxel_ml=voxel_ml)
            marked = labels > 0
            expected = 2 * (marked & truth).sum() / (marked.sum() + truth.sum())
            assert score == pytest.approx(expected), (rule, amount)
    assert len(set(scores["min_component"])) > 1
    assert len(set(scores["threshold"])) > 5


def test_a_region_that_nobody_marks_has_full_score(script):
    empty = np.zeros((4, 4, 4))

    scores = script.scores_of(empty.astype(np.float16), empty.astype(bool), 0.001)

    assert all(set(one) == {1.0} for one in scores.values())
