"""The Help menu: keys, guided tour, "Guess first", quiz, about."""

from collections.abc import Callable
from dataclasses import dataclass

from ccsd_app.qt.widgets.choice_button import MenuButton, add_entry
from ccsd_app.viewmodel.teaching.guess_panel import GuessModel


@dataclass(frozen=True, slots=True)
class HelpActions:
    """The functions that the entries call.

    Args:
        keys: Shows the keys dialog.
        guide: Shows the user guide.
        tour: Starts the guided tour.
        quiz: Shows the dialog of the quiz.
        about: Shows the About dialog.
        case_open: Returns whether a case is open, which the tour needs.
        commands: Shows the searchable list of commands.
        diagnostics: Shows the log and the diagnostic report.
    """

    keys: Callable[[], None]
    guide: Callable[[], None]
    tour: Callable[[], None]
    quiz: Callable[[], None]
    about: Callable[[], None]
    case_open: Callable[[], bool]
    commands: Callable[[], None]
    diagnostics: Callable[[], None]


class HelpMenu(MenuButton):
    """The Help button and its menu."""

    def __init__(self, actions: HelpActions, guess: GuessModel) -> None:
        super().__init__("Help", "help", "Show keys, guided tour, Guess first, quiz and version")
        menu = self.choices_menu
        menu.setToolTipsVisible(True)
        add_entry(menu, "User guide", "show_guide", actions.guide)
        add_entry(menu, "Keys and mouse (?)", "show_keys", actions.keys)
        add_entry(menu, "Search commands…\tCtrl+K", "show_commands", actions.commands)
        self._tour = add_entry(menu, "Guided tour", "start_tour", actions.tour)
        self._tour.setToolTip(
            "Show on the open case what withholding a sequence changes (two minutes)"
        )
        menu.addSeparator()
        self._guess = add_entry(menu, "Guess first", "guess_first", guess.toggle)
        self._guess.setCheckable(True)
        self._guess.setToolTip(
            "Hide results with withheld sequences until you have guessed the change (for teaching)"
        )
        quiz = add_entry(menu, "Start a quiz…", "start_quiz", actions.quiz)
        quiz.setToolTip(
            "Questions on each case of a folder, with hints, points and a table of results"
        )
        menu.addSeparator()
        text = "Log and diagnostic report…"
        add_entry(menu, text, "show_diagnostics", actions.diagnostics)
        add_entry(menu, "About CCSD", "about", actions.about)
        self._actions = actions
        self._model = guess
        menu.aboutToShow.connect(self._refresh)
        guess.shown.changed.connect(lambda _: self._refresh())
        self._refresh()

    def _refresh(self) -> None:
        self._tour.setEnabled(self._actions.case_open())
        self._guess.setChecked(self._model.shown.value.on)
