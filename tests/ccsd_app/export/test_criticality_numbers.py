"""What each sequence is worth, read back: equal to what the panel shows."""

import csv
import json
from dataclasses import replace

import pytest

from ccsd_app.export.number_files import names_of_tables, write_numbers, write_tables
from ccsd_app.session.guess import Guess
from ccsd_app.session.hidden import without_hidden
from ccsd_app.session.on_demand import CRITICALITY, Criticality
from ccsd_app.viewmodel.panels.criticality_panel import criticality_view
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.progress import drain

FULL = ModalitySubset.full()
FOUND = Criticality(
    {m: 0.1 * (m + 1) for m in Modality}, {m: 0.01 * (m + 1) for m in Modality}, (FULL,), True
)
KINDS = {
    "left_out": CriticalityKind.WITHHELD,
    "shapley": CriticalityKind.SHAPLEY,
    "cosine": CriticalityKind.COSINE,
    "gradient": CriticalityKind.GRADIENT,
}


@pytest.fixture
def read_back(tmp_path):
    """Writes a state's numbers: the rows of the third table (None without one), and the tree."""

    def read(state):
        drain(write_tables(state, tmp_path / "n.csv"))
        drain(write_numbers(state, tmp_path / "n.json"))
        tree = json.loads((tmp_path / "n.json").read_text())["criticality"]
        table = tmp_path / "n_criticality.csv"
        if not table.exists():
            return None, tree
        with table.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file)), tree

    return read


def shown(state) -> dict[tuple[str, str, str], float]:
    """The panel's bars: measure, sequence and region."""
    return {
        (name, Modality.parse(group.name).label, bar.name or "all"): bar.value
        for name, kind in KINDS.items()
        for group in criticality_view(state, kind).groups
        for bar in group.bars
    }


def test_every_bar_of_the_window_is_in_both_files(full_state, read_back):
    state = full_state.with_answer(CRITICALITY, None, FOUND)

    rows, tree = read_back(state)

    bars = shown(state)
    assert len(bars) == 2 * 4 * 3 + 2 * 4
    table = {(row["measure"], row["sequence"], row["region"]): float(row["value"]) for row in rows}
    assert table == bars
    for modality in Modality:
        assert table["cosine", modality.label, "all"] == FOUND.cosine[modality]
        assert table["gradient", modality.label, "all"] == FOUND.gradient[modality]
    assert {
        (measure, sequence, region): value
        for measure, message in tree.items()
        for region, values in message["regions"].items()
        for sequence, value in values.items()
    } == bars


def test_what_is_not_computed_is_not_there(phantom_state, full_state, fake_results, read_back):
    _, tree = read_back(full_state)
    assert set(tree) == {"left_out", "shapley"}
    one = phantom_state.with_result(fake_results(FULL))
    without = one.with_result(fake_results(FULL.toggled(Modality.T1)))
    rows, tree = read_back(without)
    assert {(row["measure"], row["sequence"]) for row in rows} == {("left_out", "T1")}
    assert set(tree) == {"left_out"}


@pytest.mark.parametrize("guessing", [False, True], ids=["one result", "others hidden"])
def test_without_any_value_there_is_no_third_table(
    phantom_state, full_state, fake_results, read_back, guessing
):
    state = phantom_state.with_result(fake_results(FULL))
    if guessing:
        state = without_hidden(replace(full_state, guess=Guess(on=True)))
    assert read_back(state) == (None, {})
    assert names_of_tables("n.csv")[2] == "n_criticality.csv"  # but it may be one


@pytest.mark.parametrize("expert", [True, False])
@pytest.mark.parametrize("trained_on", [True, False])
def test_a_value_says_what_it_was_measured_against(full_state, read_back, expert, trained_on):
    state = full_state.with_answer(CRITICALITY, None, replace(FOUND, against_expert=expert))
    if trained_on:
        model = replace(state.model, training_cases=frozenset({state.case.id}))
        state = replace(state, model=model)

    rows, tree = read_back(state)

    messages = {
        "left_out": "true",
        "shapley": "true",
        "cosine": "",
        "gradient": str(expert).lower(),
    }
    assert {(row["measure"], row["against_expert"]) for row in rows} == set(messages.items())
    assert {row["seen_in_training"] for row in rows} == {str(trained_on).lower()}
    assert tree["cosine"]["against_expert"] is None
    assert tree["gradient"]["against_expert"] is expert
    assert tree["left_out"]["against_expert"] is True
    assert ("seen in training" in tree["left_out"]["computed"]) is trained_on
    assert ("expert labels" in tree["gradient"]["computed"]) is expert


def test_without_labels_nothing_is_against_the_expert(full_state, read_back):
    state = replace(full_state, case=replace(full_state.case, reference=None))
    rows, tree = read_back(state)
    assert {row["against_expert"] for row in rows} == {"false"}
    assert "agreement" in tree["shapley"]["computed"]
