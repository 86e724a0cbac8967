"""The models of a session file: how they are written, and how they are found again.

loaded model, models to compare with ──▶ SavedModel … ──▶ file
SavedModel ──▶ a model with the same hash: at its path, bundled, or in the user's list
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from ccsd_app.engine.background_cache import model_info
from ccsd_app.session.saved_session import SavedModel, SavedSession, read_path, written_path
from ccsd_app.session.state import ModelInfo, ModelResults, State
from ccsd_app.settings import load_settings
from ccsd_core.errors import CcsdError
from ccsd_core.storage.models.bundled import bundled_models

Describe = Callable[[str | None], ModelInfo]


def saved_model(info: ModelInfo, source: str | None, folder: Path | None) -> SavedModel:
    """A model as it is written.

    Args:
        info: The model.
        source: What `find_model` accepts.
        folder: The folder of the session's file; None for absolute paths.
    """
    path = Path(source) if source is not None else None
    is_file = path is not None and path.exists()
    written = written_path(path, folder) if path is not None and is_file else ""
    return SavedModel(name=info.name, sha256=info.sha256, path=written)


def with_saved_models(
    state: State, saved: SavedSession, folder: Path | None, describe: Describe = model_info
) -> State:
    """The state that can compare with the models of a session.

    Models are found by their hash. If the loaded model is the one that was compared, the other side
    is compared now. A message names a compared model that is not found.

    Args:
        state: The state with the images that the session showed.
        saved: The session.
        folder: The folder of its file.
        describe: Describes a model.
    """
    if state.case is None or not saved.compared_model:
        return state
    found: list[ModelResults] = []
    grid = state.case.grid
    for model in saved.models:
        known = _found(model, folder, describe)
        if known is not None:
            source, info = known
            found.append(ModelResults(info, {}, grid, source))
        elif model.sha256 == saved.compared_model:
            state = state.with_problem(
                f"The session compares with the model {model.label}, which is not found: add it "
                "under Models…, and open the session again"
            )
    hashes = [m.model.sha256 for m in found]
    compared = saved.compared_model if saved.compared_model in hashes else ""
    return state.with_other_models(tuple(reversed(found)), compared)


def _found(
    model: SavedModel, folder: Path | None, describe: Describe
) -> tuple[str | None, ModelInfo] | None:
    """A model with the hash of the saved one; None if there is none."""
    for source in _places(model, folder):
        try:
            info = describe(source)
        except CcsdError:
            continue
        if info.sha256 == model.sha256:
            return source, info
    return None


def _places(model: SavedModel, folder: Path | None) -> Iterable[str | None]:
    if model.path:
        yield str(read_path(model.path, folder))
    yield None
    yield from (one.name for one in bundled_models())
    yield from map(str, load_settings().models)
