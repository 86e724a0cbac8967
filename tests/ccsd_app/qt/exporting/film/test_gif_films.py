"""Films as GIF from the real window: once around, and one subset after another."""

import os

import numpy as np
import pytest
from PIL import Image

from ccsd_app.qt.exporting.film.turntable import TURN_FRAMES
from ccsd_app.qt.exporting.film.views_picture import TILE
from ccsd_core.domain.modality import ModalitySubset

FLAIR_T1C = ModalitySubset.parse("FLAIR+T1c")
needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")


@needs_x
def test_a_turntable_goes_once_around_and_leaves_the_camera_where_it_was(live):
    view = live.window.views.view3d
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


def test_a_film_shows_each_subset_with_its_input_and_moves_nothing(desk):
    at = desk()
    at.show(FLAIR_T1C)
    at.exporter.actions.set_scale(1)
    path = [ModalitySubset.full(), FLAIR_T1C, ModalitySubset.parse("T2")]
    before = at.session.state

    at.exporter.animate(path)
    at.wait()

    with Image.open(at.folder / "p_all_stepwise-removal.gif") as image:
        assert image.n_frames == 3
        assert image.width == 2 * TILE.width() + 3
        comment = image.info["comment"].decode()
        assert "subsets: FLAIR+T1+T1c+T2 > FLAIR+T1c > T2" in comment
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


def test_a_stepwise_removal_through_what_is_not_computed_says_so_and_writes_nothing(desk):
    at = desk("p_FLAIR+T2")
    at.exporter.animate([ModalitySubset.parse("T1")])
    at.wait()
    assert "T1 is not computed yet" in at.session.state.problem
    assert at.files() == set()
