"""Exported measurements: the numbers of the list, in world millimetres, with their rules."""

import csv
import json
from dataclasses import replace

import pytest

from ccsd_app.export.number_files import write_numbers, write_tables
from ccsd_app.export.report import report
from ccsd_app.scene.measured import measured
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.measuring.measuring import Measuring
from ccsd_core.domain.region import Region
from ccsd_core.progress import drain


@pytest.fixture
def measured_state(full_state):
    session = Session(full_state)
    Measuring(session).measure_diameters(Region.WT)
    ones = (
        Measurement(MeasureKind.DISTANCE, 2, ((1.0, 2.0, 3.0), (7.0, 2.0, 3.0))),
        Measurement(MeasureKind.ELLIPSE, 2, ((3.0, 3.0, 4.0), (12.0, 10.0, 4.0))),
        Measurement(MeasureKind.DISTANCE, 2, ((1.0, 2.0, 3.0), (7.0, 2.0, 3.0)), on_scanned=True),
    )
    state = session.state
    return replace(state, measurements=(*state.measurements, *ones))


def test_the_tables_and_the_json_hold_what_is_measured_on_the_images_shown(
    measured_state, tmp_path
):
    drain(write_tables(measured_state, tmp_path / "n.csv"))
    drain(write_numbers(measured_state, tmp_path / "n.json"))

    with (tmp_path / "n_measurements.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    tree = json.loads((tmp_path / "n.json").read_text())["measured"]
    assert [row["kind"] for row in rows] == ["diameters", "distance", "ellipse"]
    assert [one["number"] for one in tree["measurements"]] == [1, 2, 3]
    assert "right angle" in tree["rules"]["diameters"]
    for row, one in zip(rows, measured_state.measurements, strict=False):
        found = measured(one, measured_state.case)
        if found.lengths_mm:
            assert float(row["length_mm"]) == pytest.approx(found.lengths_mm[0], abs=1e-4)
        if found.inside:
            first = next(iter(found.inside))
            assert float(row[f"mean_{first.label}"]) == pytest.approx(found.inside[first].mean)
    ends = measured_state.case.grid.world_from((7.0, 2.0, 3.0))
    assert tree["measurements"][1]["points_mm"][1] == pytest.approx(ends, abs=1e-3)
    assert rows[0]["subset"] == str(measured_state.shown)


def test_without_measurements_there_is_no_table_and_with_them_the_report_lists_them(
    full_state, measured_state, tmp_path
):
    drain(write_tables(full_state, tmp_path / "n.csv"))
    assert not (tmp_path / "n_measurements.csv").exists()
    assert report(full_state).measurements.rows == ()
    titles = [row[0] for row in report(measured_state).measurements.rows]
    assert titles[0].startswith("1  WT diameters")
    assert titles[1].startswith("2  Distance")
