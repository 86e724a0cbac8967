"""`ccsd-app dicom` lists a study, obeys the user, converts, and refuses in one line."""

import json
import sys
from importlib import import_module

import numpy as np
import pytest

from ccsd_core.domain.modality import Modality
from ccsd_core.storage.cases.case_folder import load_case


@pytest.fixture
def study(tmp_path):
    """A folder that is named after the patient, with three sequences and a localiser."""
    pytest.importorskip("pydicom", reason="pip install 'ccsd[scanner]'")
    pytest.importorskip("dcm2niix", reason="pip install 'ccsd[scanner]'")
    writer = import_module("ccsd_core.dicom.synthetic.writer")
    folder = tmp_path / "MUSTERMANN_ERIKA"
    array = np.random.default_rng(0).integers(0, 4000, (8, 10, 12))
    affine = np.diag([20.0, 18.0, 12.0, 1.0])
    affine[:3, 3] = (-70, -81, -66)
    for number, sequence in ((2, "FLAIR"), (3, "T1"), (4, "T1c"), (5, "T2")):
        writer.write_scan(
            folder, writer.Scan(array, affine, sequence, number), person=writer.Person()
        )
    header = {"SeriesDescription": "localizer Mustermann"}
    localiser = writer.Scan(array[:, :, :3], affine, "T1", 1, header=header)
    writer.write_scan(folder, localiser, person=writer.Person())
    return folder


def test_the_table_says_what_each_series_is_and_what_is_used(command, study):
    result = command("dicom", study)

    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0].endswith("5 series, 4 used")
    (row,) = [line for line in lines if line.startswith("4 ")]
    assert row.split()[:2] == ["4", "t1_se_tra_KM"]
    assert row.split()[-3:] == ["Gadovist", "T1c", "T1c"]
    assert "'km' means with contrast agent; the only T1c" in lines[lines.index(row) + 1]
    assert "localiser" in result.out
    assert not [
        s for s in ("mustermann", "erika", "4711") if s in (result.out + result.err).lower()
    ]


def test_the_users_choice_is_obeyed_in_table_and_json(command, study, tmp_path):
    result = command("dicom", study, "--t1", "none", "--t2", "2", "--json", tmp_path / "s.json")

    assert result.code == 0, result.err
    written = json.loads((tmp_path / "s.json").read_text())
    used = {row["series"]: row["used_as"] for row in written["series"]}
    assert used == {"1": None, "2": "T2", "3": None, "4": "T1c", "5": None}
    assert "mustermann" not in (tmp_path / "s.json").read_text().lower()


def test_the_used_series_become_a_case_that_opens(command, study, tmp_path):
    result = command("dicom", study, "-o", tmp_path / "case", "--t1c", "none")

    assert result.code == 0, result.err
    case = load_case(tmp_path / "case")
    assert case.available.missing == (Modality.T1C,)
    assert case.grid.spacing_mm == pytest.approx((20, 18, 12), abs=1e-3)


def test_a_folder_with_something_in_it_is_not_written_into(command, study, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "t1.nii.gz").write_text("mine")

    result = command("dicom", study, "-o", tmp_path / "there")

    assert result.code == 2
    assert "exists and is not empty: choose a new folder" in result.err
    assert (tmp_path / "there" / "t1.nii.gz").read_text() == "mine"


def test_a_lone_localiser_is_refused_below_its_table_and_nothing_is_written(
    command, study, tmp_path
):
    for path in study.glob("S00[2-5]*"):
        path.unlink()

    result = command("dicom", study, "-o", tmp_path / "out")

    assert result.code == 2
    assert "localiser" in result.out
    assert result.error_lines[-1].startswith("error: no series here can be used as FLAIR")
    assert not (tmp_path / "out").exists()


def test_without_its_libraries_the_way_out_is_named(command, tmp_path, monkeypatch):
    (tmp_path / "a.dcm").write_bytes(bytes(128) + b"DICM")
    monkeypatch.setitem(sys.modules, "pydicom", None)

    result = command("dicom", tmp_path)

    assert result.code == 1
    assert result.error_lines == ["error: reading DICOM needs pydicom: pip install 'ccsd[scanner]'"]
