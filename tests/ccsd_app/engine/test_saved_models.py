"""The models of a session: written with hash and place, found again, and told if they are not."""

from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_app.engine.opening import Opening
from ccsd_app.engine.saved_models import with_saved_models
from ccsd_app.engine.session_file import saved_session
from ccsd_app.session.saved_session import SavedArrangement, SavedSession
from ccsd_app.session.state import ModelInfo
from ccsd_app.settings import Settings
from ccsd_core.errors import CheckpointError

SECOND = ModelInfo("second", "f" * 64, "", frozenset())


@pytest.fixture
def place(tmp_path) -> Path:
    """The folder of the second model."""
    folder = tmp_path / "models" / "second"
    folder.mkdir(parents=True)
    return folder


def note(state, folder: Path, *, source: str | None = None) -> SavedSession:
    saved = saved_session(
        state,
        Opening(Path("/data/case")),
        contents={},
        arrangement=SavedArrangement(),
        folder=folder,
        model_source=source,
    )
    return SavedSession.parse(saved.model_dump_json(), name="s.json")


def describer(models: dict[str, ModelInfo]):
    def describe(source: str | None) -> ModelInfo:
        try:
            return models[str(source)]
        except KeyError:
            raise CheckpointError(f"no model {source}") from None

    return describe


def test_a_session_names_both_models_and_compares_them_again(full_state, tmp_path, place):
    state = full_state.comparing_with(SECOND, str(place))
    saved = note(state, tmp_path)
    assert [model.label for model in saved.models] == [full_state.model.label, SECOND.label]
    assert [model.path for model in saved.models] == ["", "models/second"]
    opened = replace(full_state, other_models=(), compared_model="")

    back = with_saved_models(opened, saved, tmp_path, describer({str(place): SECOND}))

    assert back.other_model.model == SECOND
    assert back.other_model.source == str(place)
    assert back.missing_of_other_model is not None
    assert back.problem == ""


def test_a_moved_model_is_found_by_its_hash_in_the_users_list(
    full_state, tmp_path, place, monkeypatch
):
    saved = note(full_state.comparing_with(SECOND, str(place)), tmp_path)
    monkeypatch.setattr(
        "ccsd_app.engine.saved_models.load_settings",
        lambda: Settings(models=(Path("/elsewhere"),)),
    )
    # where it was, another one lies by now
    models = {str(place): replace(SECOND, sha256="0" * 64), "/elsewhere": SECOND}

    back = with_saved_models(full_state, saved, tmp_path, describer(models))

    assert (back.other_model.source, back.problem) == ("/elsewhere", "")


def test_a_model_that_is_not_found_is_named(full_state, tmp_path, place):
    saved = note(full_state.comparing_with(SECOND, str(place)), tmp_path)

    back = with_saved_models(full_state, saved, tmp_path, describer({}))

    assert back.other_model is None
    assert "second ffffffff, which is not found" in back.problem


def test_where_the_compared_model_is_the_loaded_one_the_sides_are_exchanged(
    full_state, tmp_path, place
):
    saved = note(full_state.comparing_with(SECOND, str(place)), tmp_path)
    models = {str(place): SECOND, "None": full_state.model}
    loaded = replace(full_state, model=SECOND)

    back = with_saved_models(loaded, saved, tmp_path, describer(models))

    assert back.other_model.model == full_state.model


def test_a_session_without_a_comparison_of_models_restores_none(full_state, tmp_path):
    saved = note(full_state, tmp_path)
    assert with_saved_models(full_state, saved, tmp_path, describer({})) is full_state
