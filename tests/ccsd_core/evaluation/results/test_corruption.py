"""A bad sequence beside none: what is scored, and what an evaluation does with it."""

import numpy as np
import pytest

from ccsd_core.data.corruption import Corruption
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import CaseError
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.results.corruption import CorruptionTrial
from ccsd_core.progress import Progress, drain

FULL = ModalitySubset.full()
NOISE, BLUR = Corruption.parse("noise:5@T1c"), Corruption.parse("blur:2@FLAIR")


@pytest.fixture
def trying(fake_predictor):
    """The fake, which loses two planes more where a sequence is corrupted."""

    class Trying(fake_predictor):
        def reencode(self, encoded, case):
            yield Progress(3, 7, "encoding a part")
            changed = [m for m in case.available if case.volumes[m] is not encoded.volumes[m]]
            self.changes = [*getattr(self, "changes", []), (case.id, changed)]
            yield Progress(6, 7, "encoding another")
            return case

        def predict(self, encoded, subset):
            found = super().predict(encoded, subset)
            if any("corrupted on purpose" in note for note in encoded.notes):
                planes = np.flatnonzero(found.regions[Region.WT].any(axis=(1, 2)))
                found.regions[:, planes[:2]] = False
            return found

    return Trying


def tried(predictor, paths, corruptions=(NOISE, BLUR), report=None):
    trial = CorruptionTrial(predictor, corruptions)
    return drain(evaluate(predictor, paths, trial=trial), report)


def test_each_corruption_costs_one_encoding_of_its_sequence_and_one_decode(brats_case, trying):
    predictor = trying()
    evaluation = tried(predictor, [brats_case("a").path])
    assert predictor.encoded == ["a"]
    assert predictor.changes == [("a", [Modality.T1C]), ("a", [Modality.FLAIR])]
    assert predictor.asked == [("a", s) for s in FULL.subsets()] + [("a", FULL)] * 2
    assert [(s.corruption, s.region) for s in evaluation.corrupted] == [
        (c, r) for c in (NOISE, BLUR) for r in Region
    ]


def test_the_three_scores_are_those_of_the_bad_one_of_none_and_of_the_clean_one(brats_case, trying):
    written = brats_case("a")
    evaluation = tried(trying(), [written.path])
    dice = {(s.subset, s.region): s.value for s in evaluation.scores if s.metric == "dice"}
    truth = written.labels > 0
    planes = np.flatnonzero(truth.any(axis=(1, 2)))
    kept = truth.copy()
    kept[planes[-2:]] = False  # the case is read the other way round
    expected = 2 * kept.sum() / (kept.sum() + truth.sum())
    for score in evaluation.corrupted:
        without = FULL.toggled(score.corruption.sequence)
        assert score.case == "a"
        assert score.clean == dice[FULL, score.region]
        assert score.withheld == dice[without, score.region]
        if score.region is Region.WT:
            assert score.corrupted == pytest.approx(expected)


def test_a_case_without_the_sequence_is_left_out(brats_case, trying):
    paths = [
        brats_case("a", available=ModalitySubset.parse("FLAIR+T2")).path,
        brats_case("b").path,
    ]
    evaluation = tried(trying(), paths)
    assert {(s.case, s.corruption) for s in evaluation.corrupted} == {
        ("a", BLUR),
        ("b", NOISE),
        ("b", BLUR),
    }


def test_without_its_only_sequence_a_case_is_predicted_empty(brats_case, trying):
    labels = brats_case("x").labels.copy()
    labels[labels == 4] = 1  # no enhancing tumour
    path = brats_case("a", available=ModalitySubset.parse("T1c"), labels=labels).path
    evaluation = tried(trying(), [path], [NOISE])
    assert {s.region: s.withheld for s in evaluation.corrupted} == {
        Region.WT: 0.0,
        Region.TC: 0.0,
        Region.ET: 1.0,
    }


def test_a_case_that_fails_leaves_no_half_scores(brats_case, trying):
    predictor = trying()
    inner = predictor.reencode

    def fails(encoded, case):
        if case.id == "bad" and "blur" in case.notes[-1]:
            raise CaseError("too blurred")
        return (yield from inner(encoded, case))

    predictor.reencode = fails
    evaluation = tried(predictor, [brats_case(name).path for name in ("bad", "a")])
    assert {s.case for s in evaluation.corrupted} == {s.case for s in evaluation.scores} == {"a"}
    assert evaluation.unscored[0].reason == "too blurred"


def test_progress_grows_to_the_end_with_a_step_for_each_corruption(brats_case, trying):
    reports = []
    tried(trying(), [brats_case(name).path for name in ("a", "b")], report=reports.append)
    done = [r.done for r in reports]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, reports[-1].total)
    assert {r.total for r in reports} == {2 * (16 + 2)}
    assert any("a: noise:5@T1c" in r.what for r in reports)


def test_nothing_is_corrupted_by_default(brats_case, fake_predictor):
    assert drain(evaluate(fake_predictor(), [brats_case("a").path])).corrupted == ()
