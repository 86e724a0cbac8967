"""The provenance in every export."""

import json
from dataclasses import replace

from ccsd_app.export.names import file_name
from ccsd_app.export.numbers import numbers, subset_rows
from ccsd_app.export.stamp import Stamp
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.version import software_version

PAIR = ModalitySubset.parse("FLAIR+T2")
IN_ALL_FORMS = ("phantom", "withheld", "fake", "01234567", DISCLAIMER, software_version())


def test_every_form_names_case_input_model_software_and_disclaimer(full_state):
    stamp = Stamp.of(full_state, PAIR)
    forms = (
        "\n".join(stamp.lines),
        "\n".join(stamp.caption),
        json.dumps(stamp.as_json()),
    )
    for words in forms:
        for part in IN_ALL_FORMS:
            assert part in words


def test_no_form_contains_a_path(full_state):
    stamp = Stamp.of(full_state)
    assert any(source.path.name for source in full_state.case.sources.values())
    assert "/data" not in json.dumps(stamp.as_json()) + str(stamp)


def test_a_case_the_model_was_trained_on_is_marked(full_state):
    model = replace(full_state.model, training_cases=frozenset({"phantom"}))
    stamp = Stamp.of(replace(full_state, model=model), PAIR)
    assert "seen in training" in stamp.caption[1]
    assert stamp.as_json()["seen_in_training"] is True


def test_low_mean_dice_is_reported(full_state):
    means = {s: dict.fromkeys(Region, 0.8) for s in ModalitySubset.every()}
    means[PAIR] = {**means[PAIR], Region.ET: 0.1}
    model = replace(full_state.model, reference_scores=ReferenceScores(7, True, means))
    state = replace(full_state, model=model)

    weak, whole = Stamp.of(state, PAIR), Stamp.of(state, ModalitySubset.full())

    assert "low mean Dice for ET" in weak.caption[1]
    assert weak.fields["low mean Dice"] == "ET"
    assert weak.as_json()["low_mean_dice"] == ["ET"]
    assert "weak" not in " ".join((*whole.caption, *whole.fields))
    assert whole.as_json()["low_mean_dice"] == []
    for unknown in (Stamp.of_all(state.using(PAIR)), Stamp.of(full_state, PAIR)):
        assert unknown.as_json()["low_mean_dice"] is None
        assert "weak" not in " ".join((*unknown.caption, *unknown.fields))


def test_low_mean_dice_is_reported_for_each_subset_and_not_for_all(full_state):
    means = {s: dict.fromkeys(Region, 0.8) for s in ModalitySubset.every()}
    means[PAIR] = {**means[PAIR], Region.ET: 0.1, Region.TC: 0.1}
    model = replace(full_state.model, reference_scores=ReferenceScores(7, True, means))
    state = replace(full_state, model=model).using(PAIR)

    tree, rows = numbers(state, state.case), subset_rows(state, state.case)

    assert "low_mean_dice" not in tree
    messages = {one["subset"]: one["low_mean_dice"] for one in tree["subsets"]}
    assert messages == {str(s): ["TC", "ET"] * (s == PAIR) for s in ModalitySubset.every()}
    assert {row["subset"] for row in rows if row["low_mean_dice"] == "TC, ET"} == {str(PAIR)}


def test_a_picture_without_a_segmentation_says_so(phantom_state):
    assert "no segmentation yet" in Stamp.of(phantom_state).caption[0]


def test_names_can_be_used_on_any_file_system():
    name = file_name('a/b\\c: "d"*', PAIR, "view of axial", "png")
    assert name == "a-b-c-d_FLAIR+T2_view-of-axial.png"
    assert file_name("/", None, "x", "csv") == "case_all_x.csv"
