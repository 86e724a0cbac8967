"""Makes a session file from the open window, and the case to open from a session file.

state, opening, contents ──▶ saved_session ──▶ SavedSession ──▶ file
file ──▶ SavedSession ──▶ opening_of ──▶ Opening ──▶ Engine.open(…, arrange=session.arranged)
"""

import os
from pathlib import Path

from ccsd_app.engine.contents import LABELS, Contents
from ccsd_app.engine.opening import Opening
from ccsd_app.engine.saved_models import saved_model
from ccsd_app.session.preparation import Stage
from ccsd_app.session.saved_session import (
    SavedArrangement,
    SavedBookmark,
    SavedCase,
    SavedMeasurement,
    SavedPreparation,
    SavedSession,
    SavedView,
    read_path,
    written_path,
)
from ccsd_app.session.state import State
from ccsd_app.settings import FileOverride, RecentCase
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CcsdError
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.storage.cases.overrides import Override, file_of
from ccsd_core.storage.demo import demo_case
from ccsd_core.storage.names.naming import Role
from ccsd_core.storage.studies.study_record import read_record
from ccsd_core.version import VERSION


def saved_session(
    state: State,
    opening: Opening,
    *,
    contents: Contents,
    arrangement: SavedArrangement,
    folder: Path | None = None,
    model_source: str | None = None,
) -> SavedSession:
    """The session of a window with an open case.

    Args:
        state: The state of the window.
        opening: What the case was opened with.
        contents: Digests of its images on disk.
        arrangement: The arrangement of the views.
        folder: Folder of the file; paths are written relative to it. None writes absolute ones.
        model_source: The loaded model as `find_model` accepts it.
    """
    case_path = opening.path.absolute()
    source = None if folder is None else _study(case_path)
    overrides: dict[Role, Override | None] = {**(opening.files or {}), **opening.not_found}
    chosen = RecentCase.of(case_path, overrides).overrides
    if source is not None:  # its images were converted into a cache of this machine
        chosen = ()
    files = tuple(_written(override, folder) for override in chosen)
    made = state.preparation
    unprepared = state.stage is Stage.WITHOUT
    adjustments = Adjustments() if made is None else made.adjustments
    bundled = is_demo(case_path)
    model = state.model
    return SavedSession(
        program=VERSION,
        model="" if model is None else model.name,
        model_sha256="" if model is None else model.sha256,
        model_path="" if model is None else saved_model(model, model_source, folder).path,
        other_models=tuple(saved_model(m.model, m.source, folder) for m in state.other_models),
        compared_model="" if state.other_model is None else state.other_model.model.sha256,
        case=SavedCase(
            bundled=bundled,
            path="" if bundled else written_path(source or case_path, folder),
            files=files,
            contents=dict(contents),
            preparation=None if unprepared else SavedPreparation.of(adjustments),
            prepared=made is not None,
        ),
        view=SavedView.of(state),
        arrangement=arrangement,
        bookmarks=tuple(map(SavedBookmark.of, state.bookmarks)),
        measurements=tuple(map(SavedMeasurement.of, state.measurements)),
    )


def opening_of(session: SavedSession, folder: Path | None, *, case: Path | None = None) -> Opening:
    """What a session opens; chosen files that no longer exist are in `not_found`.

    Args:
        session: The session.
        folder: Folder of its file.
        case: Path of the case if it was moved, with its files.

    Raises:
        ResourceError: If it is a session of the demo case and this installation has none.
    """
    if session.case.bundled:
        return Opening(demo_case())
    saved_path = read_path(session.case.path, folder)
    case_path = case or saved_path
    overrides: dict[Role, Override | None] = {}
    for override in session.case.files:
        path = (
            None
            if override.path is None
            else _moved(read_path(str(override.path), folder), saved_path, case_path)
        )
        entry = RecentCase(path=case_path, overrides=(override.model_copy(update={"path": path}),))
        overrides.update(entry.files or {})
    not_found: dict[Role, Override] = {
        role: part
        for role, part in overrides.items()
        if part is not None and not os.path.exists(file_of(part))  # noqa: PTH110
    }
    found: dict[Role, Override | None] = {
        role: part for role, part in overrides.items() if role not in not_found
    }
    return Opening(case_path, found or None, not_found)


def differences(saved: Contents, found: Contents) -> tuple[str, ...]:
    """The sequences (or `expert labels`) whose images have changed since a session was saved."""
    names = {modality.name: modality.label for modality in Modality} | {LABELS: "expert labels"}
    return tuple(
        label
        for key, label in names.items()
        if (key in saved or key in found) and saved.get(key) != found.get(key)
    )


def is_demo(path: Path) -> bool:
    """Whether a path is the bundled demo case."""
    try:
        return path == demo_case()
    except CcsdError:
        return False


def _written(override: FileOverride, folder: Path | None) -> FileOverride:
    path = None if override.path is None else Path(written_path(override.path, folder))
    return override.model_copy(update={"path": path})


def _study(case_path: Path) -> Path | None:
    """The DICOM study that a case was converted from; None for other cases."""
    try:
        record = read_record(case_path)
    except CcsdError:
        return None
    return None if record is None else record.source


def _moved(path: Path, saved_path: Path, case_path: Path) -> Path:
    """The path of a file of a case that was moved."""
    return case_path / path.relative_to(saved_path) if path.is_relative_to(saved_path) else path
