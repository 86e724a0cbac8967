"""Another model is used for the open case; the results of both are compared side by side."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QPushButton, QTableWidget

from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.models.checkpoint import load_model_file, save_model

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TIMEOUT_MS = 240_000


@pytest.fixture
def other_model(model_folder, tmp_path):
    """The same network, which marks more: its last bias is larger."""
    folder = tmp_path / "other"
    tensors, manifest = load_model_file(model_folder)
    bias = next(name for name, tensor in tensors.items() if tensor.shape == (3,))
    changed = {**tensors, bias: tensors[bias] + 0.3}
    save_model(folder, changed, manifest.model_copy(update={"name": "generous"}))
    return folder


@pytest.mark.journey
def test_a_model_is_added_used_and_compared_with_the_one_before(
    open_desk, case_folder, model_folder, other_model, monkeypatch, qtbot
):
    desk = open_desk(case_folder, str(model_folder))
    desk.wait_for(FULL)
    desk.session.become(desk.session.state.using(NO_T1C))
    desk.wait_for(NO_T1C)
    desk.session.become(desk.session.state.using(FULL))
    first = dict(desk.session.state.results)
    desk.window.findChild(QAction, "show_models").trigger()
    dialog = desk.window.findChild(QDialog, "models_dialog")
    table = dialog.findChild(QTableWidget, "models_table")
    click = lambda name: dialog.findChild(QPushButton, name).click()  # noqa: E731
    names = lambda: [table.item(row, 0).text() for row in range(table.rowCount())]  # noqa: E731
    assert names()[-1] == "untrained (in use)"
    assert not dialog.findChild(QPushButton, "use_model").isEnabled()

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(other_model))
    click("add_model")
    assert "generous" in names()
    assert load_settings().models == (other_model,)
    click("compare_model")  # it computes what the comparison shows; the other one stays in use
    qtbot.waitUntil(lambda: desk.session.state.compared_result is not None, timeout=TIMEOUT_MS)
    state = desk.session.state
    assert (state.model.name, state.other_model.model.name) == ("untrained", "generous")
    beside = state.compared_result
    assert beside.volumes_ml[Region.WT] > first[FULL].volumes_ml[Region.WT]
    assert desk.text("compared_WT_1") == f"{beside.volumes_ml[Region.WT]:.1f}"
    desk.session.become(replace(state, side_by_side=False))

    desk.window.findChild(QAction, "show_models").trigger()
    dialog = desk.window.findChildren(QDialog, "models_dialog")[-1]
    table = dialog.findChild(QTableWidget, "models_table")
    table.selectRow(names().index("generous"))
    click("use_model")
    click("close_models")

    qtbot.waitUntil(
        lambda: desk.session.state.model is not None and desk.session.state.shown == FULL,
        timeout=TIMEOUT_MS,
    )
    state = desk.session.state
    assert state.model.name == "generous"
    assert state.problem == ""
    assert state.results[FULL].volumes_ml == beside.volumes_ml

    QTest.keyClick(desk.window, Qt.Key.Key_C)
    other = desk.window.findChild(QComboBox, "compared_other")
    assert other.currentText().startswith("Model untrained")
    assert desk.text("compared_shown").startswith("FLAIR+T1+T1c+T2 · generous")
    assert desk.text("compared_WT_0") == f"{state.results[FULL].volumes_ml[Region.WT]:.1f}"
    assert desk.text("compared_WT_1") == f"{first[FULL].volumes_ml[Region.WT]:.1f}"
    assert desk.session.state.compared_result is first[FULL]

    desk.session.become(desk.session.state.using(NO_T1C))
    # the 3-D view is not drawn while two results are compared
    qtbot.waitUntil(lambda: desk.session.state.shown == NO_T1C, timeout=TIMEOUT_MS)
    assert desk.session.state.compared_result is first[NO_T1C]
    assert desk.text("compared_WT_1") == f"{first[NO_T1C].volumes_ml[Region.WT]:.1f}"

    other.setCurrentIndex(0)
    other.activated.emit(0)
    assert desk.session.state.other_model is None
    assert other.currentText() == "FLAIR"
