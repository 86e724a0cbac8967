"""What a panel looks at, and what it is left alone by."""

from dataclasses import fields, replace
from functools import partial

import pytest

from ccsd_app.session.guess import Guess
from ccsd_app.session.session import Session
from ccsd_app.session.state import Activity, State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.panels.case_panel import case_header
from ccsd_app.viewmodel.panels.compare_bar import ComparisonModel, comparison_table
from ccsd_app.viewmodel.panels.criticality_panel import CriticalityModel, criticality_view
from ccsd_app.viewmodel.panels.criticality_values import CriticalityKind
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel, curve_plot
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles, toggles
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.region_table import RegionTableModel, region_table
from ccsd_app.viewmodel.panels.subset_grid import SubsetGridModel, subset_cells
from ccsd_app.viewmodel.panels.subset_list import SubsetListModel, subset_list
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel, toolbar
from ccsd_app.viewmodel.panels.what_next_panel import WhatNextModel, what_next
from ccsd_app.viewmodel.slices.legend import LegendModel, legend
from ccsd_app.viewmodel.view3d.tools import View3dToolsModel, view3d_tools
from ccsd_app.viewmodel.window_title import window_title
from ccsd_core.domain.modality import Modality, ModalitySubset

MODELS = (
    ComparisonModel,
    CriticalityModel,
    CurvePanel,
    LegendModel,
    ModalityToggles,
    PathPlayer,
    RegionTableModel,
    View3dToolsModel,
    SubsetGridModel,
    SubsetListModel,
    ToolbarModel,
    WhatNextModel,
)
SELDOM = (
    case_header,
    comparison_table,
    *(partial(criticality_view, kind=kind) for kind in CriticalityKind),
    curve_plot,
    legend,
    region_table,
    view3d_tools,
    toggles,
    toolbar,
    what_next,
    window_title,
)


def moved(state: State) -> State:
    return state.with_cursor((1, 2, 3))


def at_work(state: State) -> State:
    return replace(state, activity=Activity("T1", 3, 15, ModalitySubset.of(Modality.T1)))


def test_no_panel_depends_on_the_crosshair(full_state):
    for show in [*SELDOM, subset_cells, subset_list]:
        assert moved(full_state) != full_state, show
        assert show(moved(full_state)) == show(full_state), show


def test_only_the_list_of_subsets_depends_on_what_is_being_computed(full_state):
    for show in SELDOM:
        assert show(at_work(full_state)) == show(full_state), show


@pytest.mark.parametrize("model", MODELS)
def test_a_panels_model_is_not_asked_again_while_the_crosshair_moves(model, full_state):
    session = Session(full_state)
    shown = model(session).shown
    asked = []
    show = shown._show
    shown._show = lambda state: asked.append(state) or show(state)
    session.become(moved(full_state))
    assert not asked
    session.become(full_state.toggled(Modality.T2))
    assert len(asked) == 1


def test_every_field_that_is_not_ignored_is_compared(full_state):
    session = Session(full_state)
    heard = []
    everything = DerivedValue(session, id, ignores=CROSSHAIR + PROGRESS)
    everything.changed.connect(heard.append)
    for field in fields(State):
        now = session.state
        other = Guess(on=True) if field.name == "guess" else object()
        session.become(replace(now, **{field.name: other}))
        assert bool(heard) == (field.name not in CROSSHAIR + PROGRESS), field.name
        heard.clear()
        session.become(now)
        heard.clear()


def test_a_paused_value_is_computed_once_when_it_is_read_or_resumed(full_state):
    session = Session(full_state)
    asked, heard = [], []

    def show(state: State) -> ModalitySubset:
        asked.append(state)
        return state.used

    used = DerivedValue(session, show)
    used.changed.connect(heard.append)
    asked.clear()

    used.pause()
    for modality in (Modality.T1, Modality.T1C, Modality.T2):
        session.become(session.state.toggled(modality))
    used.refresh()
    assert asked == heard == []
    used.resume()
    assert len(asked) == 1
    assert heard == [session.state.used]

    used.pause()
    session.become(session.state.toggled(Modality.T1))
    assert used.value == session.state.used == heard[-1]
    assert len(asked) == 2
    used.resume()
    assert len(asked) == 2


def test_ignoring_what_the_state_does_not_have_is_a_mistake(full_state):
    with pytest.raises(AssertionError, match="cursor_pixel"):
        DerivedValue(Session(full_state), toggles, ignores=("cursor_pixel",))
