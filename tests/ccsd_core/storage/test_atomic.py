"""Where something is to be written is looked at before the work, not after it."""

import tempfile
from pathlib import Path

import pytest

from ccsd_core.data.synthetic import write_cases
from ccsd_core.errors import BadInputError
from ccsd_core.progress import drain
from ccsd_core.storage.atomic import check_place
from ccsd_core.training.run.run_folder import newest_snapshot


@pytest.fixture(params=["a file", "a link to nothing"])
def obstacle(request, tmp_path) -> Path:
    path = tmp_path / "here"
    if request.param == "a file":
        path.write_text("mine")
    else:
        path.symlink_to(tmp_path / "gone")
    return path


@pytest.mark.parametrize("deeper", ["x.nii.gz", "one/x.nii.gz", "one/two/x.nii.gz"])
def test_what_is_no_folder_is_named(obstacle, deeper):
    with pytest.raises(
        BadInputError, match=r"x\.nii\.gz cannot be created \(.*here is not a folder\)"
    ):
        check_place(obstacle / deeper)


@pytest.mark.parametrize("place", ["x.nii.gz", "new/x.nii.gz", "new/newer/x.nii.gz"])
def test_folders_that_are_there_or_can_be_made_are_no_obstacle(tmp_path, place, monkeypatch):
    check_place(tmp_path / place)
    monkeypatch.chdir(tmp_path)
    check_place(Path(place))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "work",
    [
        lambda out: drain(write_cases(out, count=1, seed=0, spacing_mm=8.0)),
        lambda out: newest_snapshot(out / "run", resume=False),
    ],
    ids=["synthetic cases", "a run of training"],
)
def test_long_work_is_not_begun_there(obstacle, work):
    with pytest.raises(BadInputError, match="not a folder"):
        work(obstacle)


def test_a_place_that_cannot_be_written_is_found_before_the_work(tmp_path, monkeypatch):
    def read_only(**_options):
        raise OSError(30, "Read-only file system")

    check_place(tmp_path / "new" / "a.nii")
    check_place(tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(tempfile, "TemporaryFile", read_only)

    with pytest.raises(BadInputError, match=r"cannot be written .Read-only file system."):
        check_place(tmp_path / "new" / "a.nii")
