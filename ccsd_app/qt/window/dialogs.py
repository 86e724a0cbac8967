"""The dialogs that the main window opens, each from a menu, a key or a button.

Opening a case has dialogs of its own (`Opener`), and so has exporting (`Exporter`).
"""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from PySide6.QtWidgets import QApplication, QMainWindow

from ccsd_app.engine.background_cache import model_info
from ccsd_app.engine.engine import Engine
from ccsd_app.qt.help.about import AboutDialog
from ccsd_app.qt.help.command_dialog import CommandDialog
from ccsd_app.qt.help.commands import Command, commands_of
from ccsd_app.qt.help.diagnostics import DiagnosticsDialog, report_text
from ccsd_app.qt.help.event_log import EventLog
from ccsd_app.qt.help.guide_dialog import GuideDialog
from ccsd_app.qt.help.keys_dialog import KeysDialog
from ccsd_app.qt.preferences.models_dialog import ModelsDialog
from ccsd_app.qt.preferences.preferences_dialog import PreferencesDialog, ask_preferences
from ccsd_app.qt.preparation.preparation_dialog import PreparationDialog
from ccsd_app.qt.training.train_dialog import TrainDialog
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.widgets.text_size import text_factor
from ccsd_app.qt.widgets.theme import apply_theme
from ccsd_app.session.session import Session
from ccsd_app.settings import load_settings, save_settings
from ccsd_app.viewmodel.common.provenance import model_line
from ccsd_app.viewmodel.preparation.preparation_history import PreparationHistory
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.errors import CcsdError, ResourceError
from ccsd_core.storage.resources import MissingResourceError


class WindowDialogs:
    """Opens the dialogs.

    Args:
        window: Their parent, whose menus and buttons the list of commands shows.
        session: The state.
        engine: Computes with another model or another preparation.
        log: The events that the diagnostics show.
        views: The views; the 3-D view's status is among the diagnostics.
        report: Shows a problem in the window.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        engine: Engine,
        *,
        log: EventLog,
        views: ViewsGrid,
        report: Callable[[str], None],
    ) -> None:
        self._window = window
        self._session = session
        self._engine = engine
        self._log = log
        self._views = views
        self._report = report
        self._preparation_history = PreparationHistory(engine.prepare)

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
            parent=self._window,
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_preferences(self) -> None:
        """Show the Preferences dialog."""
        state = self._session.state
        ask_preferences(
            load_settings(), state, self._engine.cache, self._window, self._apply_preferences
        )

    @cached_property
    def training(self) -> TrainDialog:
        """The dialog that trains a model."""
        return TrainDialog(self.use_model, self._window)

    def show_training(self) -> None:
        """Show the dialog that trains a model, beside the window."""
        self.training.show()
        self.training.raise_()
        self.training.activateWindow()

    def show_models(self) -> None:
        """Show the models, to use another one for the open case."""
        has_case = self._session.state.case is not None
        dialog = ModelsDialog(
            self._engine.model,
            self._engine.use_model,
            self._window,
            compare=self.compare_with_model if has_case else None,
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def compare_with_model(self, model: str | None) -> None:
        """Compare the model in use with another one, side by side on the open case."""
        try:
            info = model_info(model)
        except CcsdError as error:
            self._report(str(error))
            return
        self._session.become(self._session.state.comparing_with(info, model))

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
        self._engine.use_model(str(model))

    def show_commands(self) -> None:
        """Show the searchable list of commands."""
        commands = [*commands_of(self._window), *self._subset_commands()]
        dialog = CommandDialog(commands, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_about(self) -> None:
        """Show information on the program and the model."""
        AboutDialog(model_line(self._session.state), self._engine.model, self._window).exec()

    def show_guide(self) -> None:
        """Show the user guide beside the window; one that is open comes to the front."""
        opened = self._window.findChild(GuideDialog)
        if opened is not None and opened.isVisible():
            opened.raise_()
            opened.activateWindow()
            return
        try:
            dialog = GuideDialog(self._window)
        except MissingResourceError as error:
            self._report(str(error))
            return
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def show_keys(self) -> None:
        """Show the keys dialog."""
        KeysDialog(self._window).exec()

    def show_diagnostics(self) -> None:
        """Show the log, and a report to read before it is shared."""
        view3d, screen = self._views.view3d, self._window.screen()
        report = report_text(
            self._session.state,
            load_settings(),
            self._log,
            view3d=f"{view3d.status.name.lower()} {view3d.reason}".strip(),
            screen=f"{screen.size().toTuple()} at {screen.devicePixelRatio():g}",
        )
        dialog = DiagnosticsDialog(report, self._log, failed=self._report, parent=self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def close(self) -> None:
        """Close what dialogs started."""
        if "training" in vars(self):
            self.training.close_children()

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
        if self._engine.cache is not None:
            self._engine.cache.cap_mb = settings.disk_mb
            self._engine.cache.prune()
        self._session.become(dialog.applied(self._session.state))

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
