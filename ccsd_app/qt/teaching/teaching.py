"""The parts for learning and teaching: the Help menu, the guided tour, and "Guess first"."""

from collections.abc import Callable

from PySide6.QtWidgets import QMainWindow

from ccsd_app.qt.help.help_menu import HelpActions, HelpMenu
from ccsd_app.qt.teaching.guess_panel import GuessPanelWidget
from ccsd_app.qt.teaching.tour import Tour
from ccsd_app.qt.teaching.tour_offer import TourOffer
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.teaching.guess_panel import GuessModel
from ccsd_app.viewmodel.teaching.tour import TourModel


class Teaching:
    """Builds these parts; the window lays them out.

    Args:
        window: The window over which the tour is drawn.
        session: The state.
        views: The views, none of which is enlarged during the tour.
        player: The path player that the tour shows.
        show_quiz: Shows the dialog of the quiz.
        show_keys: Shows the keys dialog.
        show_guide: Shows the user guide.
        show_commands: Shows the list of commands.
        show_diagnostics: Shows the log and the diagnostic report.
        show_about: Shows the About dialog.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        views: ViewsGrid,
        player: PathPlayer,
        *,
        show_quiz: Callable[[], None],
        show_keys: Callable[[], None],
        show_guide: Callable[[], None],
        show_commands: Callable[[], None],
        show_diagnostics: Callable[[], None],
        show_about: Callable[[], None],
    ) -> None:
        self._window = window
        self._session = session
        self.tour = TourModel(session, player)
        self._guess = GuessModel(session)
        self._tour_widget = Tour(window, views, self.tour)
        self._case_open = DerivedValue(
            session, lambda state: state.case is not None, ignores=CROSSHAIR + PROGRESS
        )
        self.offer = TourOffer(self._case_open, self.tour.start)
        self.guess_panel = GuessPanelWidget(self._guess)
        actions = HelpActions(
            keys=show_keys,
            guide=show_guide,
            tour=self.tour.start,
            quiz=show_quiz,
            about=show_about,
            commands=show_commands,
            diagnostics=show_diagnostics,
            case_open=lambda: session.state.case is not None,
        )
        self.menu = HelpMenu(actions, self._guess)
