"""Raw and processed scores: both are measured, and reported side by side where they differ."""

import numpy as np
import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.postprocess_rules import Postprocess
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.paired.paired import compare_paired
from ccsd_core.evaluation.paired.seeds import compare_seeds
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.published.compare import compare_with_published
from ccsd_core.evaluation.report.metric_rows import metric_rows
from ccsd_core.evaluation.report.raw_text import raw_lines
from ccsd_core.evaluation.report.scores_file import read_scores, scores_csv
from ccsd_core.evaluation.report.summary import summary
from ccsd_core.evaluation.report.table_files import table_markdown
from ccsd_core.evaluation.results.raw import RAW
from ccsd_core.progress import drain


@pytest.fixture
def evaluation(brats_case, fake_predictor):
    """Of a model whose network marks more WT than is left of it after post-processing."""

    def run(*, more: int, rules: str = "within_images, nested", metrics=METRICS[:2]):
        predictor = fake_predictor()
        predictor.postprocess = Postprocess.parse(rules)

        def raw_regions(encoded, subset: ModalitySubset) -> np.ndarray:
            regions = predictor.predict(encoded, subset).regions.copy()
            regions[Region.WT, :, :, :more] = True
            return regions

        predictor.raw_regions = raw_regions
        return drain(evaluate(predictor, [brats_case("case0").path], metrics=metrics))

    return run


def test_raw_and_processed_are_reported_side_by_side(evaluation, tmp_path):
    found = evaluation(more=3)

    (line,) = raw_lines(found)
    content = summary(found)
    assert "within_images, nested" in line
    assert f"{100 * content['mean_raw']['WT']:.2f} / " in line
    assert f"{100 * content['mean']['WT']:.2f} / " in line
    assert content["mean_raw"]["WT"] < content["mean"]["WT"]
    assert content["mean_raw"]["ET"] == content["mean"]["ET"]
    assert content["postprocess"] == "within_images, nested"
    assert line in table_markdown(found)
    (tmp_path / "scores.csv").write_text(scores_csv(found.scores))
    assert len([s for s in read_scores(tmp_path) if s.metric == RAW]) == 15 * 3


def test_published_tables_are_set_beside_the_raw_scores(evaluation):
    found = evaluation(more=3)

    message = compare_with_published(found, "table1")

    (whole,) = [block for block in message.blocks if block.name == "WT"]
    ours = [row.ours for row in whole.rows if row.name == "average"]
    assert ours == [pytest.approx(100 * summary(found)["mean_raw"]["WT"])]


def test_raw_means_are_left_out_where_processing_changed_no_score(evaluation):
    same, unprocessed = evaluation(more=0), evaluation(more=3, rules="none")

    messages = ["within_images, nested, which changed no score.", "none."]
    for found, rules in zip((same, unprocessed), messages, strict=True):
        assert raw_lines(found) == [f"Post-processing: {rules}"]
        assert f"- Post-processing: {rules}" in table_markdown(found)
        assert "mean_raw" not in summary(found)
    assert not any(s.metric == RAW for s in unprocessed.scores)
    assert summary(unprocessed)["postprocess"] == "none"


def test_evaluations_under_other_rules_are_distinguished_when_compared(evaluation):
    default, none = evaluation(more=0), evaluation(more=0, rules="none")

    compared = (
        (compare_paired(default.scores, none.scores).notes, "A", "B"),
        (seeds_notes(default, none), "Run 1", "Run 2"),
    )
    for notes, one, other in compared:
        (messages,) = [note for note in notes if "policies differ" in note]
        policy = METRICS[0].policy
        assert f"{one}: {policy}; post-processing: within_images, nested." in messages
        assert f"{other}: {policy}; post-processing: none" in messages
    for notes in (
        compare_paired(default.scores, default.scores).notes,
        seeds_notes(default, default),
    ):
        assert not any("policies differ" in note for note in notes)


def test_the_rules_of_label_maps_are_reported_as_not_known(brats_case, fake_predictor, evaluation):
    by_others = drain(evaluate(fake_predictor(), [brats_case("case0").path], metrics=METRICS[:1]))

    (messages,) = [
        n for n in compare_paired(evaluation(more=0).scores, by_others.scores).notes if "olic" in n
    ]

    assert "post-processing: not known" in messages


def test_the_table_of_metrics_does_not_repeat_the_rules(evaluation):
    found = evaluation(more=3, metrics=METRICS)

    assert [row.policy for row in metric_rows(found)] == [m.policy for m in METRICS[2:]]
    assert {m["policy"] for m in summary(found)["metrics"].values()} == {
        m.policy for m in METRICS[2:]
    }


def seeds_notes(*evaluations) -> tuple[str, ...]:
    return compare_seeds([one.scores for one in evaluations]).notes
