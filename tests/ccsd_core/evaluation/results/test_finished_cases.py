"""Results of single cases as files: found again as they were, or not at all."""

import math
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_core.data.corruption import Corruption
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import ResourceError
from ccsd_core.evaluation.protocol import evaluate, score_cases
from ccsd_core.evaluation.results.case_result import CaseResult
from ccsd_core.evaluation.results.corruption import CorruptedScore
from ccsd_core.evaluation.results.evaluated_criticality import EvaluatedCriticality
from ccsd_core.evaluation.results.finished_cases import FinishedCases
from ccsd_core.evaluation.results.result import EvaluatedCase, Score, UnscoredCase
from ccsd_core.progress import drain
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory

FLAIR_T2 = ModalitySubset.of(Modality.FLAIR, Modality.T2)


@pytest.fixture
def files(brats_case):
    return choose(inventory(brats_case("a").path))


@pytest.fixture
def finished(tmp_path):
    return FinishedCases(tmp_path / "finished", settings="one model")


def result() -> CaseResult:
    case = EvaluatedCase(
        id="a",
        available=FLAIR_T2,
        seen_in_training=True,
        absent_regions=frozenset({Region.ET}),
        unpredicted=frozenset({ModalitySubset.of(Modality.T2)}),
        criticality=EvaluatedCriticality({Modality.FLAIR: 0.5}, {Modality.T2: 0.25}),
    )
    score = Score("a", FLAIR_T2, Region.TC, "hd95", 0.1 + 0.2, "policy", seen_in_training=True)
    none = replace(score, region=Region.ET, value=math.nan)
    bad = CorruptedScore("a", Corruption.parse("noise:3@T1c"), Region.WT, 0.1, 0.2, 0.3)
    return CaseResult(case, (score, none), (bad,), ("was mended",))


def test_a_result_is_found_as_it_was_kept(finished, files):
    kept = result()
    finished.keep(files, kept)
    found = finished.get(files)
    assert len(finished) == 1
    assert isinstance(found, CaseResult)
    assert found.case.criticality is not None
    assert kept.case.criticality is not None
    assert found.case.criticality.cosine == kept.case.criticality.cosine
    assert found.case.criticality.gradient == kept.case.criticality.gradient
    bare = replace(found.case, criticality=None)
    assert bare == replace(kept.case, criticality=None)
    assert (found.corrupted, found.notes) == (kept.corrupted, kept.notes)
    assert found.scores[0] == kept.scores[0]
    assert math.isnan(found.scores[1].value)


def test_a_case_without_labels_is_kept_with_its_reason(finished, files):
    unscored = UnscoredCase(Path("a"), "it has no labels", broken=False)
    finished.keep(files, unscored)
    assert finished.get(files) == unscored


def test_a_changed_file_other_settings_or_a_damaged_result_are_not_taken(
    finished, files, tmp_path: Path
):
    finished.keep(files, result())
    other = FinishedCases(tmp_path / "finished", settings="another model")
    assert (other.get(files), len(other)) == (None, 0)

    image = files.images[Modality.T1].path
    before = image.stat()
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert finished.get(files) is None
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert finished.get(files) is not None

    (file,) = (tmp_path / "finished").rglob("*.json")
    file.write_text(file.read_text()[:-20])
    assert finished.get(files) is None

    other.clear()
    assert not (tmp_path / "finished").exists()


def test_an_interrupted_evaluation_goes_on_after_the_cases_that_were_scored(
    brats_case, fake_predictor, finished
):
    paths = [brats_case(name).path for name in ("a", "b")]
    alone = drain(evaluate(fake_predictor(), paths))
    failing = fake_predictor(fails_on={"b": ResourceError("no memory")})
    with pytest.raises(ResourceError):
        drain(evaluate(failing, paths, finished=finished))

    predictor = fake_predictor()
    assert drain(evaluate(predictor, paths, finished=finished)) == alone
    assert predictor.encoded == ["b"]


def test_shares_of_the_cases_are_together_all_of_them(brats_case, fake_predictor, finished):
    paths = [brats_case(name).path for name in ("a", "b", "c")]
    for first, names in ((1, ["b"]), (0, ["a", "c"])):
        predictor = fake_predictor()
        drain(score_cases(predictor, paths, finished=finished, share=slice(first, None, 2)))
        assert predictor.encoded == names
    predictor = fake_predictor()
    together = drain(evaluate(predictor, paths, finished=finished))
    assert (predictor.encoded, together) == ([], drain(evaluate(fake_predictor(), paths)))
