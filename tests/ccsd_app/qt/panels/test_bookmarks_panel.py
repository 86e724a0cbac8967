"""Bookmarks in the real window: marked, gone through, changed, exported, undone."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListWidget, QPushButton, QTabWidget

from ccsd_app.session.display import Layer
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER

CTRL = Qt.KeyboardModifier.ControlModifier
FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)


def texts(window) -> list[str]:
    found = window.findChild(QListWidget, "bookmark_list")
    return [found.item(row).text() for row in range(found.count())]


def mark(window, sentence: str) -> None:
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_B, CTRL)
    assert window.findChild(QTabWidget, "subset_tabs").currentWidget().objectName() == "bookmarks"
    line = window.findChild(QLineEdit, "bookmark_text")
    assert line.hasFocus()
    QTest.keyClicks(line, sentence)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == ""


def two_marks(parts) -> None:
    """The full set at one place, and the difference of TC without T1c at another."""
    session = parts.session
    session.become(session.state.with_cursor((5, 6, 7)))
    mark(parts.window, "necrosis here")
    state = (
        session.state.toggled(Modality.T1C)
        .with_background(Modality.T2)
        .with_layer(Layer.DIFFERENCE)
    )
    session.become(replace(state, region=Region.TC).with_cursor((9, 9, 9)))
    mark(parts.window, "the core is lost")


def test_a_place_is_marked_with_subset_layer_and_sentence_and_listed(open_window):
    parts = open_window()
    two_marks(parts)

    first, second = texts(parts.window)
    assert first.startswith("necrosis here\nFLAIR + T1 + T1c + T2 · Regions · on FLAIR · x +10.0 ")
    assert second.startswith("the core is lost\nFLAIR + T1 + T2 · Difference TC · on T2 · x +18.0")


def test_a_mark_of_a_degraded_sequence_degrades_it_again_and_says_so(
    open_window, qtbot, tmp_path, monkeypatch
):
    parts = open_window()
    window, session = parts.window, parts.session
    noise = Degradations.parse(["T1c:noise=3"])

    def shown(degradations) -> None:
        state = lambda: session.state  # noqa: E731
        qtbot.waitUntil(lambda: state().applied == degradations, timeout=60_000)
        qtbot.waitUntil(lambda: not state().waiting, timeout=60_000)

    mark(window, "as it is")
    session.become(session.state.degrading(noise))
    shown(noise)
    mark(window, "noise")
    assert texts(window)[1].startswith("noise\nFLAIR + T1 + T1c + T2 · T1c: noise ")
    QTest.keyClick(window, Qt.Key.Key_PageDown, CTRL)
    shown(Degradations())
    QTest.keyClick(window, Qt.Key.Key_PageDown, CTRL)
    shown(noise)
    assert session.state.result is not None

    target = tmp_path / "bookmarks.md"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.findChild(QPushButton, "export_bookmarks").click()
    first, second = target.read_text("utf-8").split("2. **")
    assert "degraded" not in first
    assert "T1c [degraded: noise" in second


def test_next_and_previous_show_what_was_marked(open_window):
    parts = open_window()
    window, session = parts.window, parts.session
    QTest.keyClick(window, Qt.Key.Key_PageDown, CTRL)
    assert "no bookmarks" in window.statusBar().currentMessage()
    two_marks(parts)
    session.become(session.state.using(FULL).with_cursor((0, 0, 0)))

    QTest.keyClick(window, Qt.Key.Key_PageDown, CTRL)  # after the last one comes the first
    state = session.state
    assert (state.shown, state.layer, state.cursor_voxel) == (FULL, Layer.REGIONS, (5, 6, 7))
    assert state.background is Modality.FLAIR
    assert window.statusBar().currentMessage() == "1 of 2: necrosis here"
    window.findChild(QPushButton, "next_bookmark").click()
    state = session.state
    assert (state.shown, state.layer, state.region) == (NO_T1C, Layer.DIFFERENCE, Region.TC)
    assert (state.background, state.cursor_voxel) == (Modality.T2, (9, 9, 9))
    QTest.keyClick(window, Qt.Key.Key_PageUp, CTRL)
    assert session.state.cursor_voxel == (5, 6, 7)


def test_a_sentence_is_changed_and_a_deleted_bookmark_comes_back_by_undo(open_window):
    parts = open_window()
    window, session = parts.window, parts.session
    two_marks(parts)
    found = window.findChild(QListWidget, "bookmark_list")

    found.item(0).setText("oedema here")
    assert [m.text for m in session.state.bookmarks] == ["oedema here", "the core is lost"]
    found.item(0).setText("  ")
    assert texts(window)[0].startswith("oedema here\n")
    found.setCurrentRow(0)
    window.findChild(QPushButton, "delete_bookmark").click()
    assert len(texts(window)) == 1
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert [m.text for m in session.state.bookmarks] == ["oedema here", "the core is lost"]


def test_an_export_has_every_bookmark_with_what_it_was_made_from(
    open_window, monkeypatch, tmp_path
):
    parts = open_window()
    two_marks(parts)
    out = tmp_path / "bookmarks.md"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))

    parts.window.findChild(QPushButton, "export_bookmarks").click()

    text = out.read_text()
    assert "1. **necrosis here**" in text
    assert "2. **the core is lost**" in text
    assert "T1c withheld" in text
    assert text.count(DISCLAIMER) == 2
    message = parts.window.statusBar().currentMessage()
    assert message == "Exported 2 bookmarks to bookmarks.md"


def test_a_bookmark_without_a_sentence_is_numbered_and_another_case_has_none(open_window, qtbot):
    parts = open_window()
    mark(parts.window, "")
    assert texts(parts.window)[0].startswith("Bookmark 1\n")

    parts.window.open_case(parts.engine.opened.path.with_name("other"))
    qtbot.waitUntil(lambda: parts.session.state.case.id == "other", timeout=30_000)
    assert texts(parts.window) == []
    assert not parts.window.findChild(QPushButton, "next_bookmark").isEnabled()
