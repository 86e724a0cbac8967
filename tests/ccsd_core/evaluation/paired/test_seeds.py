"""Several seeds: spread between runs, interval over patients, and what keeps them apart."""

import io
import json
from dataclasses import replace
from statistics import fmean, stdev

import numpy as np
import pytest
from rich.console import Console

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.paired.origin import Origin
from ccsd_core.evaluation.paired.same_patients import with_case_names
from ccsd_core.evaluation.paired.seeds import compare_seeds
from ccsd_core.evaluation.paired.seeds_table import seeds_json, seeds_table
from ccsd_core.evaluation.statistics.estimates import estimates


@pytest.fixture
def runs(made_up):
    """Three evaluations of the same five cases."""
    return [made_up(5, seed=seed) for seed in range(3)]


def scores_of(evaluations):
    return [evaluation.scores for evaluation in evaluations]


def test_the_mean_and_the_sd_are_of_the_numbers_that_evaluate_prints(runs):
    found = compare_seeds(scores_of(runs))
    printed = [estimates(run) for run in runs]
    assert (found.runs, found.patients, found.notes) == (3, 5, ())
    names = ["all", "1 sequence", "2 sequences", "3 sequences", "4 sequences", "AURC"]
    assert [block.name for block in found.blocks] == names
    rows = [[p.mean for p in printed]]
    rows += [[p.by_count[k] for p in printed] for k in range(1, 5)]
    rows += [[p.aurc for p in printed]]
    for block, of_block in zip(found.blocks, rows, strict=True):
        assert [row.region for row in block.rows] == ["WT", "TC", "ET", "mean"]
        for row in block.rows:
            values = [one[row.region].value for one in of_block]
            assert row.values == pytest.approx(values)
            assert (row.mean, row.sd) == pytest.approx((fmean(values), stdev(values)))
            assert row.over_patients.value == pytest.approx(row.mean)
            assert row.over_patients.low < row.mean < row.over_patients.high


def test_the_interval_is_over_patients_and_does_not_depend_on_seeds(made_up):
    """All cases alike, runs far apart: an sd, and an interval of no width; and the reverse."""
    apart = [made_up(5, value=lambda *_, v=v: v) for v in (0.2, 0.5, 0.8)]
    row = compare_seeds(scores_of(apart)).blocks[0].rows[0]
    assert row.sd == pytest.approx(0.3)
    assert row.over_patients.low == pytest.approx(row.over_patients.high)
    alike = [made_up(5, value=lambda case, *_, run=run: case / 5 + run / 1e9) for run in range(3)]
    row = compare_seeds(scores_of(alike)).blocks[0].rows[0]
    assert row.sd == pytest.approx(0, abs=1e-8)
    assert row.over_patients.high - row.over_patients.low > 0.1


def test_only_what_every_run_scored_counts_and_the_rest_is_reported(runs):
    one, two, three = scores_of(runs)
    lost = ModalitySubset.parse("FLAIR+T2")
    two = tuple(s for s in two if s.case != "case4")
    three = tuple(s for s in three if (s.case, s.subset) != ("case0", lost))
    nan = tuple(
        replace(s, value=float("nan"))
        if (s.case, s.subset, s.region) == ("case1", lost, Region.ET)
        else s
        for s in one
    )
    found = compare_seeds([nan, two, three])
    assert found.patients == 4
    notes = " | ".join(found.notes)
    assert "excluded from run 1, as not in every run: case4" in notes
    assert "excluded from run 3, as not in every run: case4" in notes
    assert "run 2: " not in notes
    assert "excluded: 3 scores that not every run has" in notes
    assert "excluded: 1 scores that are nan" in notes
    of_pair = [
        np.mean(
            [
                s.value
                for s in run
                if (s.subset, s.region) == (lost, Region.WT)
                and s.metric == "dice"
                and s.case in ("case1", "case2", "case3")
            ]
        )
        for run in (one, two, three)
    ]
    others = [s for s in ModalitySubset.every() if len(s) == 2 and s != lost]
    by_hand = [
        fmean(
            [
                of_pair[i],
                *(
                    fmean(
                        s.value
                        for s in run
                        if (s.subset, s.region, s.metric) == (o, Region.WT, "dice")
                        and s.case != "case4"
                    )
                    for o in others
                ),
            ]
        )
        for i, run in enumerate((one, two, three))
    ]
    pairs = next(b for b in found.blocks if b.name == "2 sequences")
    assert pairs.rows[0].values == pytest.approx(by_hand)


def test_runs_over_folders_of_other_years_are_put_together_by_patient(runs):
    """Two patients of each run have another year's name; one of them has none in the table."""
    names = (
        {"case0": "Brats18_CBICA_ABM_1", "case1": "x"},
        {"case0": "BraTS20_Training_007", "case1": "x"},
        {"case0": "BraTS2021_01207", "case1": "y"},
    )
    given = [with_case_names(run.scores, own) for run, own in zip(runs, names, strict=True)]

    found = compare_seeds(given)

    assert found.patients == 4
    without = compare_seeds([[s for s in run.scores if s.case != "case1"] for run in runs])
    assert found.blocks == without.blocks
    notes = " | ".join(found.notes)
    assert "run 2: 1 pair matched by patient" in notes
    assert "Brats18_CBICA_ABM_1 is BraTS20_Training_007" in notes
    assert "Brats18_CBICA_ABM_1 is BraTS2021_01207" in notes
    assert "excluded from run 3, as not in every run: y" in notes


def test_what_makes_the_spread_doubtful_is_reported(runs, made_up):
    same = compare_seeds(scores_of([runs[0], runs[1], runs[0]]))
    assert any("runs 1 and 3 have identical scores" in note for note in same.notes)
    two = compare_seeds(scores_of(runs[:2]))
    assert any("2 runs: the sd of so few is only a rough estimate" in note for note in two.notes)
    seen = compare_seeds(scores_of([runs[0], runs[1], made_up(5, seed=2, seen=(0, 1))]))
    assert any("2 cases seen in training by the model of run 3" in note for note in seen.notes)
    other = tuple(replace(s, policy="another") for s in runs[2].scores)
    differing = compare_seeds([*scores_of(runs[:2]), other])
    assert any("policies differ" in note for note in differing.notes)


def test_the_area_is_one_of_fractions_and_of_four_sequences(made_up):
    pair = [made_up(4, seed=s, available=lambda _: ModalitySubset.parse("T1+T2")) for s in (0, 1)]
    assert [b.name for b in compare_seeds(scores_of(pair)).blocks] == [
        "all",
        "1 sequence",
        "2 sequences",
    ]
    hd95 = [made_up(4, seed=s, metrics=("dice", "hd95_mm")) for s in (0, 1)]
    found = compare_seeds(scores_of(hd95), metric="hd95_mm")
    assert "AURC" not in [b.name for b in found.blocks]


@pytest.mark.parametrize("wrong", ["one run", "metric", "other cases"])
def test_what_cannot_be_put_together_is_refused(runs, made_up, wrong):
    given, metric = scores_of(runs), "dice"
    words = {"one run": "two or more", "metric": "run 1 has no", "other cases": "share no case"}
    if wrong == "one run":
        given = given[:1]
    elif wrong == "metric":
        metric = "beauty"
    else:
        given[1] = made_up(3, prefix="other").scores
    with pytest.raises(BadInputError, match=words[wrong]):
        compare_seeds(given, metric=metric)


def test_the_table_and_the_numbers_agree(runs):
    found = compare_seeds(scores_of(runs))
    buffer = io.StringIO()
    Console(file=buffer, width=100).print(seeds_table(found))
    lines = buffer.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    row = found.blocks[0].rows[0]
    assert f"{100 * row.mean:.2f} ± {100 * row.sd:.2f}" in buffer.getvalue()
    assert "3 runs over 5 patients" in lines[0]
    origins = [Origin(name, "mine", "12", "none", "") for name in "abc"]
    content = json.loads(json.dumps(seeds_json(found, runs=origins), allow_nan=False))
    assert content["blocks"][0]["rows"][0]["mean"] == pytest.approx(row.mean)
    assert content["blocks"][0]["rows"][0]["by_run"] == pytest.approx(list(row.values))
