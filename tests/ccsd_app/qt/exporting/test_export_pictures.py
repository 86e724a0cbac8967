"""Pictures from the real window."""

import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region

FLAIR_T1C = ModalitySubset.parse("FLAIR+T1c")
needs_x = pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display (xvfb-run)")


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
        assert image.text["input"] == "FLAIR, T1c · T1, T2 withheld"
        pixels = np.asarray(image.convert("RGB")).astype(int)
    strip = pixels[view.height() * scale :]
    assert (strip.max(axis=2) > 180).sum() > 100 * scale  # there are words in it
    yellow = (np.abs(strip - (0xF0, 0xE4, 0x42)).max(axis=2) == 0).sum()
    assert yellow > 40 * scale**2  # and the colour of WT with them


def test_a_picture_of_the_window_shows_all_of_it_and_contains_no_path(desk):
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
    view = live.window.views.view3d
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
    view, state = live.window.views.view3d, live.session.state
    before = view.image().copy()
    hidden = replace(state, visible=frozenset({Region.ET}))

    other = view.picture(hidden)

    assert other != view.picture()
    assert view.actor_names == ("ET", "TC", "WT", "brain")
    view._canvas.redraw()
    assert view.image() == before


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
