"""A model is trained in the real window: dialog, curves, finished, "Use this model"."""

import shutil

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QSpinBox

from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import ModalitySubset

TIMEOUT_MS = 240_000
CONFIG = """
name = "mine"
steps = 12

[model]
base_channels = 2
levels = 2
spacing_mm = 6.0

[data]
patch = [16, 16, 16]

[validation]
every = 12
fraction = 0.5

[engine]
precision = "32-true"
log_every = 1
checkpoint_every = 12
"""


@pytest.mark.journey
def test_a_model_is_trained_watched_and_used(
    open_desk, case_folder, model_folder, qtbot, tmp_path, monkeypatch
):
    data, config = tmp_path / "data", tmp_path / "mine.toml"
    for name in ("BraTS2021_90001", "BraTS2021_90002"):
        folder = shutil.copytree(case_folder, data / name)
        for path in folder.iterdir():
            path.rename(path.with_name(path.name.replace(case_folder.name, name)))
    config.write_text(CONFIG)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(data))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(config), ""))
    desk = open_desk(case_folder, str(model_folder))
    qtbot.waitUntil(lambda: desk.session.state.case is not None, timeout=TIMEOUT_MS)
    desk.window.findChild(QAction, "train_model").trigger()
    dialog = desk.window.dialogs.training

    def button(name: str) -> QPushButton:
        return dialog.findChild(QPushButton, name)

    def text(name: str) -> str:
        return dialog.findChild(QLabel, name).text()

    button("choose_training_data").click()
    configurations = dialog.findChild(QComboBox, "training_configuration")
    configurations.activated.emit(configurations.findText("Other…"))
    assert dialog.findChild(QSpinBox, "training_length").value() == 12
    qtbot.waitUntil(button("training_start").isEnabled, timeout=TIMEOUT_MS)
    assert text("training_summary").startswith("2 cases, 2 with expert labels")

    button("training_start").click()
    qtbot.waitUntil(lambda: "total" in text("run_loss_legend"), timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: text("run_state") in ("Finished", "Failed"), timeout=TIMEOUT_MS)
    assert text("run_problem") == ""
    assert "step 12" in text("run_robustness_title")
    assert "FLAIR" in text("run_criticality_legend")
    assert not dialog.run_page.sample.is_empty

    button("run_use").click()
    state = lambda: desk.session.state  # noqa: E731
    qtbot.waitUntil(
        lambda: state().model is not None and state().shown is not None, timeout=TIMEOUT_MS
    )
    assert (state().model.name, state().problem) == ("mine", "")
    assert ModalitySubset.full() in state().results
    assert load_settings().model == str(dialog.run_page.run.folder)
