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

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ccsd_app.engine.engine import Engine
from ccsd_app.export.stamp import Stamp
from ccsd_app.qt.exporting.export_menu import ExportMenu
from ccsd_app.qt.exporting.exporter import Exporter
from ccsd_app.qt.help.about import AboutDialog
from ccsd_app.qt.help.command_dialog import CommandDialog
from ccsd_app.qt.help.commands import Command, commands_of
from ccsd_app.qt.help.diagnostics import DiagnosticsDialog, report_text
from ccsd_app.qt.help.event_log import EventLog
from ccsd_app.qt.help.guide_dialog import GuideDialog
from ccsd_app.qt.help.keys_dialog import KeysDialog
from ccsd_app.qt.keys import Commands, KeyFilter
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
from ccsd_app.qt.panels.robustness_panel import WIDTH as ROBUSTNESS_WIDTH
from ccsd_app.qt.panels.robustness_panel import RobustnessPanel
from ccsd_app.qt.panels.status_bar import StatusBarWidget
from ccsd_app.qt.panels.subset_grid import SubsetGridWidget
from ccsd_app.qt.panels.subset_list import SubsetListWidget
from ccsd_app.qt.panels.toolbar import ToolbarWidget
from ccsd_app.qt.panels.what_next_panel import WhatNextPanel
from ccsd_app.qt.preferences.models_dialog import ModelsDialog
from ccsd_app.qt.preferences.preferences_dialog import PreferencesDialog, ask_preferences
from ccsd_app.qt.preparation.preparation_banner import PreparationBannerWidget
from ccsd_app.qt.preparation.preparation_dialog import PreparationDialog
from ccsd_app.qt.sessions.recovery_bar import RecoveryBar
from ccsd_app.qt.sessions.session_files import SessionFiles, is_session
from ccsd_app.qt.sessions.session_manager import SessionManager
from ccsd_app.qt.slices.legend_bar import LegendBar
from ccsd_app.qt.teaching.quiz.quiz_launcher import QuizLauncher
from ccsd_app.qt.teaching.teaching import Teaching
from ccsd_app.qt.training.train_dialog import TrainDialog
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.text_size import follow_text_size, scaled_width, text_factor
from ccsd_app.qt.widgets.theme import apply_theme
from ccsd_app.scene.planes import Plane
from ccsd_app.session.preparation import Stage
from ccsd_app.session.saved_session import SavedArrangement
from ccsd_app.session.session import Session
from ccsd_app.settings import RecentCase, load_settings, save_settings
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import model_line
from ccsd_app.viewmodel.measuring.measure_panel import measure_panel
from ccsd_app.viewmodel.measuring.measuring import Measuring
from ccsd_app.viewmodel.panels.bookmarks import BookmarksModel, bookmarks_text
from ccsd_app.viewmodel.panels.case_panel import case_header, input_banner
from ccsd_app.viewmodel.panels.compare_bar import ComparisonModel
from ccsd_app.viewmodel.panels.criticality_panel import CriticalityModel
from ccsd_app.viewmodel.panels.curve_panel import CurvePanel
from ccsd_app.viewmodel.panels.degrade.degrade_panel import DegradeModel
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.region_table import RegionTableModel
from ccsd_app.viewmodel.panels.status_bar import status_bar
from ccsd_app.viewmodel.panels.subset_grid import SubsetGridModel
from ccsd_app.viewmodel.panels.subset_list import SubsetListModel
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel
from ccsd_app.viewmodel.panels.undo import UndoModel
from ccsd_app.viewmodel.panels.what_next_panel import WhatNextModel
from ccsd_app.viewmodel.preparation.preparation_banner import preparation_banner
from ccsd_app.viewmodel.preparation.preparation_history import PreparationHistory
from ccsd_app.viewmodel.slices.legend import LegendModel
from ccsd_app.viewmodel.slices.navigation import moved
from ccsd_app.viewmodel.window_title import window_title
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import ResourceError
from ccsd_core.preparation.adjustments import Adjustments
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.resources import MissingResourceError

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
        self._preparation_history = PreparationHistory(engine.prepare)
        self._start_folder = start_folder
        self._closed = False
        self.log = EventLog(session, self._case_path)
        self._bar = ModalityToggles(session)
        self._tools = ToolbarModel(session)
        self._title = DerivedValue(session, window_title, ignores=CROSSHAIR + PROGRESS)
        self._title.changed.connect(self._show_title)
        self.setWindowTitle(self._title.value)

        self.views = ViewsGrid(session)
        self._degrading = DegradeModel(session, engine.cancel_curve)
        self.exporter = Exporter(
            self,
            session,
            self.views,
            degrading=self._degrading,
            cancel_views=engine.cancel_views,
        )
        self._comparison = ComparisonModel(session)
        self.path_player = PathPlayer(session, resume=engine.resume)
        self._bookmarks = BookmarksModel(session)
        self._measuring = Measuring(session)
        self._undo = UndoModel(session, playing=self._is_playing)
        self._undo.announced.connect(self._show_message)
        self.teaching = Teaching(
            self,
            session,
            self.views,
            self.path_player,
            show_quiz=self.show_quiz,
            show_keys=self.show_keys,
            show_guide=self.show_guide,
            show_commands=self.show_commands,
            show_diagnostics=self.show_diagnostics,
            show_about=self.show_about,
        )
        ignored = CROSSHAIR + PROGRESS
        self._problem = ProblemBar(
            DerivedValue(session, lambda state: state.problem, ignores=ignored),
            fix_text="Assign files…",
            dismiss=self._tools.dismiss_problem,
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
        actions = replace(
            self.opener.actions,
            open_session=self.session_files.ask,
            save_session=self.session_files.save,
            train=self.show_training,
        )
        opening = OpenMenu(actions, _recent_cases)
        self._toolbar = ToolbarWidget(
            self._tools,
            opening,
            ExportMenu(self.exporter.actions, self),
            self.teaching.menu,
            undo=self._undo,
            fit=self.views.fit,
            preferences=self.show_preferences,
            models=self.show_models,
            degrade=self.toggle_degrading,
            to_tumour=self._go_to_tumour,
        )
        self.addToolBar(self._toolbar)
        ignored = CROSSHAIR + PROGRESS
        self._grid = SubsetGridWidget(session, SubsetGridModel(session), self._tools)
        head = DerivedValue(session, case_header, ignores=ignored)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        regions = RegionTableModel(session)
        middle.addWidget(
            CasePanel(
                head,
                self._bar,
                regions,
                show_files=self.opener.show_table,
                degrade=partial(self.show_degrading, on=True),
                guess_panel=self.teaching.guess_panel,
                measuring=MeasurePanelWidget(
                    DerivedValue(session, measure_panel, ignores=ignored),
                    self._measuring,
                    self._show_message,
                ),
                preparation=PreparationBannerWidget(
                    DerivedValue(session, preparation_banner, ignores=ignored),
                    again=self._prepare_again,
                    without=lambda: engine.prepare(None),
                    details=self.show_preparation,
                    show_on_prepared=partial(self._show_on, scanned=False),
                    show_on_scanned=partial(self._show_on, scanned=True),
                ),
            )
        )
        pictures = QVBoxLayout()
        pictures.setSpacing(0)
        pictures.addWidget(CompareBar(self._comparison, second=self.views.compare_in))
        pictures.addWidget(self.views, 1)
        pictures.addWidget(LegendBar(LegendModel(session), self._tools, self._comparison))
        middle.addLayout(pictures, 1)
        curve = CurvePanel(session, self.path_player)
        self._robustness = RobustnessPanel(
            CurvePanelWidget(curve, CurveMenu(self.exporter.curve_actions(curve))),
            PathPlayerBar(self.path_player, self.exporter.removal_export),
            self._grid,
            SubsetListWidget(SubsetListModel(session), copy=self.exporter.copy_numbers),
            CriticalityPanel(CriticalityModel(session)),
            WhatNextPanel(WhatNextModel(session)),
            BookmarksPanel(
                self._bookmarks,
                export=self._export_bookmarks,
                film=self.exporter.bookmark_film,
            ),
        )
        saved = self.exporter.degradation_exports(lambda: self._degrading.shown.value.curve.plot)
        self._degrade_panel = DegradePanel(
            self._degrading,
            DegradeActions(
                partial(self.show_degrading, on=False),
                saved.save_png,
                saved.save_csv,
                self.exporter.degradation_sweep,
            ),
        )
        self._right = QStackedWidget()
        follow_text_size(
            self._right, lambda: self._right.setFixedWidth(scaled_width(ROBUSTNESS_WIDTH))
        )
        self._right.addWidget(self._robustness)
        self._right.addWidget(self._degrade_panel)
        middle.addWidget(self._right)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.recovery)
        column.addWidget(self.teaching.offer)
        column.addWidget(self._problem)
        column.addWidget(InputBanner(DerivedValue(session, input_banner, ignores=ignored)))
        column.addLayout(middle, 1)
        self.setCentralWidget(central)
        self.setStatusBar(StatusBarWidget(DerivedValue(session, status_bar), resume=engine.resume))
        self.views.slices[Plane.AXIAL].setFocus()
        self._keys = KeyFilter(self, self._commands())
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._keys)

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

    def show_preparation(self) -> None:
        """Show how the open case was prepared."""
        state = self._session.state
        if state.preparation is None:
            return
        history = self._preparation_history
        dialog = PreparationDialog(
            state.preparation,
            prepare=partial(history.change, state.preparation),
            radiological=state.radiological,
            undo=history.undo(state.preparation),
            parent=self,
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_degrading(self, *, on: bool) -> None:
        """Show the panel that degrades sequences, or the robustness panel again."""
        self._right.setCurrentWidget(self._degrade_panel if on else self._robustness)
        self._toolbar.show_degrading(on=on)
        if on:
            self._degrade_panel.begin()

    def toggle_degrading(self) -> None:
        """Show or hide the panel that degrades sequences."""
        self.show_degrading(on=self._right.currentWidget() is not self._degrade_panel)

    def _show_on(self, *, scanned: bool) -> None:
        self._session.become(self._session.state.shown_on(scanned=scanned))

    def _prepare_again(self) -> None:
        if self._session.state.stage is Stage.WITHOUT:
            self.engine.prepare(Adjustments())
        else:
            self.engine.resume()

    def show_preferences(self) -> None:
        """Show the Preferences dialog."""
        state = self._session.state
        ask_preferences(load_settings(), state, self.engine.cache, self, self._apply_preferences)

    @cached_property
    def training(self) -> TrainDialog:
        """The dialog that trains a model."""
        return TrainDialog(self.use_model, self)

    def show_training(self) -> None:
        """Show the dialog that trains a model, beside the window."""
        self.training.show()
        self.training.raise_()
        self.training.activateWindow()

    def use_model(self, model: Path) -> None:
        """Compute the open case with another model, which is also used at the next start.

        It is added to the list of models.
        """
        try:
            save_settings(
                load_settings().with_model(model).model_copy(update={"model": str(model)})
            )
        except ResourceError as error:
            self._report(f"The model is used now, but not at the next start: {error}")
        self.engine.use_model(str(model))

    def show_models(self) -> None:
        """Show the models, to use another one for the open case."""
        dialog = ModelsDialog(self.engine.model, self.engine.use_model, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _apply_preferences(self, dialog: PreferencesDialog) -> None:
        settings, shown = dialog.settings, dialog.shown_theme
        try:
            save_settings(settings)
        except ResourceError as error:
            self._report(f"The preferences were not saved: {error}")
        application = QApplication.instance()
        larger = dialog.larger_text
        if isinstance(application, QApplication) and (dialog.theme is not shown or larger != 1):
            apply_theme(application, dialog.theme, text=text_factor() * larger)
        if self.engine.cache is not None:
            self.engine.cache.cap_mb = settings.disk_mb
            self.engine.cache.prune()
        self._session.become(dialog.applied(self._session.state))

    def show_commands(self) -> None:
        """Show the searchable list of commands."""
        dialog = CommandDialog([*commands_of(self), *self._subset_commands()], self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_about(self) -> None:
        """Show information on the program and the model."""
        AboutDialog(model_line(self._session.state), self.engine.model, self).exec()

    def show_guide(self) -> None:
        """Show the user guide beside the window."""
        try:
            dialog = GuideDialog(self)
        except MissingResourceError as error:
            self._report(str(error))
            return
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def show_quiz(self) -> None:
        """Show the quiz on a folder of cases; afterwards, what was open is opened again."""
        self.quiz.show()

    def show_diagnostics(self) -> None:
        """Show the log, and a report to read before it is shared."""
        view3d, screen = self.views.view3d, self.screen()
        report = report_text(
            self._session.state,
            load_settings(),
            self.log,
            view3d=f"{view3d.status.name.lower()} {view3d.reason}".strip(),
            screen=f"{screen.size().toTuple()} at {screen.devicePixelRatio():g}",
        )
        dialog = DiagnosticsDialog(report, self.log, failed=self._report, parent=self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _case_path(self) -> Path | None:
        opened = self.engine.opened
        return None if opened is None else opened.path

    def _subset_commands(self) -> list[Command]:
        """Commands that give a subset of the case's sequences to the model."""
        state = self._session.state
        subsets = () if state.case is None else state.case.available.subsets()

        def use(subset: ModalitySubset) -> None:
            self._session.become(self._session.state.using(subset))

        return [
            Command(
                f"Use {subset.label}", "Give these sequences to the model", partial(use, subset)
            )
            for subset in subsets
        ]

    def show_keys(self) -> None:
        """Show the keys dialog."""
        KeysDialog(self).exec()

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
            if "training" in vars(self):
                self.training.close_children()
            self.engine.close()
            self._session.changed.disconnect()
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self._keys)
            self.views.view3d.shutdown()
        event.accept()

    def _show_title(self, title: str) -> None:
        self.setWindowTitle(title)

    def _commands(self) -> Commands:
        tools = self._tools
        return Commands(
            toggle=self._bar.toggle,
            use_all=self._bar.use_all,
            set_background=tools.set_background,
            move=self._move,
            control={
                (Qt.Key.Key_O, False): self.open_folder,
                (Qt.Key.Key_S, False): self.session_files.save,
                (Qt.Key.Key_B, False): self._robustness.begin_bookmark,
                (Qt.Key.Key_PageDown, False): lambda: self._show_message(self._bookmarks.step(1)),
                (Qt.Key.Key_PageUp, False): lambda: self._show_message(self._bookmarks.step(-1)),
                (Qt.Key.Key_D, False): self.toggle_degrading,
                (Qt.Key.Key_K, False): self.show_commands,
                (Qt.Key.Key_Comma, False): self.show_preferences,
                (Qt.Key.Key_Z, False): self._undo.undo,
                (Qt.Key.Key_Z, True): self._undo.redo,
                (Qt.Key.Key_Y, False): self._undo.redo,
            },
            plain={
                Qt.Key.Key_Escape: self._escape,
                Qt.Key.Key_S: tools.toggle_overlay,
                Qt.Key.Key_O: tools.toggle_outline,
                Qt.Key.Key_E: self._toggle_expert,
                Qt.Key.Key_L: tools.next_layer,
                Qt.Key.Key_D: tools.toggle_difference,
                Qt.Key.Key_T: tools.next_region,
                Qt.Key.Key_C: tools.toggle_side_by_side,
                Qt.Key.Key_P: self._play_path,
                Qt.Key.Key_X: tools.toggle_crosshair,
                Qt.Key.Key_W: tools.toggle_window_tool,
                Qt.Key.Key_M: self._measuring.next_tool,
                Qt.Key.Key_F: self.views.fit,
                Qt.Key.Key_G: self._go_to_tumour,
                Qt.Key.Key_BracketLeft: tools.less_opaque,
                Qt.Key.Key_BracketRight: tools.more_opaque,
                Qt.Key.Key_R: self.views.reset,
                Qt.Key.Key_Question: self.show_keys,
                Qt.Key.Key_F1: self.show_keys,
            },
        )

    def _escape(self) -> None:
        """Handle Esc: close or cancel one thing at a time, from popups to computations.

        Close the toolbar's second row, stop measuring, leave the tour, cancel the awaited result,
        pause the player, leave a large view, stop work.
        """
        if self._toolbar.close_second_row() or self._measuring.cancel():
            return
        if self.teaching.tour.popup is not None:
            self.teaching.tour.end()
            return
        paused = self.path_player.pause()
        pending = self._session.state.waiting or self._session.state.case is None
        if paused and not pending:
            return
        if self.views.large is not None and not pending:
            self.views.toggle_large(self.views.large)
        else:
            self.engine.cancel()

    def _play_path(self) -> None:
        """Play or pause; if that is not possible, the status bar says why."""
        was_playing = self.path_player.view.setup.playing
        self.path_player.toggle()
        view = self.path_player.view
        idle = not was_playing and not view.setup.playing
        if idle and (view.refused or view.guess_first):
            self.statusBar().showMessage(
                f"Stepwise removal is not possible: {view.refused or view.guess_first}", MESSAGE_MS
            )

    def _go_to_tumour(self) -> None:
        reason = self._tools.go_to_tumour()
        if reason:
            self._show_message(reason)

    def _export_bookmarks(self) -> None:
        """Ask for a file, and write the bookmarks there."""
        state = self._session.state
        suggested = str(self.opener.start_folder / "bookmarks.md")
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export bookmarks", suggested, "Markdown (*.md)"
        )
        if not chosen or state.case is None:
            return
        try:
            text = bookmarks_text(
                state, lambda mark: "\n".join(Stamp.of_bookmark(state, mark).caption)
            )
            write_text(Path(chosen), text)
        except ResourceError as error:
            self._report(str(error))
            return
        self._show_message(f"Exported {len(state.bookmarks)} bookmarks to {Path(chosen).name}")

    def _arrangement(self) -> SavedArrangement:
        return self.views.arrangement.model_copy(update={"tab": self._robustness.tab})

    def _arrange(self, arrangement: SavedArrangement) -> None:
        self.views.arrange(arrangement)
        self._robustness.show_tab(arrangement.tab)

    def _report(self, problem: str) -> None:
        self._session.become(self._session.state.with_problem(problem))

    def _is_playing(self) -> bool:
        return self.path_player.view.setup.playing

    def _show_message(self, text: str) -> None:
        self.statusBar().showMessage(text, MESSAGE_MS)

    def _toggle_expert(self) -> None:
        """Draw the expert's outlines, or say why there are none."""
        absence = self._tools.shown.value.reference_absence
        if absence:
            self.statusBar().showMessage(absence, MESSAGE_MS)
        else:
            self._tools.toggle_reference()

    def _move(self, columns: int, rows: int, slices: int) -> None:
        state = self._session.state
        plane = self.views.hovered
        self._session.become(moved(state, plane, columns=columns, rows=rows, slices=slices))


def _recent_cases() -> Sequence[RecentCase]:
    return load_settings().recent_cases
