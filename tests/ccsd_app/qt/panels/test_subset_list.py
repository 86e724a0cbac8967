"""The table of subsets in the real window: its measures, and copying all of them."""

import csv
import io

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QTableWidget, QTabWidget, QToolButton

from ccsd_app.session.on_demand import HD95
from ccsd_app.viewmodel.panels.measures import Measure, cell_text
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region


def show_table(parts) -> None:
    parts.window.findChild(QTabWidget, "subset_tabs").setCurrentIndex(1)


def button(parts, measure) -> QToolButton:
    return parts.window.findChild(QToolButton, f"measure_{measure.value}")


def cells(parts) -> list[tuple[str, ...]]:
    table = parts.window.findChild(QTableWidget, "subset_list")
    return [tuple(table.item(r, c).text() for c in (5, 6, 7)) for r in range(table.rowCount())]


def test_every_measure_is_shown_for_all_subsets(open_window, qtbot):
    parts = open_window()
    show_table(parts)
    for measure in Measure:
        button(parts, measure).click()
        if measure is Measure.HD95:
            qtbot.waitUntil(
                lambda: len(parts.session.state.on_demand.of(HD95)) == 15, timeout=30_000
            )

        state = parts.session.state
        wanted = [
            tuple(cell_text(measure, state.results[s], r, state) for r in Region)
            for s in ModalitySubset.every()
        ]
        assert cells(parts) == wanted
        assert any(any(row) for row in wanted)
        assert [m for m in Measure if button(parts, m).isChecked()] == [measure]


def test_distances_need_labels(open_window):
    parts = open_window("p_T1+T2_unlabelled")
    show_table(parts)
    assert not button(parts, Measure.HD95).isEnabled()
    assert "no expert labels" in button(parts, Measure.HD95).toolTip()
    assert parts.window.findChild(QLabel, "table_caption").text().startswith("Agreement")


def test_copying_gives_a_spreadsheet_every_number_of_the_case(open_window):
    parts = open_window()
    show_table(parts)

    parts.window.findChild(QToolButton, "copy_numbers").click()

    text = QGuiApplication.clipboard().text()
    rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    assert len(rows) == 45
    state = parts.session.state
    for row in rows:
        result = state.results[ModalitySubset.parse(row["subset"])]
        assert float(row["dice"]) == result.dice[Region.parse(row["region"])]
        assert "not for diagnosis" in row["disclaimer"]


@pytest.mark.parametrize("height", [700, 800, 1000])
def test_the_shown_subset_is_whole_in_sight_when_the_table_comes_to_light(
    open_window, qtbot, height
):
    parts = open_window()
    parts.window.resize(1280, height)
    tabs = parts.window.findChild(QTabWidget)
    tabs.setCurrentIndex([tabs.tabText(i) for i in range(tabs.count())].index("Table"))
    table = parts.window.findChild(QTableWidget, "subset_list")
    last = table.model().index(table.rowCount() - 1, 0)  # the full input
    qtbot.waitUntil(lambda: table.viewport().rect().contains(table.visualRect(last)))
