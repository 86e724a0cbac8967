"""The Preferences dialog of the real window: everything in it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTabWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from ccsd_app.engine.result_cache import ResultCache
from ccsd_app.qt.preferences.preferences_dialog import PreferencesDialog
from ccsd_app.qt.startup import application
from ccsd_app.qt.startup.application import assemble, reader_of
from ccsd_app.qt.widgets import text_size
from ccsd_app.qt.widgets.outlined_text import font_of
from ccsd_app.qt.widgets.theme import THEMES, ThemeName, apply_theme
from ccsd_app.session.display import ColourScheme, MousePreset
from ccsd_app.settings import (
    Settings,
    load_settings,
    move_damaged_settings,
    save_settings,
    settings_path,
)
from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.modality import ModalitySubset

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot, fake_worker, tmp_path, monkeypatch, fake_results):
    """The window on a phantom, with a folder of kept results."""
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    cache = ResultCache(tmp_path / "results")
    cache.save("key", fake_results(ModalitySubset.full()))
    parts = assemble(program="fake_worker", read_case=fake_worker.load_case, cache=cache)
    parts.window.show()
    parts.window.begin(Path("p"), model="good", device="cpu")
    qtbot.waitUntil(lambda: parts.session.state.case is not None, timeout=60_000)
    yield parts
    apply_theme(QApplication.instance(), text=1)
    QApplication.instance().setStyleSheet("")  # as the other tests have it
    parts.window.close()
    parts.window.deleteLater()


def ask(parts) -> PreferencesDialog:
    QTest.keyClick(parts.window, Qt.Key.Key_Comma, CTRL)
    (dialog,) = (d for d in parts.window.findChildren(PreferencesDialog) if d.isVisible())
    return dialog


def choose(dialog, name: str, value) -> None:
    box = dialog.findChild((QComboBox, QSpinBox)[isinstance(value, int)], f"preference_{name}")
    if isinstance(value, int):
        box.setValue(value)
    else:
        assert box.findText(value) >= 0, f"{value} in {name}"
        box.setCurrentText(value)


def confirm(dialog) -> None:
    buttons = dialog.findChild(QDialogButtonBox)
    buttons.button(QDialogButtonBox.StandardButton.Ok).click()


def test_what_is_chosen_holds_at_once_or_is_remembered(window, qtbot):
    dialog = ask(window)
    for name, value in {
        "mouse": "PACS",
        "orientation": "Neurological: right on the right",
        "colours": "ITK-SNAP",
        "disk": 300,
        "theme": "High contrast",
        "text": 150,
        "device": "cpu",
        "threads": 3,
        "memory": 1000,
        "scheme": "brats2023",
    }.items():
        choose(dialog, name, value)
    dialog.findChild(QCheckBox, "preference_prepare").setChecked(False)
    confirm(dialog)

    state = window.session.state
    assert (state.mouse, state.colours) == (MousePreset.PACS, ColourScheme.ITK_SNAP)
    assert (state.radiological, state.prepare) == (False, False)
    assert window.window.findChild(QToolButton, "convention").text() == "Neurological"
    assert window.engine.cache.cap_mb == 300
    saved = load_settings()
    assert (saved.theme, saved.text_percent, saved.device) == ("HIGH_CONTRAST", 150, "cpu")
    assert Limits.of(saved) == Limits(3, 2000, "brats2023")  # with less nothing can be loaded
    again = ask(window)
    assert again.findChild(QComboBox, "preference_theme").currentText() == "High contrast"
    assert again.settings == saved


def test_a_theme_holds_at_once_also_in_icons_tables_and_legends(window, qtbot):
    undo = window.window.findChild(QToolButton, "undo")
    legend = window.window.findChild(QLabel, "curve_legend")
    window.window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(1)
    table = window.window.findChild(QTableWidget, "subset_list")
    qtbot.waitUntil(lambda: window.session.state.complete, timeout=60_000)

    def look() -> tuple[str, ...]:
        picture = undo.icon().pixmap(16, QIcon.Mode.Normal).toImage()
        inks = (picture.pixelColor(x, y) for x in range(16) for y in range(16))
        ink = max(inks, key=lambda colour: colour.alpha())
        window_colour = window.window.palette().window().color().name()
        return (
            window_colour,
            ink.name(),
            legend.text(),
            table.item(0, 0).foreground().color().name(),
        )

    apply_theme(QApplication.instance())
    dark = look()
    dialog = ask(window)
    choose(dialog, "theme", "Light")
    confirm(dialog)

    light = THEMES[ThemeName.LIGHT]
    assert all(a != b for a, b in zip(look(), dark, strict=True))
    assert look()[0] == light.window
    assert light.dim in legend.text()


def test_the_size_of_text_holds_at_once_in_every_part_of_the_window(window, monkeypatch):
    monkeypatch.setattr(text_size, "PANELS_PX", 800)  # as on a large screen
    panels = [window.window.findChild(QWidget, name) for name in ("case_panel", "subset_tabs")]
    title = window.window.findChild(QLabel, "case_title")
    window.window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(1)
    table = window.window.findChild(QTableWidget, "subset_list")
    caption = window.window.findChild(QLabel, "caption3d")
    loop = window.window.findChild(QToolButton, "path_loop")
    bar = window.window.findChild(QToolBar, "toolbar")

    def look() -> list[float]:
        heights = [title.fontInfo().pixelSize(), caption.fontInfo().pixelSize()]
        widths = [panel.width() for panel in panels]
        icons = [button.iconSize().width() for button in (loop, bar)]
        return [*heights, *widths, *icons, font_of(1).pointSizeF(), table.rowHeight(0)]

    apply_theme(QApplication.instance(), text=1)
    QApplication.processEvents()
    before = look()
    for percent, factor in ((150, 1.5), (100, 1.0)):
        dialog = ask(window)
        choose(dialog, "text", percent)
        confirm(dialog)
        QApplication.processEvents()

        assert look() == pytest.approx([factor * value for value in before], rel=0.06)
    assert load_settings().text_percent == 100


def test_cancel_changes_nothing(window):
    before, state = load_settings(), window.session.state
    dialog = ask(window)
    choose(dialog, "mouse", "PACS")
    choose(dialog, "theme", "Light")
    dialog.reject()

    assert load_settings() == before
    assert window.session.state.mouse is state.mouse


def test_kept_results_are_reported_and_deleted(window):
    dialog = ask(window)
    assert dialog.findChild(QLabel, "cache_size").text().endswith("MB stored")
    assert window.engine.cache.size_mb > 0

    dialog.findChild(QPushButton, "clear_cache").click()

    assert window.engine.cache.size_mb == 0
    assert dialog.findChild(QLabel, "cache_size").text() == "0.0 MB stored"


def test_a_folder_without_a_model_is_refused_with_the_reason(window, tmp_path, monkeypatch):
    dialog = ask(window)
    shown = dialog.findChild(QLabel, "preference_model")
    before = shown.text()
    assert before.startswith("ccsd-")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))

    dialog.findChild(QPushButton, "choose_model").click()

    assert "manifest.json is missing" in dialog.findChild(QLabel, "preference_problem").text()
    assert (shown.text(), dialog.settings.model) == (before, "")


def test_every_control_has_a_name_and_is_reached_by_tab(window):
    dialog = ask(window)
    controls = [
        w
        for kind in (QComboBox, QAbstractSpinBox, QCheckBox, QPushButton)
        for w in dialog.findChildren(kind)
    ]
    assert len(controls) >= 14
    nameless = [w.objectName() for w in controls if not (w.accessibleName() or w.text())]
    assert nameless == []
    unreachable = [
        w.objectName() for w in controls if not w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert unreachable == []


def test_a_damaged_file_is_moved_away_and_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("CCSD_SETTINGS", str(tmp_path / "settings.json"))
    assert move_damaged_settings() == ""
    for number, content in enumerate(("{", '{"text_percent": 5}', "[" * 100_000), 1):
        settings_path().write_text(content)
        assert f"kept as settings.damaged-{number}.json" in move_damaged_settings()
        assert not settings_path().exists()
        assert (tmp_path / f"settings.damaged-{number}.json").read_text() == content
    save_settings(Settings(threads=2))
    assert move_damaged_settings() == ""
    assert load_settings().threads == 2


def test_text_and_theme_are_those_of_the_preferences_when_the_window_is_opened():
    program = (
        "from ccsd_app.qt.startup.application import make_application\n"
        "from ccsd_app.qt.widgets import theme\n"
        "app = make_application(theme=theme.ThemeName.LIGHT, text_percent=150)\n"
        "print(app.devicePixelRatio(), theme.TEXT == theme.THEMES[theme.ThemeName.LIGHT].text)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout.split() == ["1.5", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_the_inference_process_keeps_to_the_memory_it_is_allowed():
    program = (
        "import numpy as np\n"
        "from ccsd_app.worker import process, protocol\n"
        "process.apply_limits(protocol.Limits(memory_mb=1000))\n"
        "np.ones(50_000_000)\n"
        "try:\n"
        "    np.ones(200_000_000)\n"
        "except MemoryError:\n"
        "    print('refused')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == "refused"


def test_the_label_scheme_of_the_preferences_reaches_the_reader(monkeypatch):
    messages = {}
    monkeypatch.setattr(application, "load_case", lambda path, **how: messages.update(how))

    reader_of(Settings(label_scheme="brats2023"))(Path("p"), None)

    assert messages["default_scheme"].name == "brats2023"
