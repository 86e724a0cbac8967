"""The dialog of the models: what is listed, added, removed and used."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QTableWidget,
    QTextBrowser,
    QToolButton,
)

from ccsd_app.qt.preferences.models_dialog import ModelsDialog
from ccsd_app.settings import load_settings
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.models.bundled import bundled_models

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
TIMEOUT_MS = 60_000


@pytest.fixture
def added(tmp_path) -> Path:
    """A folder with the files of a model; its weights are not read here."""
    folder = tmp_path / "mine"
    folder.mkdir()
    manifest = {"name": "mine", "sha256": "ab" * 32, "training_cases": ["a"], "licence": "MIT"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "model.safetensors").write_bytes(b"\0" * 2_000_000)
    return folder


@pytest.fixture
def dialog(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    used = []
    dialog = ModelsDialog(None, used.append)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.used = used
    return dialog


def rows(dialog) -> dict[str, list[str]]:
    table = dialog.findChild(QTableWidget)
    texts = [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]
    return {row[0]: row[1:] for row in texts}


def choose(dialog, name: str) -> None:
    table = dialog.findChild(QTableWidget)
    table.selectRow(list(rows(dialog)).index(name))


def button(dialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def answer(text: str) -> None:
    """Click a button of the question that comes next."""

    def click() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(b for b in box.buttons() if b.text() == text).click()

    QTimer.singleShot(50, click)


def test_bundled_models_are_listed_with_hash_scores_and_card_and_cannot_be_removed(dialog):
    (default,) = (e for e in dialog.entries if e.current)
    assert [e.name for e in dialog.entries] == [m.manifest.name for m in bundled_models()]
    hash_, where, date, size, *scores = rows(dialog)[f"{default.name} (in use)"]
    assert (hash_, where) == (default.sha256[:8], "bundled")
    assert len(date) == len("2026-01-01")
    assert float(size) > 1
    assert len(scores) == 6
    assert all(0 < float(score) < 1 for score in scores)
    assert float(scores[3]) > float(scores[0])  # all sequences are better than the mean
    assert default.card.splitlines()[0].lstrip("# ") in dialog.findChild(QTextBrowser).toPlainText()
    assert "test patients" in dialog.findChild(QLabel, "model_cohort").text()
    assert not button(dialog, "remove_model").isEnabled()
    assert not button(dialog, "use_model").isEnabled()


def test_a_model_is_added_once_used_and_kept_in_the_list(dialog, added, qtbot):
    dialog.add(added)
    dialog.add(added)

    assert load_settings().models == (added,)
    assert "in the list already" in dialog.findChild(QLabel, "models_problem").text()
    hash_, where, _date, size, *scores = rows(dialog)["mine"]
    assert (hash_, where, size, set(scores)) == ("abababab", str(added), "2.0", {""})
    assert "Licence: MIT" in dialog.findChild(QTextBrowser).toPlainText()
    assert dialog.findChild(QLabel, "model_cohort").text() == (
        "No evaluation lies beside its weights"
    )

    button(dialog, "use_model").click()
    assert dialog.used == [str(added)]
    assert "mine (in use)" in rows(dialog)
    assert not button(dialog, "remove_model").isEnabled()
    assert load_settings().model == ""  # only for now


def test_a_model_can_be_used_at_the_next_start_too(dialog, added):
    dialog.add(added)
    dialog.findChild(QCheckBox, "use_model_again").setChecked(True)
    button(dialog, "use_model").click()
    assert load_settings().model == str(added)


def test_a_folder_without_a_model_is_refused_and_a_lost_one_stays_removable(
    dialog, added, tmp_path
):
    dialog.add(tmp_path)
    assert dialog.findChild(QLabel, "models_problem").isVisible()
    assert load_settings().models == ()

    dialog.add(added)
    (added / "manifest.json").unlink()
    dialog._refresh()
    choose(dialog, "mine")
    assert not button(dialog, "use_model").isEnabled()
    answer("Remove from the list")
    button(dialog, "remove_model").click()
    assert load_settings().models == ()
    assert "mine" not in rows(dialog)


def test_removing_asks_and_leaves_the_files(dialog, added):
    dialog.add(added)
    answer("Cancel")
    button(dialog, "remove_model").click()
    assert load_settings().models == (added,)

    answer("Remove from the list")
    button(dialog, "remove_model").click()
    assert load_settings().models == ()
    assert (added / "model.safetensors").is_file()


def test_results_of_the_model_before_stay_for_comparison_with_the_next(open_window, qtbot):
    parts = open_window()
    session, window = parts.session, parts.window
    first = dict(session.state.results)

    parts.engine.use_model("second")
    qtbot.waitUntil(
        lambda: session.state.model is not None and session.state.complete, timeout=TIMEOUT_MS
    )
    assert session.state.model.name == "fake-second"
    assert session.state.results[FULL] is not first[FULL]
    assert session.state.problem == ""

    QTest.keyClick(window, Qt.Key.Key_C)
    other = window.findChild(QComboBox, "compared_other")
    assert other.currentText() == "Model fake-good 01234567"
    assert window.findChild(QLabel, "compared_shown").text() == (
        "FLAIR+T1+T1c+T2 · fake-second fedcba98"
    )
    session.become(session.state.using(NO_T1C))
    assert session.state.compared_result is first[NO_T1C]
    assert window.findChild(QLabel, "compared_WT_1").text() == (
        f"{first[NO_T1C].volumes_ml[Region.WT]:.1f}"
    )
    assert not window.findChild(QToolButton, "swap").isEnabled()

    other.activated.emit(0)
    assert session.state.other_model is None
    assert other.currentText() == "FLAIR"


def test_another_case_forgets_the_results_of_other_models(open_window, qtbot):
    parts = open_window()
    parts.engine.use_model("second")
    qtbot.waitUntil(lambda: parts.session.state.model is not None, timeout=TIMEOUT_MS)
    assert len(parts.session.state.other_models) == 1

    parts.window.open_case(Path("q"))
    qtbot.waitUntil(lambda: parts.session.state.case.id == "q", timeout=TIMEOUT_MS)
    assert parts.session.state.other_models == ()


def test_a_model_that_cannot_be_loaded_is_reported_and_the_former_one_can_be_used_again(
    open_window, qtbot
):
    parts = open_window()
    parts.engine.use_model("missing")
    qtbot.waitUntil(lambda: bool(parts.session.state.model_problem), timeout=TIMEOUT_MS)
    assert "no model 'missing'" in parts.session.state.problem

    parts.engine.use_model("good")
    qtbot.waitUntil(lambda: parts.session.state.complete, timeout=TIMEOUT_MS)
    assert parts.session.state.model_problem == ""
    assert parts.session.state.other_models == ()
