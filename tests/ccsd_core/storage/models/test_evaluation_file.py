"""The evaluation beside a model's weights."""

import json

import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.evaluation_file import EVALUATION, read_evaluation

EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
HASH = "ab" * 32


def summary(**changes):
    subsets = {
        str(s): {r.name: len(s) / 4 - 0.05 * r for r in Region} for s in ModalitySubset.every()
    }
    made = {
        "model": {"name": "m", "sha256": HASH},
        "cases": ["a", "b", "c"],
        "seen_in_training": [],
        "subsets": subsets,
        "aurc": {},
    }
    return {**made, **changes}


@pytest.fixture
def write(tmp_path):
    def make(**changes):
        (tmp_path / EVALUATION).write_text(json.dumps(summary(**changes)))
        return tmp_path

    return make


@pytest.mark.parametrize("subset", EVERY_SUBSET)
def test_what_evaluate_wrote_is_read_back(write, subset):
    found = read_evaluation(write(), sha256=HASH)
    assert found.dice[subset] == {r: len(subset) / 4 - 0.05 * r for r in Region}
    assert found.cohort_text == "3 test patients"


def test_curve_and_gains_follow_from_the_table(write):
    found = read_evaluation(write(), sha256=HASH)
    assert found.means(Region.WT) == pytest.approx({1: 0.25, 2: 0.5, 3: 0.75, 4: 1.0})
    pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)
    assert found.gain(pair, Modality.T1C) == pytest.approx(dict.fromkeys(Region, 0.25))
    assert found.gain(pair, Modality.T2) == {}


def test_who_has_none_of_a_region_does_not_count_in_its_means(write):
    """Without T1c a patient without ET scores 1, and lifts the mean of those who have some."""
    present = {
        "cases": {"WT": 3, "TC": 0, "ET": 2},
        "subsets": {str(s): {"WT": 0.9, "TC": None, "ET": 0.1} for s in ModalitySubset.every()},
    }
    found = read_evaluation(write(present=present), sha256=HASH)
    for subset in ModalitySubset.every():
        as_before = len(subset) / 4 - 0.05
        assert found.dice[subset] == {Region.WT: 0.9, Region.TC: as_before, Region.ET: 0.1}
    assert found.cohort_text_for(None) == "3 test patients (ET: 2)"


def test_patients_of_the_training_are_not_called_unseen(write):
    found = read_evaluation(write(seen_in_training=["a"]), sha256=HASH)
    assert "some seen in training" in found.cohort_text


def test_no_file_is_no_evaluation(tmp_path):
    assert read_evaluation(tmp_path, sha256=HASH) is None


def test_an_evaluation_of_other_weights_is_refused(write):
    with pytest.raises(CheckpointError, match="belongs to other weights"):
        read_evaluation(write(), sha256="cd" * 32)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model": 3}'])
def test_a_damaged_file_is_named_with_the_way_out(tmp_path, text):
    (tmp_path / EVALUATION).write_text(text)
    with pytest.raises(CheckpointError, match=r"evaluation\.json is not a summary .* remove it"):
        read_evaluation(tmp_path, sha256=HASH)


def test_a_table_without_all_subsets_is_none(write):
    assert read_evaluation(write(subsets={"T2": {"WT": 1, "TC": 1, "ET": 1}}), sha256=HASH) is None


def volumes(**changes):
    widths = {str(s): dict.fromkeys(("WT", "TC", "ET"), 6 - len(s)) for s in ModalitySubset.every()}
    covered = {"WT": 0.9, "TC": 0.91, "ET": 0.92}
    made = {
        "level": 0.9,
        "patients": 14,
        "coverage_leave_one_out": covered,
        "half_widths_sqrt_ml": widths,
    }
    return {**made, **changes}


def test_prediction_intervals_of_volumes_are_read_with_it(write):
    found = read_evaluation(write(volume_intervals=volumes()), sha256=HASH).volumes

    assert (found.level, found.patients, found.coverage[Region.ET]) == (0.9, 14, 0.92)
    for subset in ModalitySubset.every():
        assert found.half_widths[subset] == dict.fromkeys(Region, 6 - len(subset))
    assert read_evaluation(write(), sha256=HASH).volumes is None


def test_intervals_of_some_subsets_alone_are_not_used(write):
    widths = volumes()["half_widths_sqrt_ml"]
    del widths["FLAIR"]

    assert (
        read_evaluation(
            write(volume_intervals=volumes(half_widths_sqrt_ml=widths)), sha256=HASH
        ).volumes
        is None
    )


def test_a_width_below_zero_or_no_number_is_refused(write):
    for bad in (-0.5, float("inf"), "wide"):
        widths = {**volumes()["half_widths_sqrt_ml"], "FLAIR": {"WT": bad, "TC": 2, "ET": 2}}
        with pytest.raises(CheckpointError, match="not a summary"):
            read_evaluation(
                write(volume_intervals=volumes(half_widths_sqrt_ml=widths)), sha256=HASH
            )
