"""Films from the real window: bookmarks and steps as video and slides, and what the dialog says."""

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSpinBox

from ccsd_app.export.film.settings import FilmFormat
from ccsd_app.export.film.video import MISSING
from ccsd_app.qt.exporting.film.film_dialog import FilmDialog
from ccsd_app.qt.exporting.film.shots import BOOKMARK_S, SLIDE_RATE, stepwise_removal
from ccsd_app.qt.exporting.film.views_picture import TILE
from ccsd_app.qt.widgets.queued_call import QueuedCall
from ccsd_app.session.display import Layer
from ccsd_app.session.jobs import JobRunner
from ccsd_app.session.on_demand import DEGRADED_VIEWS
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset

# imageio-ffmpeg leaves the pipes of a program that has ended to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

FULL = ModalitySubset.full()
FLAIR_T1C = ModalitySubset.parse("FLAIR+T1c")
TIMEOUT_MS = 60_000


@pytest.fixture
def marked(desk):
    """Two bookmarks: all sequences, and two of them in another layer and place."""
    at = desk()
    at.exporter.actions.set_scale(1)
    at.show(FULL)
    model = at.window.models.bookmarks
    model.add("everything")
    at.show(FLAIR_T1C)
    state = at.session.state.with_layer(Layer.LABELS).with_cursor((5, 6, 7))
    at.session.become(state)
    model.add("two of four")
    at.show(FULL)
    return at


def test_bookmarks_are_a_video_of_slides_with_their_sentences(marked, film_answer):
    film_answer.form = FilmFormat.MP4
    before = marked.session.state

    marked.choose("bookmark_film")

    path = marked.folder / "p_all_bookmarks.mp4"
    frames = imageio_ffmpeg.read_frames(path)
    about = next(frames)
    width, height = about["size"]
    pictures = [np.frombuffer(f, np.uint8).reshape(height, width, 3).astype(int) for f in frames]
    each = round(BOOKMARK_S * SLIDE_RATE)
    assert len(pictures) == 2 * each
    assert about["duration"] == pytest.approx(2 * BOOKMARK_S)
    assert (width % 2, height % 2) == (0, 0)
    assert np.abs(pictures[0] - pictures[each - 1]).mean() < 1
    assert np.abs(pictures[each] - pictures[each - 1]).mean() > 2
    after = marked.session.state
    assert (after.used, after.layer, after.cursor_voxel) == (
        before.used,
        before.layer,
        before.cursor_voxel,
    )


def test_the_panel_writes_bookmarks_as_slides_each_with_its_own_input(marked, film_answer):
    film_answer.form = FilmFormat.SLIDES

    marked.window.findChild(QPushButton, "film_bookmarks").click()
    marked.wait()

    folder = marked.folder / "p_all_bookmarks-slides"
    with Image.open(folder / "0002.png") as image:
        assert image.text["label"] == "2/2  two of four"
        assert image.text["input"].startswith("FLAIR, T1c · ")
    index = (folder / "index.txt").read_text(encoding="utf-8")
    assert "0001.png  1/2  everything" in index
    assert "0002.png  2/2  two of four" in index
    assert str(marked.folder) not in index


def test_a_bookmark_of_degraded_images_is_drawn_with_them(marked, film_answer):
    film_answer.form = FilmFormat.SLIDES
    noise = Degradations.parse(["T1c:noise=4"])
    marked.session.become(marked.session.state.degrading(noise).with_background(Modality.T1C))
    state = marked.session.state
    marked.qtbot.waitUntil(lambda: marked.session.state.applied == noise, timeout=TIMEOUT_MS)
    marked.window.models.bookmarks.add("noise")
    marked.session.become(marked.session.state.degrading(Degradations()))
    marked.qtbot.waitUntil(lambda: marked.session.state.shown == state.used, timeout=TIMEOUT_MS)

    marked.choose("bookmark_film")

    assert marked.session.state.problem == ""
    folder = marked.folder / "p_all_bookmarks-slides"
    with Image.open(folder / "0003.png") as image:
        assert image.text["degraded"] == "T1c: noise 20 %"
    with Image.open(folder / "0001.png") as image:
        assert "degraded" not in image.text


def test_a_sweep_is_computed_while_the_dialog_is_open_and_changes_nothing(desk, film_answer):
    at = desk()
    at.exporter.actions.set_scale(1)
    film_answer.form = FilmFormat.SLIDES
    before = at.session.state

    at.choose("sweep_film")

    folder = next(at.folder.glob("p_all_sweep-T1c-dose-slides"))
    pictures = []
    for number in range(1, 12):
        with Image.open(folder / f"{number:04}.png") as image:
            pictures.append(np.asarray(image.convert("L")).astype(int))
            severity = (number - 1) / 2
            assert ("degraded" in image.text) == (severity > 0)
    index = (folder / "index.txt").read_text(encoding="utf-8")
    assert "0001.png  T1c as it is" in index
    assert "0011.png  T1c: dose 0 % (severity 5)" in index
    views = [picture[: 2 * TILE.height()] for picture in pictures]
    assert all(np.abs(a - b).max() > 0 for a, b in pairwise(views))
    after = at.session.state
    assert (after.degradations, after.case) == (before.degradations, before.case)
    assert after.views_wanted is None
    assert not after.on_demand.of(DEGRADED_VIEWS)


def test_without_bookmarks_the_menu_says_how_to_add_one(desk):
    at = desk()
    at.menu.refresh()
    entry = at.menu.findChild(QAction, "bookmark_film")
    assert (entry.isEnabled(), entry.toolTip()) == (False, "No bookmarks yet: Ctrl+B adds one")


@pytest.fixture
def dialog(desk, qtbot):
    """The dialog of a stepwise removal through three subsets."""
    at = desk()
    calls = QueuedCall(at.window)
    runner = JobRunner(ThreadPoolExecutor(1), calls)
    path = [FULL, FLAIR_T1C, ModalitySubset.parse("T2")]
    source = stepwise_removal(at.window.views, at.session.state, path)
    made = FilmDialog("Film", source, form=FilmFormat.GIF, scale=1, runner=runner, parent=at.window)
    made.show()
    qtbot.waitUntil(lambda: made.choice is not None, timeout=TIMEOUT_MS)
    yield made
    made.reject()
    calls.close()
    runner.close()


def told(dialog: FilmDialog) -> str:
    return dialog.findChild(QLabel, "film_bytes").text()


def choose(dialog: FilmDialog, name: str, text: str) -> None:
    box = dialog.findChild(QComboBox, name)
    box.setCurrentIndex(box.findText(text, Qt.MatchFlag.MatchStartsWith))


def test_the_dialog_says_length_and_size_before_and_measures_again(dialog, qtbot):
    length = dialog.findChild(QLabel, "film_length")
    assert length.text().startswith("3 pictures · 4.2 s · 803 × ")
    qtbot.waitUntil(lambda: told(dialog).startswith("About"), timeout=TIMEOUT_MS)
    as_drawn = told(dialog)

    choose(dialog, "film_size", "1280 × 720")

    assert length.text() == "3 pictures · 4.2 s · 1280 × 720 pixels"
    assert told(dialog) == "Measuring the size of the file…"
    qtbot.waitUntil(lambda: told(dialog).startswith("About"), timeout=TIMEOUT_MS)
    assert told(dialog) != as_drawn
    choose(dialog, "film_format", "MP4")
    assert length.text() == "3 pictures · 21 frames · 4.2 s · 1280 × 720 pixels"


def test_a_missing_package_is_reported_and_other_formats_still_work(dialog, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)

    for form in ("MP4", "WebM"):
        choose(dialog, "film_format", form)
        assert told(dialog) == MISSING
        assert not dialog.findChild(QPushButton, "film_save").isEnabled()

    choose(dialog, "film_format", "Slides")
    assert dialog.findChild(QPushButton, "film_save").isEnabled()


def test_an_own_size_is_what_the_choice_has(dialog):
    width = dialog.findChild(QSpinBox, "film_width")
    assert not width.isEnabled()
    choose(dialog, "film_size", "Other")
    width.setValue(641)
    assert dialog.choice.settings.size[0] == 641
    assert dialog.choice.scale == pytest.approx(641 / 803)
