"""PNG and GIF read back by Pillow: the pixels, the frames, the words."""

import numpy as np
import pytest
from PIL import Image

from ccsd_app.export.errors import ExportError
from ccsd_app.export.gif import write_gif
from ccsd_app.export.png import write_png
from ccsd_app.export.stamp import Stamp
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.progress import drain


@pytest.fixture
def stamp(full_state) -> Stamp:
    return Stamp.of(full_state, ModalitySubset.parse("FLAIR+T2"))


def frames(count: int) -> list[np.ndarray]:
    made = []
    for index in range(count):
        frame = np.full((40, 60, 3), 20, np.uint8)
        frame[5:15, 4 + 6 * index : 12 + 6 * index] = 240, 228, 66
        made.append(frame)
    return made


def test_a_png_has_the_very_pixels_and_says_where_they_came_from(stamp, tmp_path):
    rgb = np.random.default_rng(0).integers(0, 256, (30, 50, 3), dtype=np.uint8)

    drain(write_png(rgb, stamp, tmp_path / "p.png"))

    with Image.open(tmp_path / "p.png") as image:
        assert (np.asarray(image) == rgb).all()
        assert image.text["input"] == "FLAIR, T2 · T1, T1c withheld"
        assert image.text["model sha256"] == "0123456789abcdef"
        assert image.text["case"] == "phantom"
        assert "not for diagnosis" in image.text["disclaimer"]


def test_a_gif_has_every_frame_at_its_size_and_repeats_for_ever(stamp, tmp_path):
    drain(write_gif(frames(7), stamp, tmp_path / "a.gif", frame_ms=80, about="a walk"))

    with Image.open(tmp_path / "a.gif") as image:
        assert (image.n_frames, image.size) == (7, (60, 40))
        assert image.info["loop"] == 0
        assert image.info["duration"] == 80
        comment = image.info["comment"].decode()
        assert "input: FLAIR, T2 · T1, T1c withheld" in comment
        assert "not for diagnosis" in comment
        assert comment.endswith("a walk")
        for index, frame in enumerate(frames(7)):
            image.seek(index)
            assert np.abs(np.asarray(image.convert("RGB")).astype(int) - frame).max() <= 4


def test_colours_with_a_meaning_stay_what_they_are_however_few_pixels_have_them(stamp, tmp_path):
    crowd = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    crowd[7:9, 11:13] = yellow = (0xF0, 0xE4, 0x42)
    drain(write_gif([crowd, crowd[::-1]], stamp, tmp_path / "a.gif", frame_ms=80, keep=[yellow]))

    with Image.open(tmp_path / "a.gif") as image:
        assert tuple(np.asarray(image.convert("RGB"))[8, 12].tolist()) == yellow


def test_no_frame_is_an_error_and_no_file(stamp, tmp_path):
    with pytest.raises(ExportError, match="choose at least one subset"):
        drain(write_gif([], stamp, tmp_path / "a.gif", frame_ms=80))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_gif_leaves_no_file_whenever_it_is_cancelled(stamp, tmp_path):
    for count in range(1, 7):
        steps = write_gif(frames(3), stamp, tmp_path / "a.gif", frame_ms=80)
        for _ in range(count):
            next(steps)
        steps.close()
        assert list(tmp_path.iterdir()) == []
