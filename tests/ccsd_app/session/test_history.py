"""`History`: laws of undo and redo, and what counts as one step."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccsd_app.session.changes import NAMES, changed_choices
from ccsd_app.session.display import ColourScheme, Cut, Layer, MousePreset, OverlayStyle
from ccsd_app.session.history import LIMIT, MERGE_WITHIN_S, PLAYED, History
from ccsd_app.session.measurement import MeasureKind, Measurement
from ccsd_app.session.preparation import Stage
from ccsd_app.session.removal import PathKind
from ccsd_app.session.scan_minutes import with_minutes
from ccsd_app.session.state import ModelInfo, ModelResults
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

FULL = ModalitySubset.full()
NO_T1C = FULL.toggled(Modality.T1C)
SECOND = ModelInfo("second", "f" * 64, "cpu", frozenset())

INTENTS = {
    "withhold T1c": lambda s: s.toggled(Modality.T1C),
    "degrade T1c: noise 9 %": lambda s: s.degrading(
        s.degradations.with_severity(Modality.T1C, "noise", 2.5)
    ),
    "use T2": lambda s: s.using(ModalitySubset.parse("T2")),
    "hide ET": lambda s: s.showing(Region.ET, visible=Region.ET not in s.visible),
    "draw outlines": lambda s: replace(s, overlay=OverlayStyle.OUTLINE),
    "hide the overlay": lambda s: replace(s, show_overlay=not s.show_overlay),
    "overlay opacity 80 %": lambda s: s.with_opacity(0.8),
    "show expert outlines": lambda s: replace(s, show_reference=not s.show_reference),
    "show difference": lambda s: s.with_layer(Layer.DIFFERENCE),
    "region TC": lambda s: replace(s, region=Region.TC),
    "compare with T1": lambda s: s.comparing(ModalitySubset.parse("T1")),
    "compare with model second ffffffff": lambda s: replace(
        s, other_models=(ModelResults(SECOND, {}, s.case.grid),)
    ).comparing_model(SECOND.sha256),
    "compare with the expert labels": lambda s: replace(s, against_reference=True),
    "compare side by side": lambda s: replace(s, side_by_side=not s.side_by_side),
    "T2 as background": lambda s: s.with_background(Modality.T2),
    "colours: ITK-SNAP": lambda s: replace(s, colours=ColourScheme.ITK_SNAP),
    "mouse: PACS": lambda s: replace(s, mouse=MousePreset.PACS),
    "hide the crosshair": lambda s: replace(s, show_crosshair=not s.show_crosshair),
    "neurological display": lambda s: replace(s, radiological=not s.radiological),
    "do not prepare raw cases": lambda s: replace(s, prepare=not s.prepare),
    "change the scan minutes": lambda s: replace(
        s, scan_minutes=with_minutes(s.scan_minutes, Modality.T1, 7.5)
    ),
    "window and level": lambda s: replace(s, windows={Modality.T1: (1.0, 9.0)}),
    "change what the 3-D view shows": lambda s: replace(s, view3d=replace(s.view3d, cut=Cut.AXIAL)),
    "removal order: random order": lambda s: replace(
        s, removal=replace(s.removal, kind=PathKind.RANDOM)
    ),
    "measure: distance": lambda s: replace(
        s, measurements=(Measurement(MeasureKind.DISTANCE, 2, ((0, 0, 0), (1, 1, 1))),)
    ),
    "add a bookmark": lambda s: replace(s, bookmarks=(*s.bookmarks, s.bookmark("here"))),
    "move the crosshair": lambda s: s.with_cursor((1, 2, 3)),
}


def choices(state):
    return {name: getattr(state, name) for name in NAMES}


def test_every_choice_is_named_undone_and_redone_with_all_results_left(full_state):
    undone_fields = set()
    for name, intent in INTENTS.items():
        after = intent(full_state)

        history = History().recorded(full_state, after, now_s=0.0)
        assert history.undo_name == name
        history, back = history.undone(after)
        assert choices(back) == choices(full_state), name
        assert (history.undo_name, history.redo_name) == ("", name)
        history, again = history.redone(back)
        assert choices(again) == choices(after), name
        assert again.results is full_state.results
        assert again.shown == again.used
        undone_fields |= set(changed_choices(full_state, after))

    assert undone_fields == set(NAMES) - {"on_scanned"}


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.sampled_from(sorted(INTENTS)), max_size=12), undone=st.integers(0, 12))
def test_undoing_all_leads_to_the_start_and_redoing_all_to_the_end(full_state, names, undone):
    history, state = History(), full_state
    for at, name in enumerate(names):
        after = INTENTS[name](state)
        history = history.recorded(state, after, now_s=at * 10.0)
        state = after
    end = choices(state)

    for _ in range(len(history.past)):
        history, state = history.undone(state)
    assert choices(state) == choices(full_state)
    assert history.undone(state) == (history, state)
    for _ in range(len(history.future)):
        history, state = history.redone(state)
    assert choices(state) == end


def test_what_arrives_by_itself_is_no_step_and_survives_an_undo(phantom_state, fake_results):
    withheld = phantom_state.toggled(Modality.T1C)
    history = History().recorded(phantom_state, withheld, now_s=0.0)

    arrived = withheld.with_result(fake_results(NO_T1C)).with_cursor((1, 1, 1))
    message = arrived.with_problem("memory ran short")
    history = history.recorded(withheld, arrived, now_s=9.0).recorded(arrived, message, now_s=9.0)

    assert [step.name for step in history.past] == ["withhold T1c"]
    _, back = history.undone(message)
    assert back.results == message.results
    assert back.problem == message.problem
    assert back.cursor_voxel == (1, 1, 1)


def test_scrolling_without_a_pause_is_one_step(full_state):
    history, state = History(), full_state
    for z in range(5):
        after = state.with_cursor((1, 1, z))
        history = history.recorded(state, after, now_s=z * MERGE_WITHIN_S / 2)
        state = after
    assert len(history.past) == 1
    _, back = history.undone(state)
    assert back.cursor_voxel == full_state.cursor_voxel

    later = state.with_cursor((2, 2, 2))
    assert len(history.recorded(state, later, now_s=1e3).past) == 2


def test_looking_around_after_an_undo_does_not_lose_what_can_be_redone(full_state):
    after = full_state.toggled(Modality.T1C)
    history, state = History().recorded(full_state, after, now_s=0.0).undone(after)

    elsewhere = state.with_cursor((1, 1, 1))
    history = history.recorded(state, elsewhere, now_s=9.0)
    assert history.redo_name == "withhold T1c"
    other = elsewhere.toggled(Modality.T2)
    assert history.recorded(elsewhere, other, now_s=20.0).redo_name == ""


def test_a_cancelled_selection_is_no_step(phantom_state, fake_results):
    start = phantom_state.with_result(fake_results(FULL))
    once = start.toggled(Modality.T1C)
    twice = once.toggled(Modality.T2)
    history = History().recorded(start, once, now_s=0.0).recorded(once, twice, now_s=9.0)
    assert len(history.past) == 2

    assert history.recorded(twice, twice.reverted(), now_s=20.0).past == ()


def test_a_played_removal_is_one_step(full_state):
    history, state = History(), full_state
    for sequence in (Modality.T1, Modality.T2, Modality.FLAIR):
        after = state.toggled(sequence)
        history = history.recorded(state, after, now_s=100.0 * sequence, playing=True)
        state = after

    assert [step.name for step in history.past] == [PLAYED]
    assert history.undone(state)[1].used == FULL


def test_another_case_begins_anew_and_prepared_images_keep_what_is_not_of_the_grid(
    full_state, fake_worker
):
    moved = full_state.with_cursor((1, 1, 1))
    after = moved.toggled(Modality.T1C)
    history = History().recorded(full_state, moved, now_s=0.0).recorded(moved, after, now_s=9.0)

    other = after.opened(fake_worker.phantom("other", FULL))
    assert history.recorded(after, other, now_s=20.0) == History()
    same = fake_worker.phantom("phantom", FULL)
    prepared = replace(after.with_images(same), stage=Stage.DONE)
    kept = history.recorded(after, prepared, now_s=20.0)
    assert [step.name for step in kept.past] == ["withhold T1c"]


@pytest.mark.parametrize("count", [LIMIT + 30])
def test_only_the_latest_steps_are_kept(full_state, count):
    history, state = History(), full_state
    for at in range(count):
        after = replace(state, show_overlay=not state.show_overlay)
        history = history.recorded(state, after, now_s=float(at))
        state = after
    assert len(history.past) == LIMIT
