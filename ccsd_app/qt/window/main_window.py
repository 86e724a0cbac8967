"""The main window: lays out panels and views, connects the keys, and shuts everything down.

┌ toolbar ─────────────────────────────────────────────┐
├ problem, while there is one ─────────────────────────┤
│ case panel │ axial   │ sagittal │ robustness: curve, │
│            │ coronal │ 3-D      │ subsets            │
└ status line ─────────────────────────────────────────┘
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from ccsd_app.engine.engine import Engine
from ccsd_app.qt.exporting.bookmark_notes import export_bookmarks
from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_app.qt.exporting.exporter import Exporter
from ccsd_app.qt.help.event_log import EventLog
from ccsd_app.qt.keys import KeyFilter
from ccsd_app.qt.open_case.open_menu import OpenMenu
from ccsd_app.qt.open_case.opener import Opener
from ccsd_app.qt.panels.bookmarks_panel import BookmarksPanel
from ccsd_app.qt.panels.case_panel import CasePanel
from ccsd_app.qt.panels.compare_bar import CompareBar
from ccsd_app.qt.panels.criticality_panel import CriticalityPanel
from ccsd_app.qt.panels.curve_menu import CurveMenu
from ccsd_app.qt.panels.curve_panel import CurvePanelWidget
from ccsd_app.qt.panels.degrade.degrade_panel import DegradeActions, DegradePanel
from ccsd_app.qt.panels.input_banner import InputBanner
from ccsd_app.qt.panels.measure_panel import MeasurePanelWidget
from ccsd_app.qt.panels.path_player import PathPlayerBar
from ccsd_app.qt.panels.problem_bar import ProblemBar
from ccsd_app.qt.panels.robustness_panel import RobustnessPanel
from ccsd_app.qt.panels.status_bar import StatusBarWidget
from ccsd_app.qt.panels.subset_grid import SubsetGridWidget
from ccsd_app.qt.panels.subset_list import SubsetListWidget
from ccsd_app.qt.panels.toolbar import ToolbarWidget
from ccsd_app.qt.panels.what_next_panel import WhatNextPanel
from ccsd_app.qt.preparation.preparation_banner import PreparationBannerWidget
from ccsd_app.qt.sessions.recovery_bar import RecoveryBar
from ccsd_app.qt.sessions.session_files import SessionFiles, is_session
from ccsd_app.qt.sessions.session_manager import SessionManager
from ccsd_app.qt.slices.legend_bar import LegendBar
from ccsd_app.qt.teaching.quiz.quiz_launcher import QuizLauncher
from ccsd_app.qt.teaching.teaching import Teaching
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.window.dialogs import WindowDialogs
from ccsd_app.qt.window.right_side import RightSide
from ccsd_app.qt.window.shortcuts import Shortcuts
from ccsd_app.qt.window.view_models import ViewModels
from ccsd_app.scene.planes import Plane
from ccsd_app.session.preparation import Stage
from ccsd_app.session.saved_session import SavedArrangement
from ccsd_app.session.session import Session
from ccsd_app.settings import RecentCase, load_settings
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.measuring.measure_panel import measure_panel
from ccsd_app.viewmodel.panels.case_panel import case_header, input_banner
from ccsd_app.viewmodel.panels.criticality_panel import CriticalityModel
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.region_table import RegionTableModel
from ccsd_app.viewmodel.panels.status_bar import status_bar
from ccsd_app.viewmodel.panels.subset_grid import SubsetGridModel
from ccsd_app.viewmodel.panels.subset_list import SubsetListModel
from ccsd_app.viewmodel.panels.what_next_panel import WhatNextModel
from ccsd_app.viewmodel.preparation.preparation_banner import preparation_banner
from ccsd_app.viewmodel.slices.legend import LegendModel
from ccsd_app.viewmodel.window_title import window_title
from ccsd_core.preparation.adjustments import Adjustments

SIZE = (1440, 900)
SMALLEST = (1080, 640)
MESSAGE_MS = 6000
"""How long the status bar shows a message, in milliseconds."""


class MainWindow(QMainWindow):
    """The window. It holds no state itself.

    Args:
        session: The state, shared by all panels.
        engine: Opens cases and computes.
        start_folder: The folder in which file dialogs start.
    """

    closed = Signal()
    """Emitted when the user closes the window, before anything is shut down."""

    def __init__(
        self, session: Session, engine: Engine, *, start_folder: Path | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.resize(*SIZE)
        self._session = session
        self.engine = engine
        self._start_folder = start_folder
        self._closed = False
        self.log = EventLog(session, self._case_path)
        self._title = DerivedValue(session, window_title, ignores=CROSSHAIR + PROGRESS)
        self._title.changed.connect(self._show_title)
        self.setWindowTitle(self._title.value)

        self.views = ViewsGrid(session)
        self.models = ViewModels.of(session, engine)
        self.models.undo.announced.connect(self._show_message)
        self.exporter = Exporter(
            self,
            session,
            self.views,
            degrading=self.models.degrading,
            cancel_views=engine.cancel_views,
            model=lambda: engine.model,
        )
        self.dialogs = WindowDialogs(
            self, session, engine, log=self.log, views=self.views, report=self._report
        )
        self.teaching = Teaching(
            self,
            session,
            self.views,
            self.models.path_player,
            show_quiz=self.show_quiz,
            show_keys=self.dialogs.show_keys,
            show_guide=self.dialogs.show_guide,
            show_commands=self.dialogs.show_commands,
            show_diagnostics=self.dialogs.show_diagnostics,
            show_about=self.dialogs.show_about,
        )
        self._problem = ProblemBar(
            DerivedValue(session, lambda state: state.problem, ignores=CROSSHAIR + PROGRESS),
            fix_text="Assign files…",
            dismiss=self.models.tools.dismiss_problem,
        )
        self.sessions = SessionManager(
            session, engine, arrangement=self._arrangement, arrange=self._arrange
        )
        self.session_files = SessionFiles(
            self,
            self.sessions,
            tell=self._show_message,
            report=self._report,
            start_folder=lambda: self.opener.start_folder,
        )
        self.recovery = RecoveryBar()
        self._grid = SubsetGridWidget(session, SubsetGridModel(session), self.models.tools)
        self._robustness = self._robustness_panel()
        self._toolbar = self._make_toolbar()
        self.right = RightSide(
            self._robustness,
            self._degrade_panel,
            on_degrading=lambda on: self._toolbar.show_degrading(on=on),
        )
        self._lay_out()
        self.setStatusBar(StatusBarWidget(DerivedValue(session, status_bar), resume=engine.resume))
        self.views.slices[Plane.AXIAL].setFocus()
        self._shortcuts = Shortcuts(
            session,
            engine,
            self.models,
            self.views,
            toolbar=self._toolbar,
            tour=self.teaching.tour,
            robustness=self._robustness,
            tell=self._show_message,
            open_folder=self.open_folder,
            save_session=self.session_files.save,
            toggle_degrading=self._toggle_degrading,
            show_commands=self.dialogs.show_commands,
            show_preferences=self.dialogs.show_preferences,
            show_keys=self.dialogs.show_keys,
        )
        self._keys = KeyFilter(self, self._shortcuts.commands)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._keys)

    @property
    def path_player(self) -> PathPlayer:
        """Plays the stepwise removal of sequences."""
        return self.models.path_player

    @property
    def up_to_date(self) -> bool:
        """Whether all computed results are drawn."""
        return self.views.view3d.up_to_date and self._grid.up_to_date

    def begin(self, case_path: Path, *, model: str | None, device: str) -> None:
        """Start the inference process with the model, and open the first case."""
        self.engine.start(model, device)
        self.open_case(case_path)

    @cached_property
    def opener(self) -> Opener:
        """The dialogs and functions that open cases."""
        return Opener(
            self,
            self._session,
            self.engine,
            start_folder=self._start_folder,
            recent=_recent_cases,
            offer_fix=self._problem.offer_fix,
        )

    @cached_property
    def quiz(self) -> QuizLauncher:
        """Starts the quiz."""
        return QuizLauncher(
            self,
            self._session,
            self.engine,
            current_session=self.sessions.current_session,
            restore=lambda saved: self.sessions.open(saved, None),
            folder=lambda: self.opener.start_folder,
        )

    def open_folder(self) -> None:
        """Ask for a case folder and open it."""
        self.opener.ask_folder()

    def open_files(self) -> None:
        """Ask for the file of each sequence and open them."""
        self.opener.ask_files()

    def open_case(self, path: Path) -> None:
        """Open a case folder or file, as it was opened last time."""
        self.opener.open_as_before(path)

    def show_quiz(self) -> None:
        """Show the quiz on a folder of cases; afterwards, what was open is opened again."""
        self.quiz.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.opener.drag(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.opener.drag_ended()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(paths) == 1 and is_session(paths[0]):
            self.opener.drag_ended()
            self.session_files.open(paths[0])
            return
        self.opener.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closed and not self.opener.close():
            event.ignore()
            return
        if not self._closed:
            self._closed = True
            self.closed.emit()
            self.exporter.close()
            self.dialogs.close()
            self.engine.close()
            self._session.changed.disconnect()
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self._keys)
            self.views.view3d.shutdown()
        event.accept()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._case_panel())
        pictures = QVBoxLayout()
        pictures.setSpacing(0)
        comparison = self.models.comparison
        pictures.addWidget(CompareBar(comparison, second=self.views.compare_in))
        pictures.addWidget(self.views, 1)
        pictures.addWidget(LegendBar(LegendModel(self._session), self.models.tools, comparison))
        middle.addLayout(pictures, 1)
        middle.addWidget(self.right)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.recovery)
        column.addWidget(self.teaching.offer)
        column.addWidget(self._problem)
        banner = DerivedValue(self._session, input_banner, ignores=CROSSHAIR + PROGRESS)
        column.addWidget(InputBanner(banner))
        column.addLayout(middle, 1)
        self.setCentralWidget(central)

    def _make_toolbar(self) -> ToolbarWidget:
        actions = replace(
            self.opener.actions,
            open_session=self.session_files.ask,
            save_session=self.session_files.save,
            train=self.dialogs.show_training,
        )
        toolbar = ToolbarWidget(
            self.models.tools,
            OpenMenu(actions, _recent_cases),
            ExportMenu(self.exporter.actions, self),
            self.teaching.menu,
            undo=self.models.undo,
            fit=self.views.fit,
            preferences=self.dialogs.show_preferences,
            models=self.dialogs.show_models,
            degrade=self._toggle_degrading,
            to_tumour=self._go_to_tumour,
        )
        self.addToolBar(toolbar)
        return toolbar

    def _case_panel(self) -> CasePanel:
        session, ignored = self._session, CROSSHAIR + PROGRESS
        return CasePanel(
            DerivedValue(session, case_header, ignores=ignored),
            self.models.toggles,
            RegionTableModel(session),
            show_files=self.opener.show_table,
            degrade=partial(self.right.show_degrading, on=True),
            guess_panel=self.teaching.guess_panel,
            measuring=MeasurePanelWidget(
                DerivedValue(session, measure_panel, ignores=ignored),
                self.models.measuring,
                self._show_message,
            ),
            preparation=PreparationBannerWidget(
                DerivedValue(session, preparation_banner, ignores=ignored),
                again=self._prepare_again,
                without=lambda: self.engine.prepare(None),
                details=self.dialogs.show_preparation,
                show_on_prepared=partial(self._show_on, scanned=False),
                show_on_scanned=partial(self._show_on, scanned=True),
            ),
        )

    def _robustness_panel(self) -> RobustnessPanel:
        session, exporter = self._session, self.exporter
        curve = CurvePanel(session, self.models.path_player)
        return RobustnessPanel(
            CurvePanelWidget(curve, CurveMenu(exporter.curve_actions(curve))),
            PathPlayerBar(self.models.path_player, exporter.removal_export),
            self._grid,
            SubsetListWidget(SubsetListModel(session), copy=exporter.copy_numbers),
            CriticalityPanel(CriticalityModel(session)),
            WhatNextPanel(WhatNextModel(session)),
            BookmarksPanel(
                self.models.bookmarks, export=self._export_bookmarks, film=exporter.bookmark_film
            ),
        )

    def _degrade_panel(self) -> DegradePanel:
        degrading = self.models.degrading
        saved = self.exporter.degradation_exports(lambda: degrading.shown.value.curve.plot)
        actions = DegradeActions(
            close=lambda: self.right.show_degrading(on=False),
            save_png=saved.save_png,
            save_csv=saved.save_csv,
            save_film=self.exporter.degradation_sweep,
        )
        return DegradePanel(degrading, actions)

    def _toggle_degrading(self) -> None:
        self.right.toggle_degrading()

    def _go_to_tumour(self) -> None:
        self._shortcuts.go_to_tumour()

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(title)

    def _show_on(self, *, scanned: bool) -> None:
        self._session.become(self._session.state.shown_on(scanned=scanned))

    def _prepare_again(self) -> None:
        if self._session.state.stage is Stage.WITHOUT:
            self.engine.prepare(Adjustments())
        else:
            self.engine.resume()

    def _export_bookmarks(self) -> None:
        export_bookmarks(
            self,
            self._session.state,
            self.opener.start_folder,
            tell=self._show_message,
            report=self._report,
        )

    def _case_path(self) -> Path | None:
        opened = self.engine.opened
        return None if opened is None else opened.path

    def _arrangement(self) -> SavedArrangement:
        return self.views.arrangement.model_copy(update={"tab": self._robustness.tab})

    def _arrange(self, arrangement: SavedArrangement) -> None:
        self.views.arrange(arrangement)
        self._robustness.show_tab(arrangement.tab)

    def _report(self, problem: str) -> None:
        self._session.become(self._session.state.with_problem(problem))

    def _show_message(self, text: str) -> None:
        self.statusBar().showMessage(text, MESSAGE_MS)


def _recent_cases() -> Sequence[RecentCase]:
    return load_settings().recent_cases
