"""Two evaluations paired: laws of the difference, the test and its correction, what is left out."""

import io
import itertools
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.paired.origin import Origin
from ccsd_core.evaluation.paired.paired import compare_paired, holm, signed_rank_p
from ccsd_core.evaluation.paired.paired_table import paired_json, paired_table

origin = partial(Origin, model="mine", sha256="12", postprocess="none", split="")
FULL = ModalitySubset.full()
PAIR = ModalitySubset.parse("FLAIR+T2")
changes = st.lists(st.floats(-1, 1).map(lambda v: round(v, 3)), min_size=1, max_size=8).map(
    np.array
)


def by_region(block) -> dict[str, object]:
    return {row.region: row for row in block.rows}


def test_an_evaluation_beside_itself_differs_by_nothing(made_up):
    scores = made_up(8).scores
    paired = compare_paired(scores, scores)
    for row in (row for block in paired.blocks for row in block.rows):
        assert (row.difference, row.low, row.high, row.p, row.p_holm) == (0, 0, 0, 1, 1)
        assert row.a == row.b
        assert row.patients == 8


def test_the_blocks_are_all_subsets_then_each_number_of_sequences(made_up):
    paired = compare_paired(made_up(4).scores, made_up(4, seed=1).scores)
    assert [block.sequences for block in paired.blocks] == [None, 1, 2, 3, 4]
    assert all([r.region for r in b.rows] == ["WT", "TC", "ET", "mean"] for b in paired.blocks)


def test_swapping_the_two_turns_the_difference_round(made_up):
    a, b = made_up(9).scores, made_up(9, seed=1).scores
    for one, other in zip(compare_paired(a, b).blocks, compare_paired(b, a).blocks, strict=True):
        for row, back in zip(one.rows, other.rows, strict=True):
            assert (row.a, row.b) == (back.b, back.a)
            assert row.difference == pytest.approx(-back.difference)
            assert (row.low, row.high) == pytest.approx((-back.high, -back.low))
            assert row.p == pytest.approx(back.p)


def test_a_constant_gain_is_found_in_every_row(made_up):
    a = made_up(7).scores
    b = [replace(score, value=score.value + 0.25) for score in a]
    for row in (row for block in compare_paired(a, b).blocks for row in block.rows):
        assert (row.difference, row.low, row.high) == pytest.approx((0.25,) * 3)
        assert row.p == pytest.approx(2 / 2**7)
        assert row.p_holm == pytest.approx(4 * 2 / 2**7)


def test_a_gain_with_some_number_of_sequences_is_found_in_its_block_only(made_up):
    a = made_up(7).scores
    b = [replace(score, value=score.value + (len(score.subset) == 3) * 0.3) for score in a]
    found = {
        block.sequences: by_region(block)["TC"].difference for block in compare_paired(a, b).blocks
    }
    expected = {None: 0.3 * 4 / 15, 1: 0, 2: 0, 3: 0.3, 4: 0}
    assert found == pytest.approx(expected)


def named(scores, *names):
    """Scores whose first cases have these names."""
    cases = dict(zip(dict.fromkeys(score.case for score in scores), names, strict=False))
    return [replace(score, case=cases.get(score.case, score.case)) for score in scores]


def test_patients_pair_though_another_year_calls_them_otherwise(made_up):
    a, b = made_up(6).scores, made_up(6, seed=1).scores
    years = (
        ("Brats18_CBICA_ABM_1", "hgg/Brats18_CBICA_AAB_1"),
        ("BraTS2021_01207", "BraTS20_Training_001"),
    )
    paired = compare_paired(named(a, *years[0]), named(b, *years[1]))

    assert paired.blocks == compare_paired(a, b).blocks
    (note,) = paired.notes
    assert note.startswith(
        "2 pairs matched by patient, as the case names differ (hgg/Brats18_CBICA_AAB_1 is BraTS"
    )


def test_of_several_cases_of_a_patient_only_those_of_one_name_pair(made_up):
    a, b = made_up(6).scores, made_up(6, seed=1).scores
    scan = "BraTS-GLI-01207-00{}"
    paired = compare_paired(
        named(a, scan.format(0), scan.format(1), "x", "Brats18_CBICA_AAB_1"),
        named(b, scan.format(0), "BraTS2021_01207", scan.format(2), "y"),
    )

    assert paired.patients == 3  # the first, and the two whose names are the same in both
    notes = " ".join(paired.notes)
    assert "excluded, as only in A: BraTS-GLI-01207-001, Brats18_CBICA_AAB_1, x" in notes
    assert "excluded, as only in B: BraTS-GLI-01207-002, BraTS2021_01207, y" in notes


def test_each_patient_counts_once_whatever_its_number_of_subsets(made_up):
    def value(case, subset, region, metric) -> float:
        return float(case == 0)

    some = {"available": lambda i: FULL if i == 0 else PAIR}
    paired = compare_paired(
        made_up(4, value=lambda *_: 0.0, **some).scores, made_up(4, value=value, **some).scores
    )
    assert by_region(paired.blocks[0])["WT"].difference == pytest.approx(1 / 4)


@given(change=changes)
@settings(deadline=None, max_examples=40)
def test_the_p_value_is_that_of_all_sign_patterns(change):
    """From the definition: how many of the 2ⁿ sign patterns have as extreme a rank sum."""
    kept = change[change != 0]
    if kept.size == 0:
        assert signed_rank_p(change) == 1
        return
    size = np.abs(kept)
    ranks = np.array([(size < s).sum() + ((size == s).sum() + 1) / 2 for s in size])
    centre = ranks.sum() / 2
    extreme = abs(ranks[kept > 0].sum() - centre)
    patterns = itertools.product((0, 1), repeat=len(kept))
    count = sum(abs(np.dot(p, ranks) - centre) >= extreme - 1e-9 for p in patterns)
    assert signed_rank_p(change) == pytest.approx(count / 2 ** len(kept))


def test_differences_in_the_last_digit_are_none():
    assert signed_rank_p(np.full(8, 1e-16)) == 1


@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_keeps_the_order_never_lowers_and_is_within_bonferroni(p):
    corrected = holm(p)
    for (one, c), (other, d) in itertools.permutations(zip(p, corrected, strict=True), 2):
        assert one > other or c <= d
    assert all(q <= c <= min(1, len(p) * q) for q, c in zip(p, corrected, strict=True))
    assert min(corrected) == min(1, len(p) * min(p))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_cases_and_subsets_in_one_of_them_only_are_left_out_and_reported(made_up):
    a, b = made_up(8).scores, made_up(8, seed=1).scores
    a = [score for score in a if score.case != "case0"]
    b = [score for score in b if score.case != "case1"]
    b = [score for score in b if (score.case, score.subset) != ("case2", PAIR)]
    paired = compare_paired(a, b)
    assert paired.patients == 6
    text = "\n".join(paired.notes)
    assert "excluded, as only in A: case1" in text
    assert "excluded, as only in B: case0" in text
    assert "excluded, as only in one of them: case2 FLAIR+T2" in text
    shared = {s.case for s in a} & {s.case for s in b}
    kept = [
        [s for s in scores if s.case in shared and (s.case, s.subset) != ("case2", PAIR)]
        for scores in (a, b)
    ]
    assert compare_paired(*kept).blocks == paired.blocks


def test_a_pair_with_a_nan_is_left_out_and_reported(made_up):
    metric = {"metrics": ("hd95_mm",)}
    a = made_up(6, **metric).scores
    b = [
        replace(s, value=math.nan) if s.case == "case0" and s.region is Region.ET else s
        for s in made_up(6, seed=1, **metric).scores
    ]
    paired = compare_paired(a, b, metric="hd95_mm")
    rows = by_region(paired.blocks[0])
    assert [rows[name].patients for name in ("WT", "TC", "ET", "mean")] == [6, 6, 5, 5]
    assert any(note.startswith("excluded: 15 pairs") for note in paired.notes)


@pytest.mark.parametrize(("patients", "message"), [(5, True), (6, False)])
def test_too_few_patients_for_a_small_p_value_is_reported(made_up, patients: int, message: bool):
    a = made_up(patients).scores
    b = [replace(score, value=score.value + 1) for score in a]
    paired = compare_paired(a, b)
    assert ("no p-value can be under 0.05" in str(paired_table(paired).caption)) == message
    assert (by_region(paired.blocks[0])["WT"].p > 0.05) == message


def test_other_policies_and_cases_seen_in_training_are_reported(made_up):
    a = made_up(6, seen=(3,)).scores
    b = [replace(s, policy="another") for s in made_up(6).scores]
    text = "\n".join(compare_paired(a, b).notes)
    assert "the policies differ" in text
    assert "seen in training by the model of A, so scores are optimistic: case3" in text
    assert "model of B" not in text


def test_nothing_in_common_is_refused_with_what_each_has(made_up):
    with pytest.raises(BadInputError, match=r"nothing to compare.*A has case0.*B has other0"):
        compare_paired(made_up(2).scores, made_up(2, prefix="other").scores)


def test_a_metric_that_one_lacks_is_refused_with_those_it_has(made_up):
    whole = made_up(2, metrics=("dice", "hd95_mm")).scores
    with pytest.raises(BadInputError, match=r"B has no scores.*'hd95_mm'.*use one of dice"):
        compare_paired(whole, made_up(2).scores, metric="hd95_mm")


def test_two_patients_have_no_interval(made_up):
    row = compare_paired(made_up(2).scores, made_up(2, seed=1).scores).blocks[0].rows[0]
    assert (row.low, row.high) == (None, None)


def test_the_table_fits_and_says_how_it_was_computed(made_up):
    paired = compare_paired(made_up(7).scores, made_up(7, seed=1).scores)
    buffer = io.StringIO()
    Console(file=buffer, width=100).print(paired_table(paired))
    text = buffer.getvalue()
    assert "dice, percent: B − A over 7 patients" in text
    assert "Holm" in text
    assert "Wilcoxon" in text
    assert f"{100 * paired.blocks[0].rows[0].difference:+.2f}" in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_json_holds_the_same_numbers_unrounded(made_up):
    paired = compare_paired(made_up(2).scores, made_up(2, seed=1).scores)
    content = paired_json(paired, a=origin("one"), b=origin("other"))
    assert (content["a"], content["b"], content["unit"]) == ("one", "other", "fraction")
    row = content["blocks"][0]["rows"][0]
    assert row["difference"] == paired.blocks[0].rows[0].difference
    assert row["ci95"] is None


def test_time_points_of_one_patient_count_once(made_up):
    a, b = made_up(4).scores, made_up(4, seed=1).scores
    names = {s.case: f"P{i // 2}_Timepoint_{i % 2}" for i, s in enumerate(_firsts(a))}
    renamed_a, renamed_b = ([replace(s, case=names[s.case]) for s in scores] for scores in (a, b))

    whole = by_region(compare_paired(a, b).blocks[0])
    paired = compare_paired(renamed_a, renamed_b)

    assert paired.patients == 2
    assert any("2 patients have several time points" in note for note in paired.notes)
    row = by_region(paired.blocks[0])["WT"]
    assert row.patients == 2
    assert row.difference == pytest.approx(whole["WT"].difference)


def _firsts(scores):
    return {score.case: score for score in reversed(scores)}.values()
