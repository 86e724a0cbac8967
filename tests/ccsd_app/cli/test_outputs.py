"""What options name for output: somebody else's file is refused before any work, and stays."""

import json

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from ccsd_app.cli.outputs import check_json, check_png, write_json
from ccsd_core.errors import BadInputError

THEIRS = {
    "text": b"two months of measurements",
    "number": b"7",
    "list": b'["a"]',
    "object": b'{"age": 61}',
    "of another program": b'{"software": "slicer 5.8"}',
    "not even text": bytes(range(256)),
}


def picture(path, **words: str) -> None:
    about = PngImagePlugin.PngInfo()
    for name, value in words.items():
        about.add_itxt(name, value)
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(path, "PNG", pnginfo=about)


def refusing_commands(path, case, model):
    return {
        "segment": ("segment", case, "-o", path.parent / "a.nii.gz", "--json", path),
        "segment a folder": ("segment", case.parent, "-o", path.parent / "out", "--json", path),
        "compare": ("compare", path.parent / "a", path.parent / "b", "--json", path),
        "bench": ("bench", case, "--model", model, "--json", path),
    }


@pytest.mark.parametrize("content", THEIRS.values(), ids=THEIRS)
@pytest.mark.parametrize("name", ["segment", "segment a folder", "compare", "bench"])
def test_no_command_overwrites_a_file_of_another_program(
    command, make_case, model, tmp_path, name, content
):
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    case = make_case()

    result = command(*refusing_commands(path, case, model)[name])

    assert result.code == 2
    assert "mine.json exists and was not written" in result.err
    assert path.read_bytes() == content
    assert not (tmp_path / "a.nii.gz").exists()


def test_numbers_of_before_are_written_over(command, make_case, model, tmp_path):
    case, numbers = make_case(), tmp_path / "a.json"
    line = ("segment", case, "-o", tmp_path / "a.nii.gz", "--json", numbers, "--model", model)
    assert command(*line).code == 0
    first = json.loads(numbers.read_text())
    numbers.write_text(json.dumps({**first, "volumes_ml": {}}))

    assert command(*line).code == 0

    assert json.loads(numbers.read_text()) == first


@pytest.mark.parametrize("name", ["numbers.txt", "numbers", "BraTS_flair.nii.gz"])
def test_numbers_go_into_json(tmp_path, name):
    with pytest.raises(BadInputError, match=r"must end in \.json"):
        check_json(tmp_path / name)


def test_a_folder_by_that_name_is_reported(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(BadInputError, match="is a folder"):
        check_json(tmp_path / "a.json")


def test_what_is_written_says_who_wrote_it(tmp_path):
    path = tmp_path / "new" / "a.json"
    write_json(path, {"a": 1})
    check_json(path)
    assert json.loads(path.read_text())["a"] == 1


def test_a_picture_is_written_over_only_where_it_is_ours(tmp_path):
    for name, words in (("ours", {"software": "ccsd 0.0.1"}), ("theirs", {}), ("x", {"a": "b"})):
        picture(tmp_path / f"{name}.png", **words)
    check_png(tmp_path / "ours.png")
    check_png(tmp_path / "new.png")
    for name in ("theirs", "x"):
        with pytest.raises(BadInputError, match="exists and was not written"):
            check_png(tmp_path / f"{name}.png")


@pytest.mark.parametrize("content", THEIRS.values(), ids=THEIRS)
def test_what_is_no_picture_counts_as_another_programs_file(command, tmp_path, content):
    path = tmp_path / "window.png"
    path.write_bytes(content)

    result = command("view", "--snapshot", path)

    assert result.code == 2
    assert "window.png exists and was not written" in result.err
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["window.png", "table.txt", "scores.csv"])
def test_the_demo_is_not_written_into_a_folder_with_files_of_that_name(command, tmp_path, name):
    (tmp_path / name).write_text("mine")

    result = command("demo", "-o", tmp_path)

    assert result.code == 2
    assert name in result.err
    assert (tmp_path / name).read_text() == "mine"
