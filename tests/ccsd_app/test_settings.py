"""Preferences: remembered, and never in the way."""

from pathlib import Path

import pytest

from ccsd_app.settings import RECENT_LIMIT, Settings, load_settings, save_settings, settings_path


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "config" / "settings.json"
    monkeypatch.setenv("CCSD_SETTINGS", str(path))
    return path


def test_what_is_saved_is_read_back():
    settings = Settings(radiological=False, disclaimer_seen=True).with_recent(Path("a/case"))

    save_settings(settings)

    assert load_settings() == settings


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"radiological": "sideways"}'], ids=repr)
def test_a_missing_or_damaged_file_gives_the_defaults(file, content):
    if content is not None:
        file.parent.mkdir()
        file.write_text(content)

    assert load_settings() == Settings()


def test_what_a_newer_version_wrote_is_passed_over(file):
    file.parent.mkdir()
    file.write_text('{"radiological": false, "a_new_wish": 3}')

    assert load_settings().radiological is False


def test_a_case_opened_again_moves_to_the_front_and_is_there_once():
    settings = Settings()
    for name in ("a", "b", "a"):
        settings = settings.with_recent(Path(name))

    assert settings.recent_cases == (Path("a"), Path("b"))


def test_the_list_of_recent_cases_stays_short():
    settings = Settings()
    for index in range(RECENT_LIMIT + 5):
        settings = settings.with_recent(Path(str(index)))

    assert len(settings.recent_cases) == RECENT_LIMIT
    assert settings.recent_cases[0] == Path(str(RECENT_LIMIT + 4))


def test_without_a_choice_the_platform_tells_the_place(monkeypatch):
    monkeypatch.delenv("CCSD_SETTINGS")

    assert settings_path().name == "settings.json"
    assert "ccsd" in settings_path().parts
