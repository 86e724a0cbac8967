"""The expected score: probabilities of subsets, and means weighted by them."""

import json
from itertools import product

import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.derived.expected_score import MissingRates, expected_score
from ccsd_core.evaluation.report.expected_text import expected_json, expected_lines
from ccsd_core.evaluation.statistics.estimates import estimates

RATES = MissingRates.parse("FLAIR=.1,T1=.05,T1c=.3,T2=.2")
FULL = ModalitySubset.full()


def test_probabilities_are_those_of_drawing_each_sequence_on_its_own():
    found = RATES.probabilities()
    drawn: dict[ModalitySubset, float] = {}
    nothing = 0.0
    for there in product((True, False), repeat=4):
        chance = 1.0
        for modality, present in zip(Modality, there, strict=True):
            rate = {0: 0.1, 1: 0.05, 2: 0.3, 3: 0.2}[modality]
            chance *= 1 - rate if present else rate
        if any(there):
            subset = ModalitySubset.of(*(m for m in Modality if there[m]))
            drawn[subset] = chance
        else:
            nothing = chance
    assert nothing == pytest.approx(0.0003)
    assert found == pytest.approx({s: p / (1 - nothing) for s, p in drawn.items()})
    assert sum(found.values()) == pytest.approx(1)


def test_the_expected_score_is_the_weighted_mean_of_the_subsets(made_up):
    evaluation = made_up(6)
    means = estimates(evaluation).subsets
    for name, cell in expected_score(evaluation, RATES).row.items():
        by_hand = sum(p * means[s][name].value for s, p in RATES.probabilities().items())
        assert cell.value == pytest.approx(by_hand)
        assert cell.low < cell.value < cell.high
        assert cell.cases == 6


def test_where_nothing_is_ever_missing_it_is_the_full_subsets_score(made_up):
    evaluation = made_up(4)
    found = expected_score(evaluation, MissingRates.parse("T1=0")).row
    full = estimates(evaluation).subsets[FULL]
    assert {k: c.value for k, c in found.items()} == pytest.approx(
        {k: c.value for k, c in full.items()}
    )
    assert found["WT"].low == pytest.approx(full["WT"].low)


def test_a_subset_that_may_occur_and_has_no_score_leaves_no_expected_score(made_up):
    pair = ModalitySubset.parse("FLAIR+T2")
    evaluation = made_up(3, available=lambda _: pair)
    found = expected_score(evaluation, RATES)
    assert found.row["WT"].value != found.row["WT"].value
    assert len(found.unscored_subsets) == 15 - 3
    (line,) = expected_lines(evaluation, RATES)
    assert "n/a, as no case has scores for T1, T1c, FLAIR+T1 and 9 more." in line
    content = json.loads(json.dumps(expected_json(evaluation, RATES), allow_nan=False))
    assert content["expected"]["mean"]["ET"] is None
    never = MissingRates.parse("T1=1,T1c=1,FLAIR=.5")
    assert expected_score(evaluation, never).unscored_subsets == ()
    assert expected_score(evaluation, never).row["WT"].value == pytest.approx(
        0.5 * sum(estimates(evaluation).subsets[s]["WT"].value for s in (pair, pair.of_size(1)[1]))
    )


def test_words_and_numbers_say_the_rates_and_the_condition(made_up):
    evaluation = made_up(5, value=lambda case, s, region, m: len(s) / 4)
    (line,) = expected_lines(evaluation, RATES)
    assert "(FLAIR 10 %, T1 5 %, T1c 30 %, T2 20 %), given that at least one is present" in line
    value = expected_score(evaluation, RATES).row["WT"].value
    assert f"WT {100 * value:.2f} (" in line
    content = expected_json(evaluation, RATES)["expected"]
    assert content["missing_rates"] == {"FLAIR": 0.1, "T1": 0.05, "T1c": 0.3, "T2": 0.2}
    assert content["mean"]["WT"] == pytest.approx(value)
    assert content["given"] == "at least one sequence is present"
    assert (expected_lines(evaluation, None), expected_json(evaluation, None)) == ([], {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FLAIR=1.2", "rate of 1.2: give 0 to 1"),
        ("FLAIR=-1", "give 0 to 1"),
        ("FLAIR=nan", "give 0 to 1"),
        ("FLAIR=often", "'FLAIR=often' is not a rate"),
        ("FLAIR", "'FLAIR' is not a rate"),
        ("PD=.1", "unknown sequence 'PD'"),
        ("T1c=.1,t1ce=.2", "T1c has two rates"),
        ("FLAIR=1,T1=1,T1c=1,T2=1", "no sequence would ever be present"),
        ("", "no rate"),
    ],
)
def test_rates_that_are_none_are_refused_with_the_value(text, words):
    with pytest.raises(BadInputError, match=words):
        MissingRates.parse(text)
