"""Numbers read back by csv and json are those of the state, under the right names."""

import csv
import json
import math
from dataclasses import replace

import pytest

from ccsd_app.export.errors import ExportError
from ccsd_app.export.number_files import write_numbers, write_tables
from ccsd_app.session.on_demand import HD95
from ccsd_app.session.state import ModelInfo, State
from ccsd_app.viewmodel.panels.robustness_curve import curve_of
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region
from ccsd_core.domain.volume_intervals import VolumeIntervals
from ccsd_core.progress import drain


@pytest.fixture
def unlabelled_state(fake_worker, fake_results) -> State:
    """Three sequences, no expert; one subset is still being computed."""
    available = ModalitySubset.parse("FLAIR+T1+T1c")
    state = State().opened(fake_worker.phantom("three", available, labelled=False))
    state = replace(state, model=ModelInfo("fake", "f" * 64, "cpu", frozenset({"three"})))
    for subset in available.subsets()[1:]:
        state = state.with_result(fake_results(subset, labelled=False))
    return state


def table(path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_table_holds_every_subset_and_region_as_the_state_does(full_state, tmp_path):
    drain(write_tables(full_state, tmp_path / "n.csv"))

    rows = table(tmp_path / "n.csv")
    assert len(rows) == 45
    for row in rows:
        result = full_state.results[ModalitySubset.parse(row["subset"])]
        region = Region.parse(row["region"])
        full = full_state.full_result
        assert float(row["volume_ml"]) == pytest.approx(result.volumes_ml[region])
        change = result.volumes_ml[region] - full.volumes_ml[region]
        assert float(row["change_vs_all_ml"]) == pytest.approx(change, abs=1e-6)
        assert float(row["dice"]) == result.dice[region]
        assert float(row["agreement"]) == result.agreement[region]
        assert row["model_sha256"] == full_state.model.sha256
        assert "not for diagnosis" in row["disclaimer"]
    one = next(row for row in rows if row["subset"] == "FLAIR+T2")
    assert one["withheld"] == "T1+T1c"
    assert one["missing"] == ""


def test_distances_are_written_where_they_were_computed_and_there_are_any(full_state, tmp_path):
    one, other = ModalitySubset.parse("FLAIR"), ModalitySubset.parse("T1C")
    state = full_state.with_answer(HD95, one, dict.fromkeys(Region, 2.5))
    state = state.with_answer(HD95, other, {Region.WT: 3.0, Region.TC: 4.0, Region.ET: math.nan})
    drain(write_tables(state, tmp_path / "n.csv"))
    drain(write_numbers(state, tmp_path / "n.json"))

    written = {(r["subset"], r["region"]): r["hd95_mm"] for r in table(tmp_path / "n.csv")}
    assert written[("FLAIR", "ET")] == "2.5"
    assert written[("T1c", "TC")] == "4.0"
    assert {key for key, text in written.items() if text} == {
        *((str(one), r.name) for r in Region),
        (str(other), "WT"),
        (str(other), "TC"),
    }
    tree = json.loads((tmp_path / "n.json").read_text())
    found = {s["subset"]: s["regions"]["ET"]["hd95_mm"] for s in tree["subsets"]}
    assert found["FLAIR"] == 2.5
    assert found["T1c"] is None


def test_the_curves_have_a_table_of_their_own(full_state, tmp_path):
    paths = drain(write_tables(full_state, tmp_path / "n.csv"))

    assert {p.name for p in paths} >= {"n.csv", "n_curves.csv"}
    for row in table(tmp_path / "n_curves.csv"):
        curve = curve_of(full_state, full_state.case, Region.parse(row["region"]))
        assert float(row["aurc"]) == curve.aurc
        assert [float(row[f"mean_of_{k}"]) for k in (1, 2, 3, 4)] == list(curve.means.values())
        assert row["worst_subset"] == str(curve.worst[0])
        assert row["score"] == "Dice vs expert labels"


def test_the_tree_is_equal_to_the_state(full_state, tmp_path):
    drain(write_numbers(full_state, tmp_path / "n.json"))

    tree = json.loads((tmp_path / "n.json").read_text())
    assert tree["complete"] is True
    assert tree["model"] == {"name": "fake", "sha256": "0123456789abcdef"}
    assert tree["software"].startswith("ccsd ")
    assert "not for diagnosis" in tree["disclaimer"]
    assert len(tree["subsets"]) == 15
    for entry in tree["subsets"]:
        result = full_state.results[ModalitySubset.parse(entry["subset"])]
        for region in Region:
            found = entry["regions"][region.name]
            assert found["dice"] == result.dice[region]
            assert found["volume_ml"] == pytest.approx(result.volumes_ml[region])
    assert set(tree["curves"]) == {"WT", "TC", "ET"}
    assert set(tree["curves"]["WT"]["means"]) == {"1", "2", "3", "4"}


def test_without_an_expert_there_is_no_dice_and_what_is_unknown_is_empty(
    unlabelled_state, tmp_path
):
    drain(write_tables(unlabelled_state, tmp_path / "n.csv"))
    drain(write_numbers(unlabelled_state, tmp_path / "n.json"))

    rows = table(tmp_path / "n.csv")
    assert len(rows) == 3 * 6
    assert {row["dice"] for row in rows} == {""}
    assert all(row["agreement"] for row in rows)
    assert {row["missing"] for row in rows} == {"T2"}
    assert {row["seen_in_training"] for row in rows} == {"true"}
    curves = table(tmp_path / "n_curves.csv")
    assert {row["score"] for row in curves} == {"agreement with the prediction from all sequences"}
    assert {(row["mean_of_1"], row["mean_of_4"], row["aurc"]) for row in curves} == {("", "", "")}
    assert {(row["subsets_computed"], row["subsets_total"]) for row in curves} == {("6", "7")}
    tree = json.loads((tmp_path / "n.json").read_text())
    assert tree["complete"] is False
    assert tree["seen_in_training"] is True
    assert tree["curves"]["ET"]["aurc"] is None
    assert {entry["regions"]["WT"]["dice"] for entry in tree["subsets"]} == {None}


def test_before_the_full_input_is_computed_there_is_no_change(
    phantom_state, fake_results, tmp_path
):
    state = phantom_state.with_result(fake_results(ModalitySubset.parse("T1")))
    drain(write_tables(state, tmp_path / "n.csv"))
    assert {row["change_vs_all_ml"] for row in table(tmp_path / "n.csv")} == {""}


def test_without_any_result_there_is_nothing_to_write(phantom_state, tmp_path):
    for write, name in ((write_tables, "n.csv"), (write_numbers, "n.json")):
        with pytest.raises(ExportError, match="No subset is computed yet"):
            drain(write(phantom_state, tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_sequence_that_was_set_aside_is_not_written_as_missing(unlabelled_state, tmp_path):
    case = replace(unlabelled_state.case, not_opened=frozenset([Modality.T2]))
    state = replace(unlabelled_state, case=case)

    drain(write_tables(state, tmp_path / "n.csv"))
    drain(write_numbers(state, tmp_path / "n.json"))

    rows = table(tmp_path / "n.csv")
    assert {(row["not_opened"], row["missing"]) for row in rows} == {("T2", "")}
    one = json.loads((tmp_path / "n.json").read_text())["subsets"][0]
    assert one["not_opened"] == ["T2"]
    assert "T2 not opened" in one["input"]


def test_volumes_have_prediction_intervals_where_the_model_has_and_the_case_is_new(
    full_state, tmp_path
):
    widths = {s: dict.fromkeys(Region, 2.0) for s in ModalitySubset.every()}
    volumes = VolumeIntervals(0.9, 14, widths, dict.fromkeys(Region, 0.9))
    means = {s: dict.fromkeys(Region, 0.8) for s in ModalitySubset.every()}
    scores = ReferenceScores(14, True, means, volumes=volumes)
    model = replace(full_state.model, reference_scores=scores, training_cases=frozenset())

    drain(write_tables(replace(full_state, model=model), tmp_path / "new.csv"))
    seen = replace(model, training_cases=frozenset({full_state.case.id}))
    drain(write_tables(replace(full_state, model=seen), tmp_path / "seen.csv"))

    for row in table(tmp_path / "new.csv"):
        root = math.sqrt(float(row["volume_ml"]))
        assert float(row["volume_high_ml"]) == pytest.approx((root + 2) ** 2, abs=1e-4)
        assert float(row["volume_low_ml"]) == pytest.approx(max(0, root - 2) ** 2, abs=1e-4)
    assert {row["volume_high_ml"] for row in table(tmp_path / "seen.csv")} == {""}
