"""Preferences: remembered, and never in the way."""

from pathlib import Path

import pytest

from ccsd_app.settings import (
    RECENT_LIMIT,
    RecentCase,
    Settings,
    load_settings,
    save_settings,
    settings_path,
)
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2023
from ccsd_core.storage.cases.overrides import Channel, LabelFile


def case(name: str) -> RecentCase:
    return RecentCase(path=Path(name))


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "config" / "settings.json"
    monkeypatch.setenv("CCSD_SETTINGS", str(path))
    return path


def test_what_is_saved_is_read_back():
    settings = Settings(radiological=False, tour_offered=True).with_recent(case("a/case"))

    save_settings(settings)

    assert load_settings() == settings


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"radiological": "sideways"}'], ids=repr)
def test_a_missing_or_damaged_file_gives_the_defaults(file, content):
    if content is not None:
        file.parent.mkdir()
        file.write_text(content)

    assert load_settings() == Settings()


def test_what_a_newer_version_wrote_is_skipped(file):
    file.parent.mkdir()
    file.write_text('{"radiological": false, "a_new_wish": 3}')

    assert load_settings().radiological is False


@pytest.mark.parametrize("stated", [False, True], ids=["none", "stated"])
def test_a_case_is_remembered_with_the_overrides_of_its_files(tmp_path, stated):
    files = {
        Modality.T1: tmp_path / "a.nii",
        Modality.T2: Channel(tmp_path / "b.nii", 3),
        Modality.FLAIR: None,
        "labels": LabelFile(tmp_path / "c.nii", BRATS2023) if stated else None,
    }

    save_settings(Settings().with_recent(RecentCase.of(tmp_path, files)))

    (recent,) = load_settings().recent_cases
    assert (recent.path, recent.files) == (tmp_path, files)
    assert RecentCase.of(tmp_path, {}).files is None


def test_the_same_folder_with_other_files_is_another_case(tmp_path):
    plain = RecentCase.of(tmp_path, None)
    corrected = RecentCase.of(tmp_path, {Modality.T1: None})

    settings = Settings().with_recent(plain).with_recent(corrected)

    assert settings.recent_cases == (corrected, plain)


def test_a_folder_by_another_name_is_the_same_case(tmp_path):
    folder, link = tmp_path / "P1", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)

    settings = Settings().with_recent(RecentCase.of(folder, None))
    settings = settings.with_recent(RecentCase.of(link, None))

    assert settings.recent_cases == (RecentCase.of(link, None),)


def test_recent_cases_of_an_older_version_are_read(file):
    file.parent.mkdir()
    file.write_text('{"recent_cases": ["a", "b"]}')

    assert load_settings().recent_cases == (case("a"), case("b"))


def test_overrides_under_the_key_of_an_older_version_are_read(file):
    file.parent.mkdir()
    file.write_text('{"recent_cases": [{"path": "a", "said": [{"role": "T1", "path": "/x.nii"}]}]}')

    (recent,) = load_settings().recent_cases
    assert recent.files == {Modality.T1: Path("/x.nii")}


def test_a_case_opened_again_moves_to_the_front_and_is_there_once():
    settings = Settings()
    for name in ("a", "b", "a"):
        settings = settings.with_recent(case(name))

    assert settings.recent_cases == (case("a"), case("b"))


def test_the_list_of_recent_cases_stays_short():
    settings = Settings()
    for index in range(RECENT_LIMIT + 5):
        settings = settings.with_recent(case(str(index)))

    assert len(settings.recent_cases) == RECENT_LIMIT
    assert settings.recent_cases[0] == case(str(RECENT_LIMIT + 4))


def test_without_a_choice_the_platform_decides_the_place(monkeypatch):
    monkeypatch.delenv("CCSD_SETTINGS")

    assert settings_path().name == "settings.json"
    assert "ccsd" in settings_path().parts
