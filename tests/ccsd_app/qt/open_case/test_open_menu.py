"""The Open menu, and the recent cases it lists."""

from functools import partial

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from ccsd_app.engine.opening import Opening
from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.open_case.open_menu import OpenActions, OpenMenu
from ccsd_app.qt.panels.case_panel import CasePanel
from ccsd_app.qt.startup.application import _save_changes
from ccsd_app.session.session import Session
from ccsd_app.settings import RecentCase, load_settings, save_settings
from ccsd_app.viewmodel.common.derived_value import DerivedValue
from ccsd_app.viewmodel.open_case.recent import previous_opening
from ccsd_app.viewmodel.panels.case_panel import case_header
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles
from ccsd_app.viewmodel.panels.region_table import RegionTableModel
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CaseError


class Asked:
    """Writes down what the menu asks for."""

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.case_open = True
        self.recent: list[RecentCase] = []

    def menu(self) -> OpenMenu:
        def note(name):
            return lambda *args: self.calls.append((name, *args))

        names = ("folder", "file", "files", "recent", "demo", "table")
        return OpenMenu(OpenActions(*map(note, names), lambda: self.case_open), lambda: self.recent)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def menu(asked, qtbot):
    made = asked.menu()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("entry", "call"),
    [
        ("open_folder", "folder"),
        ("open_file", "file"),
        ("choose_files", "files"),
        ("open_demo", "demo"),
        ("show_table", "table"),
    ],
)
def test_each_entry_calls_its_own_action(menu, asked, entry, call):
    menu.findChild(QAction, entry).trigger()

    assert asked.calls == [(call,)]


def test_files_of_the_case_need_an_open_case(menu, asked):
    asked.case_open = False

    menu.refresh()

    table = menu.findChild(QAction, "show_table")
    assert not table.isEnabled()
    assert table.toolTip() == "No case is open"


def test_recent_cases_are_read_whenever_shown_and_missing_ones_are_grey(menu, asked, tmp_path):
    assert not menu.recent_menu.isEnabled()
    (tmp_path / "a & b").mkdir()
    asked.recent = [RecentCase(path=tmp_path / name) for name in ("gone", "a & b")]

    menu.choices_menu.aboutToShow.emit()

    gone, here = menu.recent_menu.actions()
    assert (gone.isEnabled(), here.isEnabled()) == (False, True)
    assert "moved or deleted" in gone.toolTip()
    assert here.text().startswith("a && b")  # one & would be taken for a shortcut
    here.trigger()
    assert asked.calls == [("recent", asked.recent[1])]


@pytest.mark.parametrize("name", ["imagesTr/BRATS_001.nii.gz", "BraTS2021_90001"])
def test_a_case_is_remembered_as_it_was_opened(open_window, qtbot, tmp_path, name):
    parts = open_window("p_T1+T2")
    parts.session.changed.connect(partial(_save_changes, parts.engine))
    case = tmp_path / name
    parts.engine._load_case = lambda path, files: parts.session.state.case.restricted_to(
        parts.session.state.case.available
    )

    parts.window.open_case(case)

    qtbot.waitUntil(
        lambda: load_settings().recent_cases == (RecentCase.of(case, None),), timeout=20_000
    )


def test_a_recent_case_is_opened_as_it_was_corrected(open_window, qtbot, tmp_path):
    parts = open_window("p_T1+T2")
    asked = []
    parts.engine._load_case = lambda path, files: asked.append((path, files)) or before
    before = parts.session.state.case.restricted_to(parts.session.state.case.available)
    (tmp_path / "other.nii").touch()
    files = {Modality.T1: tmp_path / "other.nii"}

    parts.window.opener.actions.open_recent(RecentCase.of(tmp_path, files))

    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert asked == [(tmp_path, files)]


@pytest.mark.parametrize(
    ("later", "chosen"),
    [
        ("nothing", lambda file, kept: {Modality.T1: file, Modality.T2: kept}),
        ("corrected back to the names", lambda file, kept: None),
        ("the file is gone", lambda file, kept: {Modality.T2: kept}),
    ],
)
def test_a_folder_is_opened_as_last_time(open_window, qtbot, tmp_path, later, chosen):
    parts = open_window("p_T1+T2")
    asked = []
    before = parts.session.state.case.restricted_to(parts.session.state.case.available)
    parts.engine._load_case = lambda path, files: asked.append((path, files)) or before
    file, kept = tmp_path / "a.nii", tmp_path / "b.nii"
    file.touch()
    kept.touch()
    by_hand = RecentCase.of(tmp_path, {Modality.T1: file, Modality.T2: kept})
    settings = load_settings().with_recent(by_hand)
    if later == "the file is gone":
        file.unlink()
    elif later != "nothing":
        settings = settings.with_recent(RecentCase.of(tmp_path, None))
    save_settings(settings)

    parts.window.open_case(tmp_path)

    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert asked == [(tmp_path, chosen(file, kept))]


GONE = (
    "gone.nii, chosen as T1 when the case was last opened, was not found: "
    "files are recognised from their names instead"
)


@pytest.fixture
def remembering(open_window, tmp_path):
    """A window whose next case was opened before with a file that is gone."""
    parts = open_window("p_T1+T2")
    parts.session.changed.connect(partial(_save_changes, parts.engine))
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "x_t1.nii").touch()
    (folder / "b.nii").touch()
    messages = {Modality.T1: tmp_path / "gone.nii", Modality.T2: folder / "b.nii"}
    save_settings(load_settings().with_recent(RecentCase.of(folder, messages)))
    before = parts.session.state.case
    parts.engine._load_case = lambda path, files: before.restricted_to(before.available)
    return parts, folder, (RecentCase.of(folder, messages),)


@pytest.mark.parametrize("then", ["nothing", "its table opens it again"])
def test_an_override_of_a_deleted_file_is_reported_and_kept(remembering, qtbot, then):
    parts, folder, remembered = remembering
    before = parts.session.state.case
    parts.window.open_case(folder)
    qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=20_000)
    assert parts.session.state.case.notes == (GONE,)

    if then != "nothing":
        before = parts.session.state.case
        parts.window.opener.show_table()
        parts.window.findChild(CaseTableDialog).accept()
        qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=20_000)

    assert load_settings().recent_cases == remembered


def test_a_refusal_names_the_file_that_is_gone_and_a_second_try_keeps_it(remembering, qtbot):
    parts, folder, remembered = remembering
    before, load = parts.session.state.case, parts.engine._load_case

    def refuse(path, files):
        raise CaseError("no sequence")

    parts.engine._load_case = refuse
    parts.window.open_case(folder)
    qtbot.waitUntil(lambda: parts.window.findChild(CaseTableDialog) is not None, timeout=20_000)
    assert parts.session.state.problem.splitlines() == [GONE, "no sequence"]

    parts.engine._load_case = load
    parts.window.findChild(CaseTableDialog).accept()

    qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=20_000)
    assert load_settings().recent_cases == remembered


@pytest.mark.parametrize("way", ["a link to it", "through another folder"])
def test_a_folder_is_known_by_whichever_name(tmp_path, way):
    folder = tmp_path / "case"
    folder.mkdir()
    (tmp_path / "link").symlink_to(folder)
    other = tmp_path / "link" if way == "a link to it" else tmp_path / "link" / ".." / "case"
    recent = [RecentCase.of(folder, {Modality.T1: None})]

    assert previous_opening(other, recent) == Opening(other, {Modality.T1: None})


def test_the_demo_is_not_among_the_recent_cases(open_window, qtbot, tmp_path):
    from ccsd_core.storage.demo import demo_case

    parts = open_window("p_T1+T2")
    parts.session.changed.connect(partial(_save_changes, parts.engine))
    before = parts.session.state.case
    parts.engine._load_case = lambda path, files: before.restricted_to(before.available)

    parts.window.opener.open_demo()

    qtbot.waitUntil(lambda: parts.session.state.case is not before, timeout=20_000)
    assert parts.engine.opened.path == demo_case()
    assert load_settings().recent_cases == ()


def test_the_case_panel_has_a_button_for_the_files_of_the_open_case(qtbot, phantom_state):
    session = Session()
    clicks = []
    panel = CasePanel(
        DerivedValue(session, case_header),
        ModalityToggles(session),
        RegionTableModel(session),
        show_files=lambda: clicks.append("files"),
    )
    qtbot.addWidget(panel)
    button = panel.findChild(QToolButton, "case_files")
    assert not button.isEnabled()

    session.become(phantom_state)
    button.click()

    assert clicks == ["files"]
