"""The grid of subsets in the real window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QTabWidget, QToolButton

from ccsd_app.qt.panels.subset_grid import CELL_ROLE, SubsetGridWidget
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
EVERY_SUBSET = [pytest.param(s, id=str(s)) for s in ModalitySubset.every()]
LEFT = Qt.MouseButton.LeftButton


def cells(window):
    view = window.findChild(QListView, "grid_cells")
    model = view.model()
    return view, {
        model.index(row, 0).data(CELL_ROLE).subset: model.index(row, 0)
        for row in range(model.rowCount())
    }


def click(window, subset, modifiers=Qt.KeyboardModifier.NoModifier):
    view, found = cells(window)
    view.scrollTo(found[subset])
    QTest.mouseClick(view.viewport(), LEFT, modifiers, view.visualRect(found[subset]).center())


def test_all_subsets_are_there_in_table_order_with_their_numbers(open_window):
    parts = open_window()
    _, found = cells(parts.window)
    assert tuple(found) == ModalitySubset.every()
    for subset, index in found.items():
        cell, result = index.data(CELL_ROLE), parts.session.state.results[subset]
        assert cell.score == f"{result.dice[Region.WT]:.2f}"
        assert cell.volume == f"{result.volumes_ml[Region.WT]:.1f} mL"


def test_a_click_goes_to_the_subset(open_window):
    parts = open_window()
    assert parts.session.state.shown == ModalitySubset.every()[-1]
    for subset in ModalitySubset.every():
        click(parts.window, subset)
        assert parts.session.state.shown == subset


def test_what_is_shown_is_in_sight_in_grid_and_table(open_window):
    parts = open_window()
    parts.window.resize(1280, 800)
    tabs = parts.window.findChild(QTabWidget, "subset_tabs")
    other = ModalitySubset.of(Modality.T1)
    for tab, name in enumerate(("grid_cells", "subset_list")):
        tabs.setCurrentIndex(tab)
        view = parts.window.findChild(QAbstractItemView, name)
        for row, subset in enumerate(ModalitySubset.every()):
            for wanted in (other, FULL, subset):
                parts.session.become(parts.session.state.using(wanted))
            QTest.qWait(10)
            place = view.visualRect(view.model().index(row, 0))
            assert view.viewport().rect().contains(place), (name, subset)


def test_shift_and_click_puts_the_subset_beside_the_one_shown(open_window):
    parts = open_window()
    pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)
    click(parts.window, pair, Qt.KeyboardModifier.ShiftModifier)
    state = parts.session.state
    assert (state.shown, state.compared_subset, state.side_by_side) == (FULL, pair, True)


def test_the_filter_lists_only_subsets_that_contain_a_sequence(open_window):
    parts = open_window()
    parts.window.findChild(QToolButton, "require_T1C").click()
    _, found = cells(parts.window)
    assert tuple(found) == tuple(s for s in ModalitySubset.every() if Modality.T1C in s)
    parts.window.findChild(QToolButton, "require_T2").click()
    assert len(cells(parts.window)[1]) == 4
    parts.window.findChild(QToolButton, "require_T1C").click()
    parts.window.findChild(QToolButton, "require_T2").click()
    assert len(cells(parts.window)[1]) == 15


def test_thumbnails_are_drawn_anew_when_the_filter_is_released(open_window, qtbot):
    parts = open_window()
    view, found = cells(parts.window)
    model, flair = view.model(), ModalitySubset.of(Modality.FLAIR)
    qtbot.waitUntil(lambda: model.picture(flair) is not None, timeout=5000)
    old = model.picture(flair)
    button = parts.window.findChild(QToolButton, "require_T1C")
    button.click()
    parts.session.become(parts.session.state.with_cursor((1, 1, 2)))
    qtbot.waitUntil(lambda: not parts.window.findChild(SubsetGridWidget)._draw_timer.isActive())
    assert model.picture(flair) == old  # it is not listed

    button.click()

    qtbot.waitUntil(lambda: model.picture(flair) != old, timeout=5000)
    assert found


def test_the_filter_offers_what_the_case_has_and_is_forgotten_with_a_case(open_window, qtbot):
    parts = open_window("p_FLAIR+T1c+T2")
    buttons = {m: parts.window.findChild(QToolButton, f"require_{m.name}") for m in Modality}
    assert [m for m in Modality if not buttons[m].isEnabled()] == [Modality.T1]
    buttons[Modality.T2].click()
    buttons[Modality.T1C].click()

    parts.window.open_case(Path("q_T1+T1c"))
    qtbot.waitUntil(lambda: parts.session.state.case.id.startswith("q"), timeout=20_000)

    assert [m for m in Modality if buttons[m].isChecked()] == [Modality.T1C]
    assert [str(s) for s in cells(parts.window)[1]] == ["T1c", "T1+T1c"]


def test_the_grid_names_its_number(open_window):
    parts = open_window("p_T1+T2_unlabelled")
    assert parts.window.findChild(QLabel, "grid_score").text() == (
        "Agreement with the prediction from all sequences · the prediction from all sequences "
        "has no ET: scored 1 if none is predicted, else 0"
    )
    parts = open_window("seen")
    text = parts.window.findChild(QLabel, "grid_score").text()
    assert text == "Dice vs expert labels · seen in training"


def test_the_region_of_the_numbers_can_be_chosen(open_window):
    parts = open_window()
    QTest.keyClick(parts.window, Qt.Key.Key_T)
    _, found = cells(parts.window)
    result = parts.session.state.results[FULL]
    assert found[FULL].data(CELL_ROLE).volume == f"{result.volumes_ml[Region.TC]:.1f} mL"
    assert parts.window.findChild(QToolButton, "grid_region").text() == "TC"


def test_thumbnails_follow_the_slice_once_the_crosshair_rests(open_window, qtbot):
    parts = open_window()
    view, found = cells(parts.window)
    model = view.model()
    qtbot.waitUntil(lambda: model.picture(FULL) is not None, timeout=5000)
    before = model.picture(FULL)

    parts.session.become(parts.session.state.with_cursor((1, 1, 2)))

    qtbot.waitUntil(lambda: model.picture(FULL) != before, timeout=5000)
    assert found


def test_the_grid_is_navigated_by_keys(open_window, qtbot):
    parts = open_window()
    view, found = cells(parts.window)
    parts.window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus, timeout=2000)
    view.setCurrentIndex(found[FULL])
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert parts.session.state.shown == ModalitySubset.every()[-2]
