"""The amount of a rule is chosen without the patient it is scored on."""

import numpy as np
import pytest

from ccsd_core.evaluation.derived.rule_choice import choose


def test_a_rule_that_helps_one_patient_alone_has_no_gain():
    scores = np.array([[0.5, 0.9, 0.5], [0.5, 0.45, 0.5], [0.5, 0.45, 0.5]])

    choice = choose(scores)

    assert choice.best == 1, "the mean over all is highest with it"
    assert choice.chosen == (0, 1, 1), "the other two would not have chosen it"
    assert choice.gain == pytest.approx((0 - 0.05 - 0.05) / 3)


def test_no_rule_is_kept_where_none_is_better():
    choice = choose(np.full((4, 3), 0.7))

    assert choice.best == 0
    assert choice.gain == 0
