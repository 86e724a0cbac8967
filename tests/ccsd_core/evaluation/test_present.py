"""Cases in which there is nothing of a region to find: their 1 or 0 is told apart."""

import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, Region
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.report.metric_rows import metric_rows
from ccsd_core.evaluation.report.summary import present_means, subset_means, summary
from ccsd_core.evaluation.report.table import caption, others_title
from ccsd_core.evaluation.report.table_files import table_markdown
from ccsd_core.progress import drain

NO_ET = "case2"


def score(case: int, subset: ModalitySubset, region: Region, metric: str) -> float:
    """Case 2 has no ET: 1 without T1c, which marks none, and 0 with it. The others: 0.1 and 0.6."""
    with_t1c = Modality.T1C in subset
    if region is not Region.ET:
        return 0.8
    return float(not with_t1c) if case == 2 else 0.6 if with_t1c else 0.1


@pytest.fixture
def mixed(made_up):
    return made_up(3, value=score, absent={2: {Region.ET}})


def test_means_of_a_region_are_over_those_who_have_it(mixed):
    for subset in ModalitySubset.every():
        means = present_means(mixed)[subset]
        assert means[Region.WT] == pytest.approx(0.8), subset
        assert means[Region.ET] == pytest.approx(0.6 if Modality.T1C in subset else 0.1), subset
        # As challenges count, T1c would seem to add nothing at all.
        assert subset_means(mixed)[subset][Region.ET] == pytest.approx(0.4), subset


def test_the_summary_says_how_many_they_are(mixed, made_up):
    assert summary(mixed)["present"]["cases"] == {"WT": 3, "TC": 3, "ET": 2}
    nobody = summary(made_up(1, absent={0: {Region.ET}}))["present"]
    assert nobody["cases"]["ET"] == 0
    assert all(row["ET"] is None for row in nobody["subsets"].values())


def test_below_the_table_stand_the_cases_and_the_mean_without_them(mixed, made_up):
    (line,) = [line for line in caption(mixed, []) if line.startswith("No ET")]
    # eight of the fifteen subsets have T1c
    assert line == (
        f"No ET in the expert labels of 1 ({NO_ET}); mean of the others: "
        f"{100 * (8 * 0.6 + 0.7) / 15:.2f}."
    )
    many = made_up(9, absent={i: {Region.ET} for i in range(9)})
    assert "No ET in the expert labels of 9 (case0, case1, …)." in caption(many, [])
    assert not any(line.startswith("No ET") for line in caption(made_up(3), []))


def test_a_case_that_lacks_a_sequence_is_named_below_the_table(made_up):
    fewer = ModalitySubset.parse("FLAIR+T2")
    found = caption(made_up(3, available=lambda i: fewer if i else ModalitySubset.full()), [])
    (line,) = [line for line in found if line.startswith("Missing sequences")]
    assert "case1 lacks T1, T1c, and 1 more" in line
    assert not any("Missing sequences" in line for line in caption(made_up(3), []))


@pytest.mark.parametrize(("cases", "words"), [(2, ""), (3, " (95 % interval)")])
def test_intervals_are_announced_only_where_there_are_any(made_up, cases, words):
    evaluation = made_up(cases, metrics=("dice", "dice_et500", "volume_difference_ml"))
    assert others_title(evaluation) == f"Other metrics, mean over subsets{words}"
    assert others_title(evaluation) in table_markdown(evaluation)
    assert "Volume difference: a policy." in caption(evaluation, metric_rows(evaluation))


def test_what_the_expert_has_none_of_is_read_from_the_labels(brats_case, fake_predictor, tmp_path):
    whole = brats_case("whole", under=tmp_path)
    labels = whole.labels.copy()
    labels[labels == 4] = 1  # enhancing tumour is necrosis now
    none = brats_case("none", under=tmp_path, labels=labels, scheme=BRATS2021)
    found = drain(evaluate(fake_predictor(()), [whole.path, none.path]))
    assert [case.absent_regions for case in found.cases] == [frozenset(), {Region.ET}]
    assert found.cases_with(Region.ET) == {"whole"}
