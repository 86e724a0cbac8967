"""Files appear all together or not at all."""

from pathlib import Path

import pytest

from ccsd_app.export import staging as module
from ccsd_app.export.staging import staged
from ccsd_core.errors import ResourceError


def everything(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_nothing_is_there_before_the_commit_and_everything_after(tmp_path):
    with staged(tmp_path) as staging:
        staging.path("a").write_text("1")
        staging.path("b").write_text("2")
        assert not (tmp_path / "a").exists()
        paths = staging.commit()

    assert paths == (tmp_path / "a", tmp_path / "b")
    assert everything(tmp_path) == {"a": "1", "b": "2"}


def write(folder: Path, *names: str, failing: Exception | None = None) -> None:
    with staged(folder) as staging:
        for name in names:
            staging.path(name).write_text("new")
        if failing is not None:
            raise failing
        staging.commit()


@pytest.mark.parametrize("made", [True, False], ids=["folder there", "folder made"])
def test_without_a_commit_nothing_stays_not_even_the_folder_that_was_made(tmp_path, made):
    folder = tmp_path / "new"
    if made:
        folder.mkdir()
        (folder / "a").write_text("old")

    with pytest.raises(ValueError, match="bug"):
        write(folder, "a", failing=ValueError("bug"))

    assert everything(tmp_path) == ({"new/a": "old"} if made else {})
    assert folder.exists() == made


def test_what_is_replaced_comes_back_when_a_later_file_cannot_be_put_in_place(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "b").mkdir()  # stands where a file should go

    with pytest.raises(ResourceError, match="b is a folder"):
        write(tmp_path, "a", "b")

    assert everything(tmp_path) == {"a": "old"}


def test_a_new_file_goes_again_when_a_later_one_cannot_be_put_in_place(tmp_path):
    (tmp_path / "b").mkdir()

    with pytest.raises(ResourceError):
        write(tmp_path, "a", "b")

    assert everything(tmp_path) == {}


def test_a_full_disk_is_our_own_error_that_names_the_folder_and_the_way_out(tmp_path):
    with pytest.raises(ResourceError) as caught:
        write(tmp_path, "a", failing=OSError(28, "No space left on device"))

    message = str(caught.value)
    assert str(tmp_path) in message
    assert "No space left" in message
    assert "choose another folder" in message
    assert module.PREFIX not in message


def test_a_folder_that_is_a_file_is_reported(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResourceError, match="choose another folder"):
        write(tmp_path / "file", "a")
