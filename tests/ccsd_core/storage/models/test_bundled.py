"""Bundled models: which there are, and which one is meant."""

import pytest

from ccsd_core.errors import CheckpointError
from ccsd_core.storage.models.bundled import bundled_model, bundled_models, default_model
from ccsd_core.storage.models.manifest import Manifest


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


def put(folder, name, *, card=""):
    model = folder / name
    model.mkdir(parents=True)
    (model / "model.safetensors").write_bytes(b"weights")
    (model / "manifest.json").write_text(Manifest(name=name, sha256="0" * 64).text())
    if card:
        (model / "CARD.md").write_text(card)
    return model


def test_models_are_listed_by_name_with_their_cards(folder):
    put(folder, "wide")
    put(folder, "light", card="# Light\n")

    listed = [(model.name, model.model_card) for model in bundled_models(folder)]

    assert listed == [("light", "# Light\n"), ("wide", "")]


def test_a_folder_without_weights_is_no_model(folder):
    put(folder, "light")
    (folder / "notes").mkdir()

    assert [m.name for m in bundled_models(folder)] == ["light"]


def test_the_only_model_is_the_default(folder):
    model = put(folder, "light")

    assert default_model(folder) == model / "model.safetensors"


def test_among_several_the_marker_names_the_default(folder):
    put(folder, "light")
    wide = put(folder, "wide")
    (folder / "default").write_text("wide\n")

    assert default_model(folder) == wide / "model.safetensors"


def test_several_models_without_a_marker_are_an_error_that_lists_them(folder):
    put(folder, "light")
    put(folder, "wide")

    with pytest.raises(CheckpointError, match="light, wide"):
        default_model(folder)


def test_no_model_at_all_says_what_to_do(folder):
    with pytest.raises(CheckpointError, match="--model"):
        default_model(folder)


def test_an_unknown_name_lists_what_there_is(folder):
    put(folder, "light")

    with pytest.raises(CheckpointError, match=r"'heavy'.*light"):
        bundled_model("heavy", folder)
