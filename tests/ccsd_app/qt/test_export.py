"""Exporting from the real window: its menu, its dialogs (answered for the user), its files."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import pyvista as pv
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox, QProgressDialog

from ccsd_app.export import label_maps
from ccsd_app.export.mesh_files import MeshFormat
from ccsd_app.export.staging import PREFIX
from ccsd_app.qt import export_run
from ccsd_app.qt.animation import TILE, TURN_FRAMES
from ccsd_app.qt.export_menu import ExportMenu
from ccsd_app.qt.view3d import Status
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress

PATIENCE_MS = 60_000
FLAIR_T1C = ModalitySubset.parse("FLAIR+T1C")
needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")


class Desk:
    """The window with its export menu, and the answers that its dialogs get."""

    def __init__(self, parts, qtbot, folder: Path) -> None:
        self.parts, self.qtbot, self.folder = parts, qtbot, folder
        self.window, self.session = parts.window, parts.session
        self.menu = self.window.findChild(ExportMenu)
        self.exporter = self.window.exporter
        self.suggested: list[Path] = []
        self.named = lambda suggested: str(folder / suggested.name)
        self.replace: list[str] = []
        self.answer = QMessageBox.StandardButton.Yes

    def choose(self, entry: str) -> None:
        """Click an entry of the menu and wait until the export is over."""
        self.menu.choices_menu.aboutToShow.emit()
        self.menu.findChild(QAction, entry).trigger()
        self.wait()

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.exporter.run.busy, timeout=PATIENCE_MS)

    def show(self, subset: ModalitySubset) -> None:
        self.session.become(self.session.state.using(subset))

    def files(self) -> set[str]:
        return {path.name for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def desk(open_window, qtbot, tmp_path, monkeypatch):
    made = []

    def lay(case: str = "p", **how) -> Desk:
        folder = tmp_path / "out"
        folder.mkdir()
        at = Desk(open_window(case, **how), qtbot, folder)
        made.append(at)

        def save(parent, title, suggested, filters):
            at.suggested.append(Path(suggested))
            return at.named(Path(suggested)), filters

        def ask(parent, title, text, *buttons):
            at.replace.append(text)
            return at.answer

        monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
        monkeypatch.setattr(QMessageBox, "question", ask)
        return at

    yield lay
    for at in made:
        at.exporter.close()


@pytest.fixture
def live(desk):
    """The same with 3-D that turns."""
    at = desk()
    space = at.window.views.space
    at.qtbot.waitUntil(lambda: space.status is not Status.STARTING, timeout=PATIENCE_MS)
    assert space.status is Status.LIVE, space.reason
    at.qtbot.waitUntil(lambda: space.up_to_date, timeout=PATIENCE_MS)
    return at


@pytest.fixture
def slow_disk(monkeypatch):
    """Label maps take their time, so that something is left to be cancelled."""
    write = label_maps.save_segmentation

    def slowly(*args, **how):
        time.sleep(0.05)
        write(*args, **how)

    monkeypatch.setattr(label_maps, "save_segmentation", slowly)


def enabled(menu: ExportMenu) -> dict[str, bool]:
    menu.refresh()
    return {a.objectName(): a.isEnabled() for a in menu.findChildren(QAction) if a.objectName()}


def test_the_label_map_is_that_of_the_shown_subset(desk):
    at = desk()
    at.show(FLAIR_T1C)

    at.choose("label_map")

    assert [path.name for path in at.suggested] == ["p_FLAIR+T1c_labels.nii.gz"]
    assert at.files() == {"p_FLAIR+T1c_labels.nii.gz", "p_FLAIR+T1c_labels.json"}
    state = at.session.state
    labels = np.asarray(nib.load(at.folder / "p_FLAIR+T1c_labels.nii.gz").dataobj)
    found = state.case.scheme.regions(labels).sum(axis=(1, 2, 3))
    assert found.tolist() == [(state.result.depth > r).sum() for r in Region]
    assert "saved p_FLAIR+T1c_labels" in at.window.statusBar().currentMessage()


def test_all_label_maps_go_into_a_folder(desk):
    at = desk()
    at.choose("label_maps")
    assert len(at.files()) == 30
    assert at.replace == []


@pytest.mark.parametrize("form", MeshFormat)
def test_surfaces_leave_in_every_format_and_can_be_read(desk, form):
    at = desk()
    at.show(FLAIR_T1C)

    at.choose(form.value)

    written = sorted(path for path in at.folder.iterdir() if path.suffix == f".{form.value}")
    assert len(written) == (3 if form is MeshFormat.STL else 1)
    mesh = pv.read(written[-1])
    assert (mesh.n_blocks if form is MeshFormat.GLB else mesh.n_cells) > 0
    assert not at.session.state.problem


def test_numbers_leave_as_tables_and_as_a_tree(desk):
    at = desk()
    at.choose("tables")
    at.choose("numbers")
    assert at.files() == {
        "p_all_numbers.csv",
        "p_all_numbers_curves.csv",
        "p_all_numbers.json",
    }
    assert json.loads((at.folder / "p_all_numbers.json").read_text())["complete"] is True


@pytest.mark.parametrize("scale", [1, 3])
def test_a_picture_of_a_slice_has_the_chosen_scale_and_its_caption(desk, scale):
    at = desk()
    at.show(FLAIR_T1C)
    at.exporter.actions.set_scale(scale)
    view = next(v for p, v in at.window.views.slices.items() if p.value == "axial")

    at.choose("picture_axial")

    with Image.open(at.folder / "p_FLAIR+T1c_axial.png") as image:
        assert image.width == view.width() * scale
        assert image.height > view.height() * scale  # the caption
        assert image.text["input"] == "FLAIR, T1c · T1, T2 ABSENT (simulated)"
        pixels = np.asarray(image.convert("RGB")).astype(int)
    strip = pixels[view.height() * scale :]
    assert (strip.max(axis=2) > 180).sum() > 100 * scale  # there are words in it
    yellow = (np.abs(strip - (0xF0, 0xE4, 0x42)).max(axis=2) == 0).sum()
    assert yellow > 40 * scale**2  # and the colour of WT with them


def test_a_picture_of_the_window_is_of_the_whole_window_and_tells_no_path(desk):
    at = desk()
    at.choose("label_map")
    at.choose("picture_window")

    name = f"p_{'+'.join(m.label for m in at.session.state.shown)}_window.png"
    with Image.open(at.folder / name) as image:
        assert image.width == at.window.width() * 2
        assert image.height > at.window.height() * 2
        assert str(at.folder) not in "".join(image.text.values())
    assert str(at.folder) not in at.window.statusBar().currentMessage()


@needs_x
def test_the_3d_picture_is_drawn_at_its_scale_and_leaves_the_screen_as_it_was(live):
    view = live.window.views.space
    before, pose = view.image().copy(), view.pose

    live.choose("picture_3d")

    name = f"p_{'+'.join(m.label for m in live.session.state.shown)}_3-D.png"
    with Image.open(live.folder / name) as image:
        assert image.width == 2 * before.width()
        assert np.ptp(np.asarray(image.convert("L"))[: 2 * before.height()].astype(int)) > 60
    assert view.pose == pose
    view._canvas.redraw()
    assert view.image() == before


@needs_x
def test_another_states_3d_picture_is_not_what_is_on_screen_and_nothing_stays_of_it(live):
    view, state = live.window.views.space, live.session.state
    before = view.image().copy()
    hidden = replace(state, visible=frozenset({Region.ET}))

    other = view.picture(hidden)

    assert other != view.picture()
    assert view.actor_names == ("ET", "TC", "WT", "brain")
    view._canvas.redraw()
    assert view.image() == before


@needs_x
def test_a_turntable_goes_once_around_and_leaves_the_camera_where_it_was(live):
    view = live.window.views.space
    pose = view.pose
    live.exporter.actions.set_scale(1)

    live.choose("turntable")

    path = next(live.folder.glob("*_turntable.gif"))
    with Image.open(path) as image:
        assert image.n_frames == TURN_FRAMES
        assert "not for diagnosis" in image.info["comment"].decode()
        frames = []
        for index in (0, 1, TURN_FRAMES // 2, TURN_FRAMES - 1):
            image.seek(index)
            frames.append(np.asarray(image.convert("L")).astype(int))
        assert image.width == min(view.picture_area(view).width(), 720)

    def unlike(a: int, b: int) -> float:
        return float(np.abs(frames[a] - frames[b]).mean())

    assert unlike(0, 1) > 0
    assert unlike(0, 3) < unlike(0, 2)  # the last is next to the first again
    assert view.pose == pose


def test_a_walk_shows_each_subset_with_its_input_and_moves_nothing_in_the_window(desk):
    at = desk()
    at.show(FLAIR_T1C)
    at.exporter.actions.set_scale(1)
    path = [ModalitySubset.full(), FLAIR_T1C, ModalitySubset.parse("T2")]
    before = at.session.state

    at.exporter.animate(path)
    at.wait()

    with Image.open(at.folder / "p_all_walk.gif") as image:
        assert image.n_frames == 3
        assert image.width == 2 * TILE.width() + 3
        comment = image.info["comment"].decode()
        assert "subsets: FLAIR+T1+T1C+T2 > FLAIR+T1C > T2" in comment
        heads = []
        for index in range(3):
            image.seek(index)
            heads.append(np.asarray(image.convert("L"))[2 * TILE.height() + 3 :])
    assert (heads[0] != heads[1]).any()
    assert (heads[1] != heads[2]).any()
    after = at.session.state
    assert (after.shown, after.used, after.cursor_voxel) == (
        before.shown,
        before.used,
        before.cursor_voxel,
    )


def test_a_walk_through_what_is_not_computed_says_so_and_writes_nothing(desk):
    at = desk("p_FLAIR+T2")
    at.exporter.animate([ModalitySubset.parse("T1")])
    at.wait()
    assert "T1 is not computed yet" in at.session.state.problem
    assert at.files() == set()


def test_what_cannot_be_exported_is_grey_and_says_why(desk):
    at = desk(model="missing", until="model_problem")
    at.qtbot.waitUntil(lambda: at.session.state.case is not None, timeout=PATIENCE_MS)

    states = enabled(at.menu)

    grey = ("label_map", "label_maps", "walk", "turntable", "tables", "numbers")
    assert not any(states[name] for name in grey)
    assert states["picture_axial"]
    assert at.menu.findChild(QAction, "label_map").toolTip() == "no result yet"
    pictures = at.menu._surfaces.menuAction()
    assert (pictures.isEnabled(), pictures.toolTip()) == (False, "no result yet")


def test_while_an_export_runs_the_menu_says_so(desk):
    at = desk()

    def endless():
        while True:
            time.sleep(0.01)
            yield Progress(0, 0, "waiting")

    at.exporter.run.write(endless(), "waiting")

    assert not any(on for name, on in enabled(at.menu).items() if name.startswith("label"))
    assert at.menu.findChild(QAction, "label_map").toolTip() == "another export is running"
    at.exporter.run.cancel()
    assert enabled(at.menu)["label_map"]


@pytest.mark.parametrize("room", [True, False], ids=["button in sight", "button hidden"])
def test_ctrl_e_opens_the_menu(desk, room):
    at = desk()
    at.menu.setVisible(room)
    at.window.activateWindow()
    at.qtbot.waitUntil(at.window.isActiveWindow, timeout=PATIENCE_MS)

    at.qtbot.keyClick(at.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)

    at.qtbot.waitUntil(at.menu.choices_menu.isVisible, timeout=PATIENCE_MS)
    assert at.menu.choices_menu.activeAction().objectName() == "label_map"
    at.menu.choices_menu.close()


@pytest.mark.parametrize(
    "entry", ["label_maps", "picture_axial", "walk", "ply"], ids=lambda entry: entry
)
def test_a_cancelled_export_leaves_no_file(desk, slow_disk, entry):
    at = desk()
    at.menu.refresh()
    at.menu.findChild(QAction, entry).trigger()
    assert at.exporter.run.busy

    at.window.findChild(QProgressDialog, "export_progress").canceled.emit()

    assert not at.exporter.run.busy
    at.exporter.close()  # waits for the thread
    assert list(at.folder.iterdir()) == []
    assert not at.session.state.problem


def test_closing_in_the_middle_leaves_no_file(desk, slow_disk):
    at = desk()
    at.menu.refresh()
    at.menu.findChild(QAction, "label_maps").trigger()
    at.qtbot.waitUntil(lambda: any(at.folder.glob(f"{PREFIX}*")), timeout=PATIENCE_MS)

    at.exporter.close()

    assert list(at.folder.iterdir()) == []


def test_work_of_more_than_half_a_second_shows_a_bar(desk, monkeypatch):
    at = desk()
    monkeypatch.setattr(export_run, "PATIENCE_MS", 20)

    def slow():
        for step in range(1000):
            time.sleep(0.01)
            yield Progress(step, 1000, "waiting")

    at.exporter.run.write(slow(), "waiting")

    bar = at.window.findChild(QProgressDialog, "export_progress")
    at.qtbot.waitUntil(lambda: bar.isVisible() and bar.value() > 0, timeout=PATIENCE_MS)
    assert bar.maximum() == 1000
    bar.canceled.emit()


def test_a_disk_that_refuses_is_told_in_the_window(desk):
    at = desk()
    (at.folder / "file").write_text("x")
    at.named = lambda suggested: str(at.folder / "file" / suggested.name)

    at.choose("numbers")

    assert "nothing was exported" in at.session.state.problem
    assert "choose another place" in at.session.state.problem
    assert at.files() == {"file"}


def test_a_bug_of_ours_is_told_and_the_next_export_works(desk):
    at = desk()

    def broken():
        yield Progress(0, 1, "soon")
        raise ZeroDivisionError("by\nzero")

    at.exporter.run.draw(broken(), "broken")
    at.wait()
    assert "internal error, please report it: ZeroDivisionError: by" in at.session.state.problem
    at.choose("numbers")
    assert at.files() == {"p_all_numbers.json"}


@pytest.mark.parametrize("yes", [True, False], ids=["replace", "keep"])
def test_what_lies_beside_the_chosen_file_is_only_replaced_when_the_user_says_so(desk, yes):
    at = desk()
    (at.folder / "p_all_numbers_curves.csv").write_text("mine")
    at.answer = QMessageBox.StandardButton.Yes if yes else QMessageBox.StandardButton.Cancel

    at.choose("tables")

    assert "p_all_numbers_curves.csv" in at.replace[0]
    kept = (at.folder / "p_all_numbers_curves.csv").read_text() == "mine"
    assert kept is not yes
    assert (at.folder / "p_all_numbers.csv").exists() is yes


def test_a_name_without_its_ending_gets_it_and_then_replaces_nothing_unasked(desk):
    at = desk()
    (at.folder / "mine.json").write_text("mine")
    at.named = lambda suggested: str(at.folder / "mine")
    at.answer = QMessageBox.StandardButton.Cancel

    at.choose("numbers")

    assert "mine.json" in at.replace[0]
    assert (at.folder / "mine.json").read_text() == "mine"


def test_changing_ones_mind_writes_nothing(desk):
    at = desk()
    at.named = lambda suggested: ""
    for entry in ("label_map", "stl", "picture_axial", "walk", "tables"):
        at.choose(entry)
    assert at.files() == set()


def test_while_two_are_compared_each_side_has_its_picture_and_its_own_input(desk):
    at = desk()
    at.show(FLAIR_T1C)
    at.session.become(replace(at.session.state, side_by_side=True))
    at.qtbot.wait(50)

    at.choose("picture_axial_A")
    at.choose("picture_axial_B")

    with Image.open(at.folder / "p_FLAIR+T1c_axial-A.png") as image:
        assert image.text["input"].startswith("FLAIR, T1c · ")
        ours = np.asarray(image.convert("RGB"))
    with Image.open(at.folder / "p_FLAIR+T1+T1c+T2_axial-B.png") as image:
        assert image.text["input"] == "FLAIR, T1, T1c, T2"
        assert not np.array_equal(np.asarray(image.convert("RGB")), ours)
