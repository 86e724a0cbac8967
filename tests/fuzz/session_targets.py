"""Session files: edited and damaged ones are opened as the window opens them, and saved again."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from ccsd_app.engine.opening import Opening
from ccsd_app.engine.session_file import differences, opening_of, saved_session
from ccsd_app.qt.sessions.session_files import read_session
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.saved_session import SavedArrangement, SavedSession
from ccsd_app.session.state import State
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.case import Case, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.volume import Volume
from tests.fuzz.edits import damaged, json_bytes
from tests.fuzz.target import Target

SHAPE = (6, 7, 8)


@cache
def opened() -> State:
    """A window with a small case."""
    volume = Volume(np.ones(SHAPE, np.float32), np.eye(4))
    case = Case("p", dict.fromkeys(Modality, volume), StoredGrid(SHAPE, np.eye(4)))
    return State().opened(case)


@cache
def session() -> dict[str, object]:
    """A session with something of everything."""
    state = replace(
        opened().using(ModalitySubset.parse("T1+T2")),
        degradations=Degradations.parse(["T1:noise=2.5"]),
        windows={Modality.T1: (1.0, 9.0)},
        measurements=(Measurement(MeasureKind.DISTANCE, 1, ((1, 2, 3), (4, 2, 6.25))),),
    )
    state = replace(state, bookmarks=(state.bookmark("here"),))
    files = {Modality.T1: Path("/a/t1.nii"), Modality.T2: None}
    arrangement = SavedArrangement(large="axial", viewports={"axial": (2.0, 1.0, -3.0)}, tab=2)
    saved = saved_session(
        state, Opening(Path("/a"), files), contents={"T1": "ab"}, arrangement=arrangement
    )
    return json.loads(saved.model_dump_json())


def open_session(data: bytes, folder: Path) -> None:
    path = folder / "lesson.ccsd-session.json"
    path.write_bytes(data)
    saved = read_session(path)
    opening = opening_of(saved, folder)
    opening_of(saved, folder, case=folder / "moved")
    differences(saved.case.contents, {"T1": "ab"})
    if saved.case.preparation is not None:
        assert saved.case.preparation.adjustments.as_json()
    state = saved.arranged(opened())
    assert state.case is not None
    assert state.used.issubset(state.case.available)
    assert all(0 <= v < n for v, n in zip(state.cursor_voxel, SHAPE, strict=True))
    for bookmark in state.bookmarks:
        assert state.at_bookmark(bookmark).used
    again = saved_session(state, opening, contents={}, arrangement=saved.arrangement, folder=folder)
    SavedSession.parse(again.model_dump_json(), name="again")


TARGETS = (
    Target(
        "sessions",
        st.deferred(
            lambda: st.one_of(json_bytes(session()), damaged(json.dumps(session()).encode("utf-8")))
        ),
        open_session,
    ),
)
