"""The agreement of criticality with true loss: who counts, what is averaged, what words say."""

import csv
import io
import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from rich.console import Console

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.criticality_agreement import (
    KINDS,
    Ordering,
    agreement_of,
    criticality_agreement,
)
from ccsd_core.evaluation.report.criticality_file import COLUMNS, criticality_csv
from ccsd_core.evaluation.report.criticality_text import (
    MOST_CASES,
    criticality_json,
    criticality_markdown,
    criticality_parts,
    meaning,
)
from ccsd_core.evaluation.results.evaluated_criticality import EvaluatedCriticality
from ccsd_core.evaluation.statistics.bootstrap import RESAMPLES

FULL = ModalitySubset.full()
LOSS = {Modality.FLAIR: 0.1, Modality.T1: 0.0, Modality.T1C: 0.3, Modality.T2: -0.05}


def costs(case, subset, region, metric) -> float:
    """Each sequence adds its loss, whatever else there is."""
    return 0.5 + sum(LOSS[m] for m in subset)


def scored(evaluation, *rows):
    """The evaluation with the criticality of its cases: (cosine, gradient), each by sequence."""
    cases = []
    for case, (cosine, gradient) in zip(evaluation.cases, rows, strict=True):
        found = EvaluatedCriticality(
            {m: cosine[m] for m in case.available}, {m: gradient[m] for m in case.available}
        )
        cases.append(replace(case, criticality=found))
    return replace(evaluation, cases=tuple(cases))


def ordering(loss, cosine, gradient=None) -> Ordering:
    both = {"cosine": cosine, "gradient": cosine if gradient is None else gradient}
    return Ordering(
        dict(zip(Modality, loss, strict=False)),
        {kind: dict(zip(Modality, row, strict=False)) for kind, row in both.items()},
    )


def printed(evaluation) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, width=100)
    for part in criticality_parts(evaluation):
        console.print(part)
    return " ".join(buffer.getvalue().split())


def test_the_loss_is_that_of_leaving_one_out_over_the_regions_a_case_has(made_up):
    """Where the expert marked no enhancing tumour, what happens there does not count."""

    def value(case, subset, region, metric) -> float:
        spoilt = case == 1 and region is Region.ET
        return 1.0 - len(subset) / 9 if spoilt else costs(case, subset, region, metric)

    evaluation = made_up(2, value=value, absent={1: {Region.ET}})
    found = criticality_agreement(scored(evaluation, *[(LOSS, LOSS)] * 2))
    for case in found.cases.values():
        assert case.loss == pytest.approx(LOSS)
        assert case.costliest() == (Modality.T1C,)
    assert found.kinds["cosine"].mean.value == 1


def test_agreement_is_1_for_the_same_order_and_minus_1_for_the_reverse(made_up):
    reverse = {m: -value for m, value in LOSS.items()}
    rows = [(LOSS, reverse)] * 8
    found = criticality_agreement(scored(made_up(8, value=costs), *rows))
    for kind, value in (("cosine", 1), ("gradient", -1)):
        agreement = found.kinds[kind]
        assert (agreement.mean.value, agreement.of_means.value) == (value, value)
        assert (agreement.mean.low, agreement.mean.high) == (value, value)
        assert agreement.hits.value == (value + 1) / 2
        assert (agreement.chance, agreement.mean.cases) == (0.25, 8)
    assert "100 of 100 pairs" in meaning("cosine", found.kinds["cosine"])
    assert "reversed" in meaning("gradient", found.kinds["gradient"])


def test_over_all_orders_agreement_is_0_and_said_to_be_chance():
    cases = {
        str(i): ordering(LOSS.values(), row) for i, row in enumerate(permutations((1, 2, 3, 4)))
    }
    found = agreement_of(cases).kinds["cosine"]
    assert found.mean.value == pytest.approx(0)
    assert found.mean.low < 0 < found.mean.high
    assert found.hits.value == pytest.approx(found.chance) == pytest.approx(0.25)
    assert found.margin == pytest.approx(1.96 * np.sqrt(13 / 54 / 24))
    # Means over cases tie.
    assert np.isnan(found.of_means.value)
    assert "does not differ from chance" in meaning("cosine", found)


def test_agreement_of_the_means_is_that_of_mean_loss_and_mean_score():
    cases = {
        "a": ordering((0.4, 0.1, 0.2, 0.3), (9, 3, 2, 1)),
        "b": ordering((0.0, 0.1, 0.2, 0.3), (0, 1, 2, 3)),
    }
    found = agreement_of(cases)
    assert found.kinds["cosine"].mean.value == pytest.approx((0 + 1) / 2)
    assert found.means.loss == pytest.approx(dict(zip(Modality, (0.2, 0.1, 0.2, 0.3), strict=True)))
    by_hand = ordering((0.2, 0.1, 0.2, 0.3), (4.5, 2, 2, 2)).agreement("cosine")
    assert found.kinds["cosine"].of_means.value == pytest.approx(by_hand)
    assert found.kinds["cosine"].of_means.low is None  # two cases


def test_the_interval_of_the_means_agreement_resamples_whole_patients():
    cases = {
        "a": ordering((0.4, 0.1, 0.2, 0.3), (4, 1, 2, 3)),
        "b": ordering((0.4, 0.1, 0.2, 0.3), (1, 4, 3, 2)),
        "c": ordering((0.4, 0.1, 0.2, 0.3), (4, 1, 2, 3)),
    }
    found = agreement_of(cases).kinds["cosine"]
    # A third of the patients contradicts: most means still agree, some resamples' do not.
    assert found.of_means.value == 1
    assert (found.of_means.low, found.of_means.high) == (-1, 1)
    assert (found.mean.low, found.mean.high) == (-1, 1)
    means = agreement_of(cases).means.criticality["cosine"]
    assert list(means.values()) == pytest.approx([3, 2, 7 / 3, 8 / 3])
    assert RESAMPLES / 27 > RESAMPLES * 0.025  # "b" thrice is drawn often enough to be the end


def test_few_cases_that_agree_by_luck_are_not_called_certain():
    """Three cases of tau 1/3: an interval of no width, but 18 pairs say little."""
    third = ordering((4, 3, 2, 1), (4, 1, 3, 2))
    assert third.agreement("cosine") == pytest.approx(1 / 3)
    three, many = (agreement_of(dict.fromkeys(map(str, range(n)), third)) for n in (3, 30))
    assert three.kinds["cosine"].mean.low == pytest.approx(1 / 3)
    assert not three.kinds["cosine"].significant
    assert many.kinds["cosine"].significant
    assert "about 67 of 100 pairs" in meaning("cosine", many.kinds["cosine"])
    two = agreement_of({"a": third, "b": third}).kinds["cosine"]
    assert (two.mean.low, two.significant) == (None, False)
    assert "2 cases are too few to decide" in meaning("cosine", two)


def test_cosines_equal_in_single_precision_are_tied():
    """Features that are nearly the same: 1 − 0.996 is rounded as 0.996 is."""
    alike = (0.012, 0.004, 0.004 + 1e-7, 0.004)
    one = ordering((0.3, 0.0, 0.0, 0.0), alike)
    assert one.agreement("cosine") == 1
    assert one.agreement("gradient") < 1


def test_hits_are_set_beside_always_naming_one_sequence():
    costly = {m: [0.3 * (m == other) for other in Modality] for m in Modality}
    named = [Modality.T1C, Modality.T2, Modality.T1C, Modality.FLAIR]
    cases = {str(i): ordering(costly[m], costly[Modality.T1C]) for i, m in enumerate(named)}
    found = agreement_of(cases).kinds["cosine"]
    assert (found.hits.value, found.always, found.chance) == (0.5, (Modality.T1C, 0.5), 0.25)


@pytest.mark.parametrize(
    ("loss", "score", "agreement", "hit", "chance"),
    [
        ((0.3, 0.0, 0.0, 0.0), (5, 0, 0, 0), 1, 1, 0.25),
        ((0.3, 0.3, 0.0, 0.0), (5, 4, 2, 1), 4 / np.sqrt(4 * 6), 1, 0.5),
        ((0.3, 0.2, 0.1, 0.0), (5, 5, 2, 1), 5 / np.sqrt(5 * 6), 0.5, 0.25),
        ((0.3, 0.2), (5, 4), 1, 1, 0.5),
        ((0.3, 0.2, 0.1), (4, 5, 3), 1 / 3, 0, 1 / 3),
    ],
    ids=["one needed", "two cost most", "two are most critical", "two sequences", "three"],
)
def test_ties_and_fewer_sequences_give_the_values_worked_out_by_hand(
    loss, score, agreement, hit, chance
):
    one = ordering(loss, score)
    assert one.agreement("cosine") == pytest.approx(agreement)
    assert one.hit("cosine") == hit
    assert one.chance() == chance


def test_a_case_whose_scores_are_all_equal_is_in_no_mean():
    """The cosines of two sequences are one number."""
    cases = {"pair": ordering((0.3, 0.1), (0.2, 0.2), (7, 2)), "flat": ordering((0, 0), (1, 2))}
    found = agreement_of(cases)
    assert (found.kinds["cosine"].mean.cases, found.kinds["cosine"].hits.cases) == (0, 0)
    assert found.kinds["cosine"].always is None
    assert np.isnan(found.kinds["cosine"].mean.value)
    assert "in no case" in meaning("cosine", found.kinds["cosine"])
    assert (found.kinds["gradient"].mean.value, found.kinds["gradient"].mean.cases) == (1, 1)


def test_cases_that_cannot_be_ordered_are_left_out_with_the_reason(made_up):
    single = ModalitySubset.of(Modality.T2)
    evaluation = made_up(
        5,
        value=costs,
        available=lambda i: single if i == 1 else FULL,
        absent={2: set(Region)},
    )
    evaluation = scored(evaluation, *[(LOSS, LOSS)] * 5)
    failed = EvaluatedCriticality({}, {}, failure="gradients would need some 9.0 GB of memory")
    cases = list(evaluation.cases)
    cases[3] = replace(cases[3], criticality=failed)
    without = ModalitySubset.parse("FLAIR+T1+T2")
    scores = [s for s in evaluation.scores if (s.case, s.subset) != ("case4", without)]
    evaluation = replace(evaluation, cases=tuple(cases), scores=tuple(scores))

    found = criticality_agreement(evaluation)

    assert set(found.cases) == {"case0"}
    words = ["only one sequence", "labels are empty", "9.0 GB", "are missing"]
    for (id, why), word in zip(found.left_out.items(), words, strict=True):
        assert word in why, id
    text = printed(evaluation)
    assert "4 cases (case1: it has only one sequence" in text
    assert "; 2 more)" in text
    rows = list(csv.DictReader(io.StringIO(criticality_csv(evaluation))))
    assert [bool(row["left_out"]) for row in rows] == [False, True, True, True, True]
    assert rows[3]["left_out"] == failed.failure
    assert rows[3]["loss_T1c"] == ""


def test_where_every_case_is_left_out_there_is_no_table_but_the_reason(made_up):
    evaluation = made_up(2, available=lambda _: ModalitySubset.of(Modality.T2))
    evaluation = scored(evaluation, *[(LOSS, LOSS)] * 2)
    text = printed(evaluation)
    assert "every case (case0: it has only one sequence" in text
    assert "Cosine" not in text
    content = json.loads(json.dumps(criticality_json(evaluation), allow_nan=False))["criticality"]
    assert content["cosine"]["mean"] == {"value": None, "ci95": None, "cases": 0}
    assert content["means"] is None


def test_means_are_over_cases_that_have_every_sequence(made_up):
    """Sequences compare only where the same patients have them."""
    pair = ModalitySubset.parse("FLAIR+T1c")
    evaluation = made_up(3, value=costs, available=lambda i: pair if i == 0 else FULL)
    found = criticality_agreement(scored(evaluation, *[(LOSS, LOSS)] * 3))
    assert len(found.cases) == 3
    assert found.kinds["gradient"].mean.cases == 3
    assert found.kinds["gradient"].of_means.cases == 2
    assert set(found.means.loss) == set(Modality)


def test_without_criticality_nothing_is_printed_or_written(made_up):
    evaluation = made_up(3)
    assert criticality_agreement(evaluation) is None
    assert criticality_parts(evaluation) == criticality_markdown(evaluation) == []
    assert criticality_json(evaluation) == {}
    assert criticality_csv(evaluation).splitlines() == [",".join(COLUMNS)]


def drawn(made_up, cases: int):
    random = np.random.default_rng(5)
    rows = [
        [dict(zip(Modality, random.random(4), strict=True)) for _ in KINDS] for _ in range(cases)
    ]
    return scored(made_up(cases), *rows)


def test_the_agreement_can_be_computed_again_from_the_json(made_up):
    evaluation = drawn(made_up, 9)
    content = json.loads(json.dumps(criticality_json(evaluation), allow_nan=False))["criticality"]

    def read(row) -> Ordering:
        by = {k: {Modality.parse(n): v for n, v in row[k].items()} for k in ("loss", *KINDS)}
        return Ordering(by["loss"], {kind: by[kind] for kind in KINDS})

    again = agreement_of({id: read(row) for id, row in content["cases"].items()})
    for kind in KINDS:
        found, message = again.kinds[kind], content[kind]
        assert message["mean"]["value"] == found.mean.value
        assert message["mean"]["ci95"] == [found.mean.low, found.mean.high]
        assert message["of_means"]["value"] == found.of_means.value
        assert message["top1_accuracy"]["value"] == found.hits.value
        assert message["top1_accuracy"]["chance"] == 0.25
        name, share = found.always
        always = {"sequence": name.name, "value": share}
        assert message["top1_accuracy"]["best_constant"] == always
        for id, row in content["cases"].items():
            assert row["agreement"][kind] == again.cases[id].agreement(kind)
    assert read(content["means"]).loss == again.means.loss


def test_the_csv_has_a_row_a_case_with_its_numbers(made_up):
    evaluation = drawn(made_up, 4)
    found = criticality_agreement(evaluation)
    rows = list(csv.DictReader(io.StringIO(criticality_csv(evaluation))))
    assert [row["case"] for row in rows] == [case.id for case in evaluation.cases]
    for row in rows:
        case = found.cases[row["case"]]
        for kind in KINDS:
            assert float(row[f"agreement_{kind}"]) == case.agreement(kind)
            assert float(row[f"{kind}_T1c"]) == case.criticality[kind][Modality.T1C]
        assert float(row["loss_T2"]) == case.loss[Modality.T2]


def test_the_table_names_the_costliest_and_most_critical_sequence_of_few_cases(made_up):
    evaluation = scored(made_up(8, value=costs), *[(LOSS, {m: m.value for m in Modality})] * 8)
    text = printed(evaluation)
    assert "case0 │ T1c 30.0 │ T1c +1.00 │ T2 -0.33" in text
    assert "agreement, mean of cases │ │ +1.00 (+1.00 to +1.00) │ -0.33 (-0.33 to -0.33)" in text
    assert "first has largest drop │ │ 100 % (100 to 100) │ 0 % (0 to 0)" in text
    assert "always the same one │ │ T1c 100 % │ T1c 100 %" in text
    page = criticality_markdown(evaluation)
    assert "| case0 | T1c 30.0 | T1c +1.00 | T2 -0.33 |" in page
    many = drawn(made_up, MOST_CASES + 3)
    assert "3 more in criticality.csv" in printed(many)
    assert f"case{MOST_CASES}" not in printed(many)
