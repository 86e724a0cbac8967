"""Films read back by other programs: frames, size, length, text; and the estimate of their size."""

import sys
from dataclasses import replace

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from ccsd_app.export.errors import ExportError
from ccsd_app.export.film.pictures import BORDER, FilmPictures, fitted, of_one_size
from ccsd_app.export.film.settings import FilmFormat, FilmSettings
from ccsd_app.export.film.slides import new_folder
from ccsd_app.export.film.video import MISSING
from ccsd_app.export.film.words import length_text, why_not
from ccsd_app.export.film.write import estimated_bytes, write_film
from ccsd_app.export.stamp import Stamp
from ccsd_core.progress import drain

# imageio-ffmpeg leaves the pipes of a program that has ended to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")

YELLOW = (240, 228, 66)
VIDEOS = [FilmFormat.MP4, FilmFormat.WEBM]


@pytest.fixture
def film(full_state) -> FilmPictures:
    """Twelve pictures in which a yellow square moves over noise."""
    stamp = Stamp.of(full_state)
    noise = np.random.default_rng(0).integers(0, 120, (12, 16, 3), dtype=np.uint8)
    background = noise.repeat(8, axis=0).repeat(8, axis=1)
    pictures = []
    for index in range(12):
        picture = background.copy()
        picture[30:60, 8 * index : 8 * index + 30] = YELLOW
        pictures.append(picture)
    labels = [f"step {index}" for index in range(12)]
    return FilmPictures("A walk", pictures, labels, [stamp] * 12, stamp, about="twelve steps")


def decoded(path) -> tuple[dict, np.ndarray]:
    frames = imageio_ffmpeg.read_frames(path)
    about = next(frames)
    width, height = about["size"]
    return about, np.stack([np.frombuffer(f, np.uint8).reshape(height, width, 3) for f in frames])


@pytest.mark.parametrize("form", VIDEOS, ids=lambda form: form.value)
def test_a_video_decodes_to_every_frame_at_its_size_and_length(film, form, tmp_path):
    settings = FilmSettings(form, seconds=0.2, rate=10, size=(127, 95))
    path = tmp_path / f"walk.{form.value}"

    assert drain(write_film(film, settings, path)) == (path,)

    about, frames = decoded(path)
    assert about["size"] == settings.frame_size == (128, 96)
    assert about["fps"] == 10
    assert len(frames) == settings.frames(12) == 24
    assert about["duration"] == pytest.approx(settings.length_s(12)) == 2.4
    changes = np.abs(np.diff(frames.astype(int), axis=0)).mean(axis=(1, 2, 3))
    assert (changes[1::2] > 4 * changes[::2].max()).all()  # each picture is two frames long
    for index in (0, 11):
        at = frames[2 * index][45, 8 * index + 15].astype(int)
        assert np.abs(at - YELLOW).max() < 16  # a region keeps its colour
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name]


@pytest.mark.parametrize("form", VIDEOS, ids=lambda form: form.value)
def test_a_video_names_its_input_its_model_and_no_path(film, form, tmp_path):
    path = tmp_path / f"walk.{form.value}"
    settings = FilmSettings(form, seconds=0.1, rate=10, size=(128, 96))
    drain(write_film(film.first(2), settings, path))

    content = path.read_bytes()

    for words in (*film.stamp.lines, "A walk", "twelve steps", "not for diagnosis"):
        assert words.encode() in content
    assert str(tmp_path).encode() not in content


def test_slides_are_numbered_pictures_with_an_index(film, tmp_path):
    settings = FilmSettings(FilmFormat.SLIDES, seconds=2, rate=5, size=(128, 96))
    folder = tmp_path / "slides"

    paths = drain(write_film(film, settings, folder))

    names = [f"{number:04}.png" for number in range(1, 13)]
    assert [path.name for path in paths] == [*names, "index.txt"]
    for name, picture, label in zip(names, film.pictures, film.labels, strict=True):
        with Image.open(folder / name) as image:
            assert (np.asarray(image) == picture).all()
            assert image.text["label"] == label
            assert "not for diagnosis" in image.text["disclaimer"]
    index = (folder / "index.txt").read_text(encoding="utf-8")
    assert "0003.png  step 2" in index
    assert film.comment in index


def test_slides_never_lie_among_those_of_another_film(tmp_path):
    assert new_folder(tmp_path / "slides") == tmp_path / "slides"
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides-2").mkdir()
    assert new_folder(tmp_path / "slides") == tmp_path / "slides-3"


@pytest.mark.parametrize("form", FilmFormat, ids=lambda form: form.name)
def test_the_estimated_size_is_near_that_of_the_file(film, form, tmp_path):
    settings = FilmSettings(form, seconds=0.2, rate=10, size=(128, 96))
    told = drain(estimated_bytes(film.first(4), settings, 12))

    paths = drain(write_film(film, settings, tmp_path / "film" / f"a.{form.value}"))

    written = sum(path.stat().st_size for path in paths)
    assert written / 2 < told < 2 * written


@pytest.mark.parametrize("form", FilmFormat, ids=lambda form: form.name)
def test_the_size_of_a_short_film_is_stated_exactly(film, form, tmp_path):
    settings = FilmSettings(form, seconds=2.0, rate=5, size=(128, 96))
    told = drain(estimated_bytes(film.first(4), settings, 4))

    paths = drain(write_film(film.first(4), settings, tmp_path / "film" / f"a.{form.value}"))

    assert told == sum(path.stat().st_size for path in paths)


def test_without_the_package_a_video_says_what_to_install_and_the_others_are_written(
    film, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    settings = FilmSettings(FilmFormat.MP4, seconds=0.1, rate=10, size=(128, 96))

    assert why_not(settings, 12) == MISSING
    assert "pip install 'ccsd[film]'" in MISSING
    with pytest.raises(ExportError, match="not installed"):
        drain(write_film(film, settings, tmp_path / "a.mp4"))

    for form in (FilmFormat.GIF, FilmFormat.SLIDES):
        other = replace(settings, form=form)
        assert why_not(other, 12) == ""
        assert drain(write_film(film, other, tmp_path / form.value / "a"))
    assert {path.name for path in tmp_path.iterdir()} == {"gif", "png"}


@pytest.mark.parametrize("form", FilmFormat, ids=lambda form: form.name)
def test_a_cancelled_film_leaves_nothing(film, form, tmp_path):
    settings = FilmSettings(form, seconds=0.1, rate=10, size=(128, 96))
    steps = write_film(film, settings, tmp_path / f"a.{form.value}")
    for _ in range(4):
        next(steps)

    steps.close()

    assert list(tmp_path.rglob("*")) == []


def test_a_video_that_ffmpeg_refuses_is_an_error_and_no_file(film, tmp_path, monkeypatch):
    from ccsd_app.export.film import video

    monkeypatch.setitem(video.QUALITY, FilmFormat.MP4, ["-no-such-option", "1"])
    settings = FilmSettings(FilmFormat.MP4, seconds=0.1, rate=10, size=(128, 96))

    with pytest.raises(ExportError, match=r"ffmpeg could not write a\.mp4"):
        drain(write_film(film, settings, tmp_path / "a.mp4"))
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_another_shape_gets_a_border_and_is_never_cut_or_enlarged():
    picture = np.full((50, 100, 3), 200, np.uint8)

    small, wide = fitted(picture, (50, 50)), fitted(picture, (200, 60))

    assert small.shape == (50, 50, 3)
    assert (small[13:37] == 200).all()
    assert (small[:12] == BORDER).all()
    assert (wide[5:55, 50:150] == picture).all()
    assert (wide[:, :50] == BORDER).all()
    low, high = of_one_size([picture[:30], picture])
    assert low.shape == high.shape
    assert (low[:30] == 200).all()  # views stay where they are, only the caption grows


def test_a_time_shorter_than_a_frame_is_refused_with_the_way_out():
    settings = FilmSettings(FilmFormat.WEBM, seconds=0.02, rate=10, size=(128, 96))
    assert "choose more frames or a longer time" in why_not(settings, 3)
    assert why_not(replace(settings, form=FilmFormat.GIF), 3) == ""


def test_more_pictures_than_memory_holds_are_refused():
    settings = FilmSettings(FilmFormat.GIF, seconds=1, rate=10, size=(3840, 2160))
    assert "choose fewer pictures or a smaller size" in why_not(settings, 100)
    assert length_text(settings, 1) == "1 picture · 1 s · 3840 × 2160 pixels"
