"""Label maps in a model's place: the same numbers, and what is missing counts nowhere."""

from statistics import fmean

import pytest

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import BRATS2023, Region
from ccsd_core.domain.segmentation import Provenance
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.metrics.registry import choose_metrics
from ccsd_core.evaluation.predictions import evaluate_predictions
from ccsd_core.evaluation.protocol import evaluate
from ccsd_core.evaluation.report.prediction_text import prediction_lines, predictions_json
from ccsd_core.evaluation.report.summary import aurc, subset_means, summary
from ccsd_core.evaluation.report.table import results_table
from ccsd_core.evaluation.statistics.estimates import estimates
from ccsd_core.progress import drain
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.label_maps.segmentation_file import save_segmentation
from ccsd_core.storage.predictions.prediction_files import prediction_path

DICE = choose_metrics("dice")
FULL, PAIR = ModalitySubset.full(), ModalitySubset.parse("FLAIR+T2")


@pytest.fixture
def predict(fake_predictor, tmp_path):
    """Writes what the fake predicts for a case; returns the folder."""

    def predict(*paths, folder="preds", scheme=None, seen=False, but=()):
        predictor = fake_predictor()
        for path in paths:
            case = load_case(path)
            for subset in case.available.subsets():
                if subset in but:
                    continue
                made = predictor.predict(case, subset)
                about = Provenance(case.id, "m", "0" * 64, subset, case.available, "ccsd 0", seen)
                object.__setattr__(made, "provenance", about)
                out = prediction_path(tmp_path / folder, case.id, subset)
                save_segmentation(out, made, scheme=scheme)
        return tmp_path / folder

    return predict


def values(evaluation):
    return {(s.case, s.subset, s.region, s.metric): s.value for s in evaluation.scores}


def test_label_maps_of_a_model_score_exactly_as_the_model(
    brats_case, fake_predictor, predict, tmp_path
):
    paths = [brats_case("a").path, brats_case("b", available=PAIR, seed=1).path]
    folder = predict(*paths)
    ours = drain(evaluate_predictions(folder, paths))
    assert values(ours) == values(drain(evaluate(fake_predictor(), paths)))
    assert (ours.predictions.folder, ours.predictions.files) == (folder, 15 + 3)
    assert ours.model_name == "predictions in preds"
    assert (ours.notes, ours.predictions.cases_without) == ((), ())
    assert predictions_json(ours)["predictions"]["missing"] == {}


def test_a_missing_subset_is_in_no_mean_and_reported(brats_case, fake_predictor, predict):
    paths = [brats_case("a").path, brats_case("b", available=PAIR, seed=1).path]
    folder = predict(paths[0], but=(FULL,))
    predict(paths[1], but=(PAIR,))
    ours = drain(evaluate_predictions(folder, paths, metrics=DICE))
    assert [set(c.unpredicted) for c in ours.cases] == [{FULL}, {PAIR}]
    means, found = subset_means(ours), estimates(ours)
    assert FULL not in means
    assert FULL not in found.subsets
    of_a = values(ours)["a", PAIR, Region.WT, "dice"]
    assert means[PAIR][Region.WT] == pytest.approx(of_a)
    assert found.subsets[PAIR]["WT"].cases == 1
    assert found.mean["WT"].value == pytest.approx(fmean(row[Region.WT] for row in means.values()))
    assert aurc(ours) == dict.fromkeys(Region)
    assert found.aurc == {}
    (line,) = [line for line in prediction_lines(ours) if "cases missing (" in line]
    assert "2 predictions of 2 cases missing (a FLAIR+T1+T1c+T2; b FLAIR+T2)" in line
    assert line in results_table(ours).renderables
    assert summary(ours)["predictions"]["missing"] == {"a": [str(FULL)], "b": ["FLAIR+T2"]}


def test_a_case_with_every_prediction_has_the_area_alone(brats_case, fake_predictor, predict):
    paths = [brats_case("a").path, brats_case("b", seed=1).path]
    folder = predict(paths[0])
    predict(paths[1], but=(FULL, PAIR))
    ours = drain(evaluate_predictions(folder, paths, metrics=DICE))
    alone = drain(evaluate(fake_predictor(), paths[:1], metrics=DICE))
    assert aurc(ours) == aurc(alone)
    assert estimates(ours).aurc["ET"].cases == 1


def test_a_case_without_any_prediction_is_skipped_and_reported(brats_case, predict):
    paths = [brats_case("a").path, brats_case("b", seed=1).path]
    ours = drain(evaluate_predictions(predict(paths[0]), paths, metrics=DICE))
    assert [case.id for case in ours.cases] == ["a"]
    (skipped,) = ours.unscored
    assert (skipped.path, skipped.broken) == (paths[1], False)
    assert "it has no prediction" in skipped.reason
    assert ours.predictions.cases_without == ("b",)
    assert any("No prediction of 1 case" in line for line in prediction_lines(ours))


def test_a_map_that_cannot_be_used_breaks_its_case_and_no_other(brats_case, predict):
    paths = [brats_case("a").path, brats_case("b", seed=1).path]
    folder = predict(*paths)
    prediction_path(folder, "a", PAIR).write_bytes(b"<html>")
    ours = drain(evaluate_predictions(folder, paths, metrics=DICE))
    assert [case.id for case in ours.cases] == ["b"]
    assert ours.unscored[0].broken
    assert ours.predictions.files == 15


def test_maps_in_another_scheme_are_read_in_it(brats_case, fake_predictor, predict):
    path = brats_case("a").path
    folder = predict(path, scheme=BRATS2023)
    ours = drain(evaluate_predictions(folder, [path], predictions_scheme=BRATS2023, metrics=DICE))
    assert values(ours) == values(drain(evaluate(fake_predictor(), [path], metrics=DICE)))
    with pytest.raises(BadInputError, match="--predictions-scheme"):
        drain(evaluate_predictions(folder, [path], metrics=DICE))


def test_the_hash_is_of_the_files_and_not_of_their_names(brats_case, predict, tmp_path):
    path = brats_case("a").path
    folder = predict(path)
    other = tmp_path / "other"
    for file in (folder / "a").iterdir():
        new = other / file.name.removesuffix(".nii.gz") / "a.nii.gz"
        new.parent.mkdir(parents=True)
        new.write_bytes(file.read_bytes())
    one, same = (
        drain(evaluate_predictions(f, [path], metrics=DICE)).model_sha256 for f in (folder, other)
    )
    assert one == same
    (other / "T2" / "a.nii.gz").write_bytes(prediction_path(folder, "a", FULL).read_bytes())
    changed = drain(evaluate_predictions(other, [path], metrics=DICE)).model_sha256
    assert changed != one


def test_our_own_maps_say_whether_the_case_was_seen_and_others_do_not(brats_case, predict):
    path = brats_case("a").path
    message = drain(evaluate_predictions(predict(path, seen=True), [path], metrics=DICE))
    assert message.seen_cases == ("a",)
    unknown = drain(evaluate_predictions(predict(path, folder="fresh"), [path], metrics=DICE))
    assert unknown.seen_cases == ()
    text = "\n".join(str(line) for line in results_table(unknown).renderables)
    assert "It is not known whether a case was seen" in text
    assert "No case was seen" not in text


def test_a_prediction_is_never_scored_for_two_cases_of_one_name(brats_case, predict, tmp_path):
    paths = [brats_case("a", under=tmp_path / year).path for year in ("x", "y")]
    ours = drain(evaluate_predictions(predict(paths[0]), paths, metrics=DICE))
    assert len(ours.cases) == 1
    assert ours.unscored[0].broken
    assert "was scored for x_a, which has the same name" in ours.unscored[0].reason


def test_files_that_nothing_asked_for_are_reported(brats_case, predict):
    path = brats_case("a", available=PAIR).path
    folder = predict(path)
    for name in ("a/T1.nii.gz", "gone/FLAIR.nii.gz", "a/best.nii.gz"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    notes = drain(evaluate_predictions(folder, [path], metrics=DICE)).notes
    assert "2 label maps in" in notes[0]
    assert "a/T1.nii.gz, gone/FLAIR.nii.gz" in notes[0]
    assert "a/best.nii.gz" in notes[1]
