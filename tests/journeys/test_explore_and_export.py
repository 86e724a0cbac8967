"""A point of the curve is clicked, a cell compared, a path walked, everything exported."""

import csv
import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
import pyvista
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QListView, QToolButton

from ccsd_app.export.film.settings import FilmFormat
from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_app.qt.exporting.film.film_dialog import FilmDialog
from ccsd_app.qt.panels.curve_panel import CurvePanelWidget
from ccsd_app.qt.panels.curve_plot import OFFSET
from ccsd_app.qt.panels.subset_grid import CELL_ROLE
from ccsd_app.session.on_demand import HD95
from ccsd_app.viewmodel.panels.measures import Measure
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from tests.fixtures.curve_points import place_of_point

FULL = ModalitySubset.full()
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
PAIR = ModalitySubset.of(Modality.FLAIR, Modality.T1C)
TIMEOUT_MS = 240_000
SYMBOL_PIXELS = 12
"""Of the largest symbol on the curve, that of the subset on screen."""
EXPORTS = ("label_map", "label_maps", "stl", "ply", "glb", "tables", "numbers", "stepwise_removal")


class Explorer:
    """What the user does on the right side of the window, and where exports go."""

    def __init__(self, desk, qtbot, folder: Path) -> None:
        self.window, self.session, self._qtbot = desk.window, desk.session, qtbot
        self.folder = folder

    def click_point(self, region: Region, subset: ModalitySubset) -> float:
        """Click a subset's point on the curve; how far the score of one that covers it may lie."""
        score = self.session.state.results[subset].dice[region]
        plot = self.window.findChild(CurvePanelWidget).findChild(object, "curve_plot")
        where = place_of_point(plot, QPointF(len(subset) + OFFSET[region], score))
        QTest.mouseMove(plot.viewport(), where)
        QTest.mouseClick(plot.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, where)
        _, score_of_pixel = plot.getPlotItem().vb.viewPixelSize()
        return SYMBOL_PIXELS * score_of_pixel

    def shift_click_cell(self, subset: ModalitySubset) -> None:
        """Shift+click a subset's cell of the grid."""
        view = self.window.findChild(QListView, "grid_cells")
        rows = range(view.model().rowCount())
        cells = [view.model().index(row, 0) for row in rows]
        cell = next(c for c in cells if c.data(CELL_ROLE).subset == subset)
        view.scrollTo(cell)
        QTest.mouseClick(view.viewport(), LEFT, SHIFT, view.visualRect(cell).center())

    def play_to_the_end(self) -> list[ModalitySubset]:
        """Press P and look on; what was on screen, in order."""
        player, seen = self.window.path_player, []
        player.set_speed(8.0)

        def look(old, new) -> None:
            if new.shown is not None and new.shown not in seen[-1:]:
                seen.append(new.shown)

        self.session.changed.connect(look)
        QTest.keyClick(self.window, Qt.Key.Key_P)
        self._qtbot.waitUntil(lambda: not player.view.setup.playing, timeout=TIMEOUT_MS)
        self.session.changed.disconnect(look)
        return seen

    def export(self, entry: str) -> None:
        """Choose an entry of the Export menu and wait for its files."""
        menu = self.window.findChild(ExportMenu)
        menu.choices_menu.aboutToShow.emit()
        action = menu.findChild(QAction, entry)
        assert action.isEnabled(), action.toolTip()
        action.trigger()
        run = self.window.exporter.run
        self._qtbot.waitUntil(lambda: not run.busy, timeout=TIMEOUT_MS)
        assert self.session.state.problem == ""


@pytest.fixture
def explorer(open_desk, case_folder, model_folder, qtbot, tmp_path, monkeypatch):
    folder = tmp_path / "exported"
    folder.mkdir()
    monkeypatch.setattr(
        QFileDialog,
        "getSaveFileName",
        lambda parent, title, suggested, filters: (str(folder / Path(suggested).name), filters),
    )
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder / "all"))
    (folder / "all").mkdir()

    def save_as_gif(dialog: FilmDialog) -> int:
        form = dialog.findChild(QComboBox, "film_format")
        form.setCurrentIndex(form.findData(FilmFormat.GIF))
        qtbot.waitUntil(lambda: dialog.choice is not None, timeout=TIMEOUT_MS)
        return FilmDialog.DialogCode.Accepted

    monkeypatch.setattr(FilmDialog, "exec", save_as_gif)
    desk = open_desk(case_folder, str(model_folder))
    qtbot.waitUntil(lambda: desk.session.state.complete, timeout=TIMEOUT_MS)
    desk.wait_for(FULL)
    return Explorer(desk, qtbot, folder)


@pytest.mark.journey
def test_click_a_point_compare_a_cell_play_the_path_export_everything(explorer, qtbot):
    at = explorer
    reach = at.click_point(Region.WT, FULL.toggled(Modality.T1C))
    shown = at.session.state.shown
    results = at.session.state.results
    assert len(shown) == 3  # that one, or one whose point lies under it
    aimed = results[FULL.toggled(Modality.T1C)].dice[Region.WT]
    assert results[shown].dice[Region.WT] == pytest.approx(aimed, abs=reach)

    at.shift_click_cell(PAIR)
    assert (at.session.state.side_by_side, at.session.state.compared_subset) == (True, PAIR)
    QTest.keyClick(at.window, Qt.Key.Key_C)

    seen = at.play_to_the_end()
    path = at.window.path_player.view.path.subsets
    assert seen[-len(path) + 1 :] == list(path[1:])
    assert at.session.state.shown == path[-1]

    at.window.findChild(QToolButton, f"measure_{Measure.HD95.value}").click()
    qtbot.waitUntil(lambda: len(at.session.state.on_demand.of(HD95)) == 15, timeout=TIMEOUT_MS)
    at.session.become(at.session.state.using(PAIR))
    for entry in EXPORTS:
        at.export(entry)
    _read_back(at)


def _read_back(at: Explorer) -> None:
    state, folder = at.session.state, at.folder
    case, result = state.case, state.results[PAIR]
    wanted = np.zeros((3, *case.grid.shape), bool)
    x, y, z = (
        slice(o, o + n)
        for o, n in zip(result.offset_voxel, result.nested_labels.shape, strict=True)
    )
    for region in Region:
        wanted[region, x, y, z] = result.nested_labels > region

    (image,) = folder.glob("*_labels.nii.gz")
    read = nibabel.load(image)
    assert np.allclose(read.affine, case.grid.world_from_voxel)
    assert (case.scheme.regions(np.asarray(read.dataobj)) == wanted).all()
    assert len(list((folder / "all").glob("*.nii.gz"))) == 15

    (ply,) = folder.glob("*.ply")
    low, high = np.reshape(pyvista.read(ply).bounds, (3, 2)).T
    corners = case.grid.world_from_voxel
    inside = np.argwhere(wanted[Region.WT]) @ corners[:3, :3].T + corners[:3, 3]
    assert np.abs(low - inside.min(axis=0)).max() < 4  # mm: two voxels, for the smoothing
    assert np.abs(high - inside.max(axis=0)).max() < 4
    assert list(folder.glob("*.glb"))
    assert {p.stem.rsplit("_", 1)[-1] for p in folder.glob("*.stl")} >= {"WT"}

    with Image.open(next(folder.glob("*removal*.gif"))) as stepwise_removal:
        assert stepwise_removal.n_frames == 4, "the chosen path: four sequences to one"
        assert b"not for diagnosis" in stepwise_removal.info["comment"]
    with next(folder.glob("*_numbers.csv")).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 45
    for row in rows:
        subset, region = ModalitySubset.parse(row["subset"]), Region.parse(row["region"])
        assert float(row["dice"]) == state.results[subset].dice[region]
        distance = state.on_demand.of(HD95)[subset][region]
        assert row["hd95_mm"] == ("" if np.isnan(distance) else str(round(distance, 6)))
    tree = json.loads(next(folder.glob("*_numbers.json")).read_text())
    assert tree["complete"] is True
