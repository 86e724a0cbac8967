"""Scoring a model over cases: what is scored, how often it encodes, and what does not stop it."""

from pathlib import Path

import numpy as np
import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import BRATS2023, Region
from ccsd_core.errors import CaseError, ResourceError
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.label_maps.segmentation_file import save_labels

every_subset = pytest.mark.parametrize("available", ModalitySubset.every(), ids=str)


@every_subset
def test_a_case_is_encoded_once_and_scored_for_each_of_its_subsets(
    brats_case, fake_predictor, available: ModalitySubset
):
    predictor = fake_predictor()
    path = brats_case("a", available=available).path
    evaluation = drain(evaluate(predictor, [path]))
    assert predictor.encoded == ["a"]
    assert predictor.asked == [("a", s) for s in available.subsets()]
    assert len(evaluation.scores) == len(available.subsets()) * len(Region) * len(METRICS)
    assert {s.subset for s in evaluation.scores} == set(available.subsets())


def test_the_scores_are_those_of_the_prediction(brats_case, fake_predictor):
    written = brats_case("a")
    evaluation = drain(evaluate(fake_predictor(), [written.path]))
    found = {(s.subset, s.region): s.value for s in evaluation.scores if s.metric == "dice"}
    truth = written.labels[::-1, ::-1] > 0
    planes = np.flatnonzero(truth.any(axis=(1, 2)))
    for subset in ModalitySubset.every():
        kept = truth.copy()
        kept[planes[: 4 - len(subset)]] = False
        expected = 2 * kept.sum() / (kept.sum() + truth.sum())
        assert found[subset, Region.WT] == pytest.approx(expected)


def test_every_row_says_what_was_decided_and_whether_the_case_was_seen(brats_case, fake_predictor):
    paths = [brats_case(name).path for name in ("seen", "fresh")]
    evaluation = drain(evaluate(fake_predictor(training_cases=("seen", "other")), paths))
    assert evaluation.seen_cases == ("seen",)
    assert all(s.seen_in_training == (s.case == "seen") for s in evaluation.scores)
    policies = {m.name: f"{m.policy}; post-processing: not known" for m in METRICS}
    assert all(s.policy == policies[s.metric] for s in evaluation.scores)


def test_a_case_without_labels_is_skipped_with_a_note(brats_case, fake_predictor):
    bare = brats_case("bare", with_labels=False).path
    predictor = fake_predictor()
    evaluation = drain(evaluate(predictor, [bare, brats_case("a").path]))
    assert [c.id for c in evaluation.cases] == ["a"]
    assert [(u.path, u.broken) for u in evaluation.unscored] == [(bare, False)]
    assert "no labels" in evaluation.unscored[0].reason
    assert predictor.encoded == ["a"]


def test_a_case_whose_labels_we_wrote_ourselves_says_so(brats_case, fake_predictor):
    ours, other = brats_case("ours").path, brats_case("a").path
    case = load_case(ours)
    assert case.reference is not None
    save_labels(ours / "ours_seg.nii.gz", case.reference, case.stored)
    (unscored,) = drain(evaluate(fake_predictor(), [ours, other])).unscored
    assert not unscored.broken
    assert unscored.reason.startswith("it has no expert labels")
    assert "ours_seg.nii.gz was not used: it was written by this program" in unscored.reason


def test_a_broken_case_does_not_lose_the_others(brats_case, fake_predictor):
    broken = brats_case("broken").path
    (broken / "broken_t2.nii.gz").write_bytes(b"<html>sign in</html>")
    evaluation = drain(evaluate(fake_predictor(), [brats_case("a").path, broken]))
    assert [c.id for c in evaluation.cases] == ["a"]
    assert evaluation.unscored[0].broken
    assert "broken_t2.nii.gz is a web page" in evaluation.unscored[0].reason


def test_a_case_the_model_cannot_take_leaves_no_half_scores(brats_case, fake_predictor):
    predictor = fake_predictor(fails_on={"bad": CaseError("too small")})
    paths = [brats_case(name).path for name in ("bad", "a")]
    evaluation = drain(evaluate(predictor, paths))
    assert {s.case for s in evaluation.scores} == {"a"}
    assert evaluation.unscored[0].reason == "too small"


def test_a_device_that_runs_out_stops_everything(brats_case, fake_predictor):
    predictor = fake_predictor(fails_on={"a": ResourceError("no memory")})
    with pytest.raises(ResourceError):
        drain(evaluate(predictor, [brats_case("a").path]))


def test_nothing_to_score_says_why(brats_case, fake_predictor):
    path = brats_case("bare", with_labels=False).path
    with pytest.raises(CaseError, match=r"the case cannot be scored \(bare: it has no labels"):
        drain(evaluate(fake_predictor(), [path]))


def test_progress_grows_to_the_end(brats_case, fake_predictor):
    paths = [
        brats_case("a", available=ModalitySubset.parse("FLAIR+T2")).path,
        brats_case("b").path,
    ]
    reports = []
    drain(evaluate(fake_predictor(), paths), reports.append)
    done = [r.done for r in reports]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, reports[-1].total)
    assert {r.total for r in reports} == {32}
    assert any("encoding T1c" in r.what for r in reports)


def test_two_cases_of_one_name_are_distinguished(brats_case, fake_predictor, tmp_path: Path):
    paths = [brats_case("x", under=tmp_path / year).path for year in ("2020", "2021")]
    evaluation = drain(evaluate(fake_predictor(training_cases=("x",)), paths))
    assert [c.id for c in evaluation.cases] == ["2020_x", "2021_x"]
    assert len(evaluation.seen_cases) == 2


def test_corrections_on_reading_are_reported_with_the_cases_name(brats_case, fake_predictor):
    names = {
        **{m: f"{m.name}.nii.gz" for m in ModalitySubset.full()},
        None: "label.nii.gz",
    }
    path = brats_case("own", names=names).path
    evaluation = drain(evaluate(fake_predictor(), [path]))
    beginning = "own: label.nii.gz: label scheme not recognised from file names"
    assert evaluation.notes[0].startswith(beginning)
    path = brats_case("own3", names=names, scheme=BRATS2023).path
    assert drain(evaluate(fake_predictor(), [path], scheme=BRATS2023)).notes == ()
