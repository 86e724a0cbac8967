"""What each key of the main window does; `KeyFilter` recognises the keys.

The sheet of keys (`ccsd_app/qt/help/keys_dialog.py`) lists them for the user.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt

from ccsd_app.engine.engine import Engine
from ccsd_app.qt.keys import Commands
from ccsd_app.qt.panels.robustness_panel import RobustnessPanel
from ccsd_app.qt.panels.toolbar import ToolbarWidget
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.qt.window.view_models import ViewModels
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.slices.navigation import moved
from ccsd_app.viewmodel.teaching.tour import TourModel


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """What the keys of the window do.

    Args:
        session: The state.
        engine: Computes; Esc cancels it.
        models: The view-models that keys act on.
        views: The views.
        toolbar: Its second row is closed by Esc.
        tour: The tour, which Esc leaves.
        robustness: The panel in which a bookmark is named.
        tell: Shows a message in the status bar.
        open_folder: Asks for a case folder.
        save_session: Saves the session as a file.
        toggle_degrading: Shows or hides the panel that degrades sequences.
        show_commands: Shows the list of commands.
        show_preferences: Shows the preferences.
        show_keys: Shows the sheet of keys.
    """

    session: Session
    engine: Engine
    models: ViewModels
    views: ViewsGrid
    toolbar: ToolbarWidget
    tour: TourModel
    robustness: RobustnessPanel
    tell: Callable[[str], None]
    open_folder: Callable[[], None]
    save_session: Callable[[], None]
    toggle_degrading: Callable[[], None]
    show_commands: Callable[[], None]
    show_preferences: Callable[[], None]
    show_keys: Callable[[], None]

    @property
    def commands(self) -> Commands:
        """The action of each key."""
        models, tools, key = self.models, self.models.tools, Qt.Key
        bookmarks, undo = models.bookmarks, models.undo
        return Commands(
            toggle=models.toggles.toggle,
            use_all=models.toggles.use_all,
            set_background=tools.set_background,
            move=self._move,
            control={
                (key.Key_O, False): self.open_folder,
                (key.Key_S, False): self.save_session,
                (key.Key_B, False): self.robustness.begin_bookmark,
                (key.Key_PageDown, False): lambda: self.tell(bookmarks.step(1)),
                (key.Key_PageUp, False): lambda: self.tell(bookmarks.step(-1)),
                (key.Key_D, False): self.toggle_degrading,
                (key.Key_K, False): self.show_commands,
                (key.Key_Comma, False): self.show_preferences,
                (key.Key_Z, False): undo.undo,
                (key.Key_Z, True): undo.redo,
                (key.Key_Y, False): undo.redo,
            },
            plain={
                key.Key_Escape: self._escape,
                key.Key_S: tools.toggle_overlay,
                key.Key_O: tools.toggle_outline,
                key.Key_E: self._toggle_expert,
                key.Key_L: tools.next_layer,
                key.Key_D: tools.toggle_difference,
                key.Key_T: tools.next_region,
                key.Key_C: tools.toggle_side_by_side,
                key.Key_P: self._play_path,
                key.Key_X: tools.toggle_crosshair,
                key.Key_W: tools.toggle_window_tool,
                key.Key_M: models.measuring.next_tool,
                key.Key_F: self.views.fit,
                key.Key_G: self.go_to_tumour,
                key.Key_BracketLeft: tools.less_opaque,
                key.Key_BracketRight: tools.more_opaque,
                key.Key_R: self.views.reset,
                key.Key_Question: self.show_keys,
                key.Key_F1: self.show_keys,
            },
        )

    def go_to_tumour(self) -> None:
        """Move the crosshair to the tumour, or say why that is not possible."""
        reason = self.models.tools.go_to_tumour()
        if reason:
            self.tell(reason)

    def _escape(self) -> None:
        """Handle Esc: close or cancel one thing at a time, from popups to computations.

        Close the toolbar's second row, stop measuring, leave the tour, cancel the awaited result,
        pause the player, leave a large view, stop work.
        """
        if self.toolbar.close_second_row() or self.models.measuring.cancel():
            return
        if self.tour.popup is not None:
            self.tour.end()
            return
        paused = self.models.path_player.pause()
        pending = self.session.state.waiting or self.session.state.case is None
        if paused and not pending:
            return
        if self.views.large is not None and not pending:
            self.views.toggle_large(self.views.large)
        else:
            self.engine.cancel()

    def _play_path(self) -> None:
        """Play or pause; if that is not possible, the status bar says why."""
        player = self.models.path_player
        was_playing = player.view.setup.playing
        player.toggle()
        view = player.view
        idle = not was_playing and not view.setup.playing
        if idle and (view.refused or view.guess_first):
            self.tell(f"Stepwise removal is not possible: {view.refused or view.guess_first}")

    def _toggle_expert(self) -> None:
        """Draw the expert's outlines, or say why there are none."""
        absence = self.models.tools.shown.value.reference_absence
        if absence:
            self.tell(absence)
        else:
            self.models.tools.toggle_reference()

    def _move(self, columns: int, rows: int, slices: int) -> None:
        plane = self.views.hovered
        state = moved(self.session.state, plane, columns=columns, rows=rows, slices=slices)
        self.session.become(state)
