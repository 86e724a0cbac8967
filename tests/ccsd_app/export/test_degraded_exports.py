"""What is exported while a sequence is degraded states so: files, tables, captions, the report."""

import csv
import json

import pytest

from ccsd_app.export.label_maps import label_map
from ccsd_app.export.number_files import write_numbers, write_tables
from ccsd_app.export.report import report
from ccsd_app.export.stamp import Stamp
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.progress import drain

FULL = ModalitySubset.full()
MARK = "T1c [degraded: noise 30 %]"


@pytest.fixture
def degraded(full_state) -> State:
    """T1c full of noise, with every result of these images."""
    noise = Degradations.parse(["T1c:noise=5"])
    volumes = {Modality.T1C: full_state.case.volumes[Modality.T1C]}
    state = full_state.degrading(noise).degraded_to(noise, volumes)
    for result in full_state.results.values():
        state = state.with_result(result)
    return state


def test_captions_and_comments_state_the_degradation(degraded, full_state):
    stamp = Stamp.of(degraded)
    assert MARK in stamp.caption[0]
    assert stamp.fields["degraded"] == "T1c: noise 30 %"
    assert [one["kind"] for one in stamp.as_json()["degraded"]] == ["noise"]
    assert "degraded" not in " ".join(Stamp.of(full_state).lines)


def test_the_description_beside_a_label_map_states_it(degraded, tmp_path):
    paths = drain(label_map(degraded, FULL, tmp_path / "out.nii.gz"))

    described = next(path for path in paths if path.suffix == ".json")
    assert "T1c" in json.loads(described.read_text())["degraded"][0]["sequence"]


def test_tables_and_numbers_state_it(degraded, tmp_path):
    drain(write_tables(degraded, tmp_path / "n.csv"))
    drain(write_numbers(degraded, tmp_path / "n.json"))

    with (tmp_path / "n.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with_t1c = {row["degraded"] for row in rows if "T1c" in row["subset"].split("+")}
    assert with_t1c == {"T1c:noise=5"}
    assert "noise" in (tmp_path / "n.json").read_text()


def test_the_report_states_it_beside_the_input_and_in_the_provenance(degraded):
    shown = report(degraded)
    assert MARK in shown.inputs[0]
    assert "degraded: T1c: noise 30 %" in shown.provenance
