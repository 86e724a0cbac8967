"""A session's file: what is noted comes back, and what is none is refused with a reason."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccsd_app.engine.opening import Opening
from ccsd_app.engine.session_file import differences, opening_of, saved_session
from ccsd_app.session.changes import NAMES
from ccsd_app.session.display import ColourScheme, Cut, Layer, OverlayStyle
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.removal import PathKind
from ccsd_app.session.saved_session import SavedArrangement, SavedSession, SessionFileError
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import BRATS2021, Region
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.storage.cases.overrides import Channel, LabelFile
from ccsd_core.storage.demo import demo_case

PERSONAL = {"radiological", "mouse", "prepare", "scan_minutes", "on_scanned"}
"""Choices that a session does not carry: a person's preferences, and what a raw case alone has."""


def changed(state):
    state = (
        state.using(ModalitySubset.parse("T1+T2"))
        .with_background(Modality.T2)
        .with_cursor((3, 4, 5))
    )
    state = replace(
        state,
        visible=frozenset({Region.TC}),
        overlay=OverlayStyle.OUTLINE,
        show_overlay=False,
        opacity=0.3,
        show_reference=True,
        layer=Layer.DIFFERENCE,
        region=Region.ET,
        compared=ModalitySubset.parse("T1c"),
        side_by_side=True,
        colours=ColourScheme.BRATS,
        show_crosshair=False,
        view3d=replace(state.view3d, brain=False, cut=Cut.CORONAL),
        windows={Modality.T1: (1.0, 9.0)},
        removal=replace(state.removal, kind=PathKind.RANDOM, seed=4, speed=2.0, loop=True),
        guess=replace(state.guess, on=True, revealed=frozenset({ModalitySubset.parse("T2")})),
        degradations=Degradations.parse(["T1c:dose=5", "FLAIR:noise=2.5"]),
    )
    clean = replace(state, degradations=Degradations())
    ellipse = Measurement(MeasureKind.ELLIPSE, 1, ((1.5, 2, 3), (4, 2, 6.25)), on_scanned=True)
    ends = ((0, 0, 1), (3, 4, 1), (1, 1, 1), (2, 0.5, 1))
    pair = ModalitySubset.parse("T1+T2")
    diameters = Measurement(MeasureKind.DIAMETERS, 2, ends, Region.ET, pair)
    return replace(
        state,
        bookmarks=(state.bookmark("necrosis, not edema"), clean.bookmark("as it is")),
        measurements=(ellipse, diameters),
    )


def note(state, path="/data/case", files=None, folder=None):
    return saved_session(
        state,
        Opening(Path(path), files),
        contents={"T1": "ab"},
        arrangement=SavedArrangement(large="axial", viewports={"axial": (2.0, 1.0, -3.0)}, tab=2),
        folder=folder,
    )


def test_everything_shown_and_decided_comes_back(full_state, fake_worker):
    state = changed(full_state)

    text = note(state).model_dump_json()
    saved = SavedSession.parse(text, name="s.json")
    opened = full_state.opened(fake_worker.phantom("again", ModalitySubset.full()))
    back = saved.arranged(opened)

    # the comparison with another model is restored once that is found: see test_saved_models
    for name in set(NAMES) - PERSONAL - {"compared_model"}:
        assert getattr(back, name) == getattr(state, name), name
        assert getattr(back, name) != getattr(opened, name) or name == "against_reference", name
    assert back.bookmarks == state.bookmarks
    assert (back.guess.on, back.guess.revealed) == (True, state.guess.revealed)
    assert saved.arrangement.tab == 2
    assert "phantom" not in text  # the name of the case, which may be the patient's


def test_a_file_of_the_first_version_opens_without_measurements(full_state):
    state = changed(full_state)
    tree = json.loads(note(state).model_dump_json())
    assert tree["version"] == 5
    del tree["measurements"]
    old = SavedSession.parse(json.dumps({**tree, "version": 1}), name="old.json")
    back = old.arranged(full_state)
    assert (back.measurements, back.bookmarks) == ((), state.bookmarks)


def test_a_file_of_the_first_version_opens_undegraded(full_state, fake_worker):
    tree = json.loads(note(changed(full_state)).model_dump_json())
    assert tree["version"] == 5
    tree["version"] = 1
    del tree["view"]["degradations"]

    saved = SavedSession.parse(json.dumps(tree), name="old.json")
    opened = full_state.opened(fake_worker.phantom("again", ModalitySubset.full()))

    assert not saved.arranged(opened).degradations
    assert saved.arranged(opened).layer is Layer.DIFFERENCE


def test_bookmarks_of_a_file_of_version_3_show_the_images_as_they_are(full_state):
    tree = json.loads(note(changed(full_state)).model_dump_json())
    tree["version"] = 3
    for mark in tree["bookmarks"]:
        del mark["degradations"]

    saved = SavedSession.parse(json.dumps(tree), name="old.json")

    assert [bool(mark.restored.degradations) for mark in saved.bookmarks] == [False, False]
    assert saved.arranged(full_state).degradations


@pytest.mark.parametrize("place", ["view", "bookmark"])
def test_a_file_with_a_degradation_that_is_none_is_refused(full_state, place):
    tree = json.loads(note(changed(full_state)).model_dump_json())
    where = tree["view"] if place == "view" else tree["bookmarks"][0]
    where["degradations"] = ["T1c:fog=3"]
    with pytest.raises(SessionFileError, match="fog"):
        SavedSession.parse(json.dumps(tree), name="s.json")


def test_the_choice_of_files_and_of_the_preparation_comes_back(full_state, tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("a.nii", "b.nii", "seg.nii"):
        (folder / name).touch()
    files = {
        Modality.T1: folder / "a.nii",
        Modality.T2: Channel(folder / "b.nii", 2),
        Modality.T1C: None,
        "labels": LabelFile(folder / "seg.nii", BRATS2021),
    }
    session_folder = tmp_path / "sessions"

    saved = note(full_state, folder, files, session_folder)
    moved = SavedSession.parse(saved.model_dump_json(), name="s")

    assert saved.case.path == "../case"
    assert str(tmp_path) not in saved.model_dump_json()
    opening = opening_of(moved, session_folder)
    assert (opening.path, dict(opening.files)) == (folder, files)
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    again = opening_of(moved, session_folder, case=elsewhere)
    assert again.files[Modality.T1] == elsewhere / "a.nii"
    (elsewhere / "a.nii").unlink()
    assert opening_of(moved, session_folder, case=elsewhere).not_found.keys() == {Modality.T1}


def test_adjustments_of_the_preparation_come_back(full_state):
    message = Adjustments(
        Modality.T2,
        frozenset({Step.BIAS}),
        {Modality.T1: Nudge((0.0, 2.0, 0.0), (0.0, 0.0, 1.5))},
        -2.0,
        bias=True,
    )

    class Made:
        adjustments = message

    saved = note(replace(full_state, preparation=Made()))
    again = SavedSession.parse(saved.model_dump_json(), name="s")

    assert again.case.preparation.adjustments == message
    assert again.case.prepared


def test_the_demo_case_is_found_on_every_machine(full_state):
    saved = note(full_state, demo_case(), folder=Path("/somewhere"))

    assert saved.case.bundled
    assert saved.case.path == ""
    assert opening_of(saved, Path("/elsewhere")).path == demo_case()


def test_what_is_no_session_is_refused_with_the_place_and_the_way_out(full_state):
    whole = json.loads(note(full_state).model_dump_json())
    view = whole["view"]
    bad = {
        "not JSON": "{",
        "a list": "[]",
        "format": {**whole, "format": "other"},
        "format 9": {**whole, "version": 9},
        "case": {k: v for k, v in whole.items() if k != "case"},
        "surprise": {**whole, "surprise": 1},
        "view": {**whole, "view": {**view, "layer": "UNKNOWN"}},
        "view.used": {**whole, "view": {**view, "used": 5}},
        "view.opacity": {**whole, "view": {**view, "opacity": 7}},
        "view.cursor_voxel": {**whole, "view": {**view, "cursor_voxel": [1, 2]}},
    }
    for where, content in bad.items():
        text = content if isinstance(content, str) else json.dumps(content)
        with pytest.raises(SessionFileError, match=r"^mine\.json .*: \w+ ") as caught:
            SavedSession.parse(text, name="mine.json")
        assert where in str(caught.value) or isinstance(content, str)


def test_other_images_are_reported_by_the_names_of_their_sequences():
    saved = {"T1": "a", "T1C": "b", "labels": "c"}

    assert differences(saved, dict(saved)) == ()
    assert differences(saved, {"T1": "a", "T1C": "x", "T2": "d"}) == ("T1c", "T2", "expert labels")
