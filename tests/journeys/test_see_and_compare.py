"""A folder with a name nobody knows is opened and corrected; then one looks at what T1c gives."""

import shutil

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialogButtonBox, QLabel

from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.slices.legend_bar import LegendLine
from ccsd_app.scene.planes import Plane
from ccsd_app.session.display import Layer
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


@pytest.fixture
def misnamed(case_folder, tmp_path):
    """The patient's folder, with a T1c whose name tells nothing."""
    folder = tmp_path / "patient"
    shutil.copytree(case_folder, folder)
    (t1c,) = folder.glob("*_t1ce.nii.gz")
    t1c.rename(folder / "series_7.nii.gz")
    return folder


def correct(desk, qtbot, file: str, role: str) -> None:
    """Open the case's table from the panel, say what a file is, and open the case with it."""
    desk.window.findChild(QAbstractButton, "case_files").click()
    table = desk.window.findChild(CaseTableDialog)
    qtbot.waitExposed(table)
    boxes = table.findChildren(QComboBox)
    (box,) = [box for box in boxes if box.accessibleName() == f"Use {file} as"]
    box.setCurrentIndex(box.findText(role))
    (buttons,) = table.findChildren(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Open).click()


@pytest.mark.journey
def test_open_correct_drop_compare_difference(open_desk, misnamed, model_folder, qtbot):
    desk = open_desk(misnamed, str(model_folder))
    desk.wait_for(NO_T1C)
    assert desk.text("status_T1C") == "missing"

    correct(desk, qtbot, "series_7.nii.gz", "T1c")
    desk.wait_for(FULL)
    assert desk.text("file_T1C") == "series_7.nii.gz"
    assert desk.text("provenance").startswith("input: FLAIR, T1, T1c, T2 ·")

    before = desk.slices()
    QTest.keyClick(desk.window, Qt.Key.Key_3)
    desk.wait_for(NO_T1C)
    assert desk.text("status_T1C") == "withheld"
    assert max((desk.slices()[p] != before[p]).any(axis=-1).sum() for p in Plane) > 200

    QTest.keyClick(desk.window, Qt.Key.Key_C)
    views, results = desk.window.views, desk.session.state.results
    assert views.slices[Plane.AXIAL].isVisible()
    assert views.compared_slices[Plane.AXIAL].isVisible()
    for region in Region:
        ours, theirs = (results[s].volumes_ml[region] for s in (NO_T1C, FULL))
        assert desk.text(f"compared_{region.name}_0") == f"{ours:.1f}"
        assert desk.text(f"compared_{region.name}_1") == f"{theirs:.1f}"
        assert desk.text(f"compared_{region.name}_3") == f"{results[NO_T1C].dice[region]:.3f}"

    QTest.keyClick(desk.window, Qt.Key.Key_D)
    assert desk.session.state.layer is Layer.DIFFERENCE
    assert "only in B" in desk.window.findChild(LegendLine).text
    parts = views.slices[Plane.AXIAL].scene.picture
    both, shown, other = parts.overlay.parts(parts.location)
    assert (both | shown | other).any()
    assert (shown | other).any() or np.array_equal(
        results[NO_T1C].nested_labels, results[FULL].nested_labels
    )

    QTest.keyClick(desk.window, Qt.Key.Key_C)
    QTest.keyClick(desk.window, Qt.Key.Key_D)
    QTest.keyClick(desk.window, Qt.Key.Key_0)
    desk.wait_for(FULL)
    assert desk.window.findChild(QLabel, "problem").text() == ""
