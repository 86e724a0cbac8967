"""From a running window to a session file, and from a session file to what is to be opened.

state, opening, contents ──▶ saved_session ──▶ SavedSession ──▶ file
file ──▶ SavedSession ──▶ opening_of ──▶ Opening ──▶ Engine.open(…, arrange=session.arranged)
"""

import os
from pathlib import Path

from ccsd_app.engine.contents import LABELS, Contents
from ccsd_app.engine.engine import Opening
from ccsd_app.session.preparation import Stage
from ccsd_app.session.saved_session import (
    SavedArrangement,
    SavedBookmark,
    SavedCase,
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
) -> SavedSession:
    """The session of a window with an open case.

    Args:
        state: The state of the window.
        opening: What the case was opened with.
        contents: Digests of its images on disk.
        arrangement: The arrangement of the views.
        folder: Folder of the file; paths are written relative to it. None writes absolute ones.
    """
    place = opening.path.absolute()
    source = None if folder is None else _study(place)
    overrides: dict[Role, Override | None] = {**(opening.files or {}), **opening.not_found}
    chosen = RecentCase.of(place, overrides).overrides
    if source is not None:  # its converted images are in a cache that other machines do not have
        chosen = ()
    files = tuple(_written(one, folder) for one in chosen)
    made = state.preparation
    left_out = state.stage is Stage.WITHOUT
    adjustments = Adjustments() if made is None else made.adjustments
    bundled = is_demo(place)
    model = state.model
    return SavedSession(
        program=VERSION,
        model="" if model is None else model.name,
        model_sha256="" if model is None else model.sha256,
        case=SavedCase(
            bundled=bundled,
            path="" if bundled else written_path(source or place, folder),
            files=files,
            contents=dict(contents),
            preparation=None if left_out else SavedPreparation.of(adjustments),
            prepared=made is not None,
        ),
        view=SavedView.of(state),
        arrangement=arrangement,
        bookmarks=tuple(map(SavedBookmark.of, state.bookmarks)),
    )


def opening_of(session: SavedSession, folder: Path | None, *, case: Path | None = None) -> Opening:
    """What a session opens; files that the user chose and that are gone are named by the case.

    Args:
        session: The session.
        folder: Folder of its file.
        case: Path of the case if it was moved, with its files.

    Raises:
        ResourceError: If it is about the demo case and this installation has none.
    """
    if session.case.bundled:
        return Opening(demo_case())
    saved_place = read_path(session.case.path, folder)
    place = case or saved_place
    overrides: dict[Role, Override | None] = {}
    for one in session.case.files:
        path = (
            None
            if one.path is None
            else _moved(read_path(str(one.path), folder), saved_place, place)
        )
        entry = RecentCase(path=place, overrides=(one.model_copy(update={"path": path}),))
        overrides.update(entry.files or {})
    gone: dict[Role, Override] = {
        role: part
        for role, part in overrides.items()
        if part is not None and not os.path.exists(file_of(part))  # noqa: PTH110
    }
    there: dict[Role, Override | None] = {
        role: part for role, part in overrides.items() if role not in gone
    }
    return Opening(place, there or None, gone)


def differences(saved: Contents, found: Contents) -> tuple[str, ...]:
    """The sequences (or `expert labels`) whose images have changed since a session was saved."""
    names = {modality.name: modality.label for modality in Modality} | {LABELS: "expert labels"}
    return tuple(
        label
        for key, label in names.items()
        if (key in saved or key in found) and saved.get(key) != found.get(key)
    )


def is_demo(path: Path) -> bool:
    """Whether a path is the bundled case, which every installation has."""
    try:
        return path == demo_case()
    except CcsdError:
        return False


def _written(one: FileOverride, folder: Path | None) -> FileOverride:
    path = None if one.path is None else Path(written_path(one.path, folder))
    return one.model_copy(update={"path": path})


def _study(place: Path) -> Path | None:
    """The DICOM study that a case was converted from; None for other cases."""
    try:
        record = read_record(place)
    except CcsdError:
        return None
    return None if record is None else record.source


def _moved(path: Path, saved_place: Path, place: Path) -> Path:
    """The path of a file of a case that was moved."""
    return place / path.relative_to(saved_place) if path.is_relative_to(saved_place) else path
