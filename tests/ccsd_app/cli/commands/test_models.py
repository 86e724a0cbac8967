"""`ccsd-app models`: what the weights are."""

import pytest

from ccsd_core.storage.models import bundled as bundled
from ccsd_core.storage.models.manifest import Manifest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(bundled, "resource", lambda *parts: tmp_path)
    return tmp_path


def put(folder, name, **fields):
    (folder / name).mkdir()
    (folder / name / "model.safetensors").write_bytes(b"")
    (folder / name / "manifest.json").write_text(Manifest(name=name, **fields).text())
    (folder / name / "CARD.md").write_text(f"# {name}\n\nTrained with care.\n")


def test_every_model_is_listed_with_hash_licence_training_and_scores(command, folder):
    put(folder, "light", sha256="a" * 64, licence="CC BY 4.0", training_cases=("a", "b", "c"),
        scores={"WT": 0.8, "ET": 0.5})  # fmt: skip

    result = command("models")

    assert result.code == 0
    for words in ("light", "a" * 64, "CC BY 4.0", "3 cases", "WT 0.800", "ET 0.500"):
        assert words in result.out


def test_a_model_without_scores_is_not_given_any(command, folder):
    put(folder, "light", sha256="a" * 64)

    result = command("models")

    assert "none recorded" in result.out


def test_a_name_prints_the_whole_card(command, folder):
    put(folder, "light", sha256="a" * 64)

    result = command("models", "light")

    assert result.out == "# light\n\nTrained with care.\n"


def test_an_unknown_name_is_code_2(command, folder):
    put(folder, "light", sha256="a" * 64)

    result = command("models", "heavy")

    assert result.code == 2
    assert "light" in result.err


def test_no_model_at_all_is_a_failure(command, folder):
    result = command("models")

    assert result.code == 1
    assert len(result.error_lines) == 1
