"""Copying and saving the robustness curve from the real window."""

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from ccsd_app.qt.exporting.curve_picture import SIZE
from ccsd_app.qt.panels.curve_menu import CurveMenu
from ccsd_app.qt.panels.curve_plot import CurvePlotWidget
from ccsd_app.qt.widgets.painting import painting
from ccsd_app.qt.widgets.pixels import rgb_of
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER

TIMEOUT_MS = 60_000
PAIR = ModalitySubset.parse("FLAIR+T2")


class Curve:
    """The window's curve, and what leaves it."""

    def __init__(self, parts, qtbot, folder: Path) -> None:
        self.window, self.session = parts.window, parts.session
        self.qtbot, self.folder = qtbot, folder
        self.menu = self.window.findChild(CurveMenu, "curve_menu")
        self.plot = self.window.findChild(CurvePlotWidget, "curve_plot")

    def choose(self, entry: str) -> None:
        self.menu.refresh()
        self.menu.findChild(QAction, f"curve_{entry}").trigger()
        busy = self.window.exporter.run
        self.qtbot.waitUntil(lambda: not busy.busy, timeout=TIMEOUT_MS)

    def saved(self, ending: str) -> Path:
        self.choose(ending)
        return self.folder / f"{self.session.state.case.id}_all_curve.{ending}"


@pytest.fixture
def curve(open_window, qtbot, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()

    def save(parent, title, suggested, filters):
        return str(folder / Path(suggested).name), filters

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    return lambda *args, **how: Curve(open_window(*args, **how), qtbot, folder)


def rows_of(text: str, between: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=between))


@pytest.mark.parametrize("labelled", [True, False], ids=["dice", "agreement"])
def test_the_table_has_every_point_with_its_input_and_its_model(curve, labelled):
    at = curve("p" if labelled else "p_FLAIR+T1+T1c+T2_unlabelled")

    rows = rows_of(at.saved("csv").read_text())

    results = at.session.state.results
    points = 15 if labelled else 14  # all sequences agree with themselves: no point
    assert len(rows) == points * len(Region)
    for row in rows:
        subset, region = ModalitySubset.parse(row["subset"]), Region[row["region"]]
        scores = results[subset].dice if labelled else results[subset].agreement
        assert float(row["value"]) == scores[region]
        same = [results[s].agreement[region] for s in results if len(s) == len(subset)]
        assert float(row["mean_of_size"]) == pytest.approx(np.mean(same))
        assert float(row["lowest_of_size"]) == min(same)
        assert float(row["highest_of_size"]) == max(same)
        assert ("Dice" in row["score"]) is labelled
        assert row["withheld"] == "+".join(m.label for m in subset.missing)
        assert row["model_sha256"].startswith("0123456789abcdef")
        assert row["disclaimer"] == DISCLAIMER


def test_the_numbers_go_to_the_clipboard_as_spreadsheets_take_them(curve):
    at = curve()
    at.choose("copy_numbers")
    copied = rows_of(QGuiApplication.clipboard().text(), "\t")
    assert copied == rows_of(at.saved("csv").read_text())
    assert "clipboard" in at.window.statusBar().currentMessage() or "Saved" in (
        at.window.statusBar().currentMessage()
    )


def test_the_picture_says_where_it_came_from_and_is_the_one_that_is_copied(curve):
    at = curve()
    at.window.exporter.pictures.scale = 2
    path = at.saved("png")
    at.choose("copy_picture")

    with Image.open(path) as image:
        assert image.width == 2 * SIZE.width()
        assert image.height > 2 * SIZE.height()
        assert image.text["input"] == "15 subsets of FLAIR, T1, T1c, T2"
        assert image.text["model"] == "fake-good"
        assert image.text["disclaimer"] == DISCLAIMER
        saved = np.asarray(image.convert("RGB"))
    assert np.array_equal(saved, rgb_of(QGuiApplication.clipboard().image()))


def test_the_picture_is_of_the_curve_as_it_is(curve):
    at = curve()
    at.choose("copy_picture")
    before = rgb_of(QGuiApplication.clipboard().image())
    at.session.become(at.session.state.using(PAIR))
    at.choose("copy_picture")
    plot = slice(0, SIZE.height() * at.window.exporter.pictures.scale)
    after = rgb_of(QGuiApplication.clipboard().image())
    assert not np.array_equal(before[plot], after[plot])


def test_the_drawing_is_valid_svg_with_the_same_picture_and_its_origin(curve):
    at = curve()
    at.window.exporter.pictures.scale = 1
    path = at.saved("svg")
    at.choose("copy_picture")

    root = ET.fromstring(path.read_text())
    words = "".join(root.itertext())
    for part in ("case: p", "15 subsets of FLAIR", "fake-good", DISCLAIMER, "Number of sequences"):
        assert part in words
    assert not [e for e in root.iter() if e.tag.endswith("path") and not e.get("d")]
    image = QGuiApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1.0)
    drawn = QImage(image.size(), QImage.Format.Format_RGB32)
    with painting(drawn) as painter:
        QSvgRenderer(str(path)).render(painter, QRectF(drawn.rect()))
    away = np.abs(rgb_of(drawn).astype(int) - rgb_of(image)).mean()
    assert away < 2, f"the drawing is unlike the picture: {away}"


def test_a_case_without_a_sequence_says_that_it_is_missing_in_the_data(curve):
    at = curve("p_FLAIR+T2")
    rows = rows_of(at.saved("csv").read_text())
    assert {row["subset"] for row in rows} == {str(s) for s in PAIR.subsets()}
    assert {row["missing"] for row in rows} == {"T1+T1c"}
    words = "".join(ET.fromstring(at.saved("svg").read_text()).itertext())
    assert "3 subsets of FLAIR, T2 · T1, T1c missing" in words


def test_before_there_is_a_result_nothing_can_leave_and_it_says_why(curve, qtbot):
    at = curve(model="missing", until="model_problem")
    qtbot.waitUntil(lambda: at.session.state.case is not None, timeout=TIMEOUT_MS)
    at.menu.refresh()
    entries = [entry for entry in at.menu.choices_menu.actions() if entry.objectName()]
    assert not any(entry.isEnabled() for entry in entries)
    assert {entry.toolTip() for entry in entries} == {"No result yet"}


def test_a_right_click_opens_the_same_menu(curve, qtbot):
    at = curve()
    at.plot.customContextMenuRequested.emit(QPoint(40, 40))
    qtbot.waitUntil(at.menu.choices_menu.isVisible, timeout=TIMEOUT_MS)
    QTest.keyClick(at.menu.choices_menu, Qt.Key.Key_Escape)


def test_pointing_at_a_point_names_its_subset(curve):
    at = curve()
    at.session.become(at.session.state.using(PAIR))
    points = at.plot.points[Region.TC]
    current = next(spot for spot in points.points() if spot.data() == PAIR)

    points.sigHovered.emit(points, [current], None)

    assert at.plot.toolTip().startswith("FLAIR + T2: WT ")
    points.sigHovered.emit(points, [], None)
    assert at.plot.toolTip() == ""
