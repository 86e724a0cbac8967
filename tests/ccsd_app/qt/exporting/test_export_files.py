"""Label maps, surfaces and numbers from the real window, and the names they are given."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import pyvista as pv
from PySide6.QtWidgets import QMessageBox

from ccsd_app.export.surfaces.mesh_files import MeshFormat
from ccsd_app.viewmodel.open_case.recent import PLACE_LENGTH, shortened
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

FLAIR_T1C = ModalitySubset.parse("FLAIR+T1c")


def test_the_label_map_is_that_of_the_shown_subset(desk):
    at = desk()
    at.show(FLAIR_T1C)

    at.choose("label_map")

    assert [path.name for path in at.suggested] == ["p_FLAIR+T1c_labels.nii.gz"]
    assert at.files() == {"p_FLAIR+T1c_labels.nii.gz", "p_FLAIR+T1c_labels.json"}
    state = at.session.state
    labels = np.asarray(nib.load(at.folder / "p_FLAIR+T1c_labels.nii.gz").dataobj)
    found = state.case.scheme.regions(labels).sum(axis=(1, 2, 3))
    assert found.tolist() == [(state.result.nested_labels > r).sum() for r in Region]
    assert "Saved p_FLAIR+T1c_labels" in at.window.statusBar().currentMessage()


@pytest.mark.parametrize("there", [True, False], ids=["documents", "no documents"])
def test_exports_begin_among_the_users_documents_and_say_where_they_went(
    desk, tmp_path, monkeypatch, there
):
    documents = tmp_path / "Documents"
    if there:
        documents.mkdir()
    monkeypatch.setattr("platformdirs.user_documents_path", lambda: documents)
    at = desk()

    at.choose("numbers")
    at.choose("label_map")

    begun, then = (path.parent for path in at.suggested)
    assert begun == (documents if there else Path.home())
    assert then == at.folder  # where the first one went
    assert (
        at.window.statusBar()
        .currentMessage()
        .endswith(f" in {shortened(str(at.folder), PLACE_LENGTH)}")
    )


def test_all_label_maps_go_into_a_folder(desk):
    at = desk()
    at.choose("label_maps")
    assert len(at.files()) == 30
    assert at.replace == []


@pytest.mark.parametrize("form", MeshFormat)
def test_surfaces_leave_in_every_format_and_can_be_read(desk, form):
    at = desk()
    at.show(FLAIR_T1C)

    at.choose(form.value)

    written = sorted(path for path in at.folder.iterdir() if path.suffix == f".{form.value}")
    assert len(written) == (3 if form is MeshFormat.STL else 1)
    mesh = pv.read(written[-1])
    assert (mesh.n_blocks if form is MeshFormat.GLB else mesh.n_cells) > 0
    assert not at.session.state.problem


def test_numbers_leave_as_tables_and_as_a_tree(desk):
    at = desk()
    at.choose("tables")
    at.choose("numbers")
    assert at.files() == {
        "p_all_numbers.csv",
        "p_all_numbers_curves.csv",
        "p_all_numbers_criticality.csv",
        "p_all_numbers.json",
    }
    assert json.loads((at.folder / "p_all_numbers.json").read_text())["complete"] is True


@pytest.mark.parametrize("yes", [True, False], ids=["replace", "keep"])
def test_what_lies_beside_the_chosen_file_is_only_replaced_when_the_user_says_so(desk, yes):
    at = desk()
    (at.folder / "p_all_numbers_curves.csv").write_text("mine")
    at.answer = QMessageBox.StandardButton.Yes if yes else QMessageBox.StandardButton.Cancel

    at.choose("tables")

    assert "p_all_numbers_curves.csv" in at.replace[0]
    kept = (at.folder / "p_all_numbers_curves.csv").read_text() == "mine"
    assert kept is not yes
    assert (at.folder / "p_all_numbers.csv").exists() is yes


def test_a_name_without_its_ending_gets_it_and_then_replaces_nothing_unasked(desk):
    at = desk()
    (at.folder / "mine.json").write_text("mine")
    at.named = lambda suggested: str(at.folder / "mine")
    at.answer = QMessageBox.StandardButton.Cancel

    at.choose("numbers")

    assert "mine.json" in at.replace[0]
    assert (at.folder / "mine.json").read_text() == "mine"


def test_changing_ones_mind_writes_nothing(desk):
    at = desk()
    at.named = lambda suggested: ""
    for entry in ("label_map", "stl", "picture_axial", "stepwise_removal", "tables"):
        at.choose(entry)
    assert at.files() == set()
