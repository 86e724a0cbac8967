"""What the tools of the 3-D view show and ask."""

from dataclasses import replace

import pytest

from ccsd_app.session.display import Cut, View3dSettings
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.reasons import NO_CASE
from ccsd_app.viewmodel.view3d.tools import View3dToolsModel, view3d_tools


@pytest.fixture
def session(marked_state):
    return Session(marked_state)


@pytest.fixture
def model(session):
    return View3dToolsModel(session)


def test_without_a_case_every_tool_is_disabled_and_says_so():
    tools = view3d_tools(State())
    for tool in (tools.rotation, tools.brain, tools.slices, tools.expert, tools.clipping):
        assert (tool.checked, tool.enabled, tool.hint) == (False, False, NO_CASE)


def test_without_labels_there_is_no_expert_to_show(marked_state):
    state = replace(marked_state, case=replace(marked_state.case, reference=None))
    expert = view3d_tools(replace(state, view3d=View3dSettings(expert=True))).expert
    assert (expert.checked, expert.enabled, expert.hint) == (
        False,
        False,
        "This case has no expert labels",
    )
    unread = replace(state, case=replace(state.case, not_opened=frozenset({None})))
    assert view3d_tools(unread).expert.hint == "The expert labels were not opened"
    assert view3d_tools(marked_state).expert.enabled


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (View3dToolsModel.toggle_brain, "brain"),
        (View3dToolsModel.toggle_slices, "slices"),
        (View3dToolsModel.toggle_expert, "expert"),
    ],
)
def test_each_switch_changes_its_own_setting_and_back(model, session, ask, field):
    before = session.state
    ask(model)
    asked = replace(before.view3d, **{field: not getattr(before.view3d, field)})
    assert session.state.view3d == asked
    ask(model)
    assert session.state.view3d == before.view3d


def test_the_next_clip_after_the_last_is_the_first(model, session):
    seen = []
    for _ in Cut:
        model.next_cut()
        seen.append(session.state.view3d.cut)
    assert seen == [Cut.AXIAL, Cut.SAGITTAL, Cut.CORONAL, Cut.NONE]


def test_a_clip_states_what_it_removes(model, session):
    model.set_cut(Cut.SAGITTAL)
    tools = model.shown.value
    assert tools.clipping.checked
    assert "removes the patient's left" in tools.clipping.hint


def test_reasons_from_the_view_disable_what_they_are_about(marked_state):
    tools = view3d_tools(marked_state).rotation_disabled("still")
    assert (tools.rotation.enabled, tools.rotation.hint) == (False, "still")
    assert tools.brain.enabled
    dark = tools.all_disabled("no driver")
    assert {t.hint for t in (dark.rotation, dark.brain, dark.expert, dark.clipping)} == {
        "no driver"
    }
    assert tools.rotation_disabled("").all_disabled("").brain.enabled


def test_the_crosshair_does_not_reach_the_tools(model, session):
    asked = []
    show = model.shown._show
    model.shown._show = lambda state: asked.append(state) or show(state)
    session.become(session.state.with_cursor((1, 2, 3)))
    assert not asked
    assert view3d_tools(session.state.with_cursor((3, 2, 1))) == model.shown.value
