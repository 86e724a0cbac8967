"""Every way to open a case from the window: dialogs, recent cases, the demo, drops, the table."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QWidget

from ccsd_app.engine.engine import Engine
from ccsd_app.engine.opening import Opening, OverridesNotFound, Refusal
from ccsd_app.qt.open_case.batch.batch_dialog import BatchDefaults, BatchDialog
from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.open_case.drop_frame import DropFrame
from ccsd_app.qt.open_case.open_files import OpenFiles, ask_file, ask_folder
from ccsd_app.qt.open_case.open_menu import OpenActions
from ccsd_app.qt.open_case.study_dialog import StudyDialog
from ccsd_app.session.session import Session
from ccsd_app.settings import RecentCase, load_settings
from ccsd_app.viewmodel.open_case.dropped import CannotOpen, doubt_of, drag_hint, dropped
from ccsd_app.viewmodel.open_case.recent import corrections_of, opening_of, previous_opening
from ccsd_app.worker.protocol import Limits
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.case_offer import CaseOffer, case_offer
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.overrides import Override, Overrides
from ccsd_core.storage.demo import demo_case
from ccsd_core.storage.names.naming import Role


class OfferFix(Protocol):
    """Adds a button to the message about a refused case."""

    def __call__(self, fix: Callable[[], None], *, text: str = "") -> None: ...


class Opener:
    """Asks the user what to open, and has the engine open it.

    Args:
        window: Parent of the dialogs; files are dropped on it.
        session: Where problems are reported.
        engine: Opens cases.
        start_folder: The folder in which file dialogs start.
        recent: Returns the recent cases, newest first.
        offer_fix: Adds a button, which calls the function, to the message about a refused case.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        engine: Engine,
        *,
        start_folder: Path | None,
        recent: Callable[[], Sequence[RecentCase]],
        offer_fix: OfferFix,
    ) -> None:
        self._window = window
        self._session = session
        self._engine = engine
        self._start_folder = start_folder
        self._recent = recent
        self._offer_fix = offer_fix
        self._table: CaseTableDialog | None = None
        self._batch: BatchDialog | None = None
        self._frame = DropFrame(window)
        engine.refused.connect(self.offer_table)

    @property
    def start_folder(self) -> Path:
        """The folder in which file dialogs start."""
        return self._start_folder or Path.cwd()

    @property
    def actions(self) -> OpenActions:
        """The functions of the Open menu."""
        return OpenActions(
            open_folder=self.ask_folder,
            open_file=self.ask_file,
            choose_files=self.ask_files,
            open_recent=lambda recent: self._open(opening_of(recent)),
            open_demo=self.open_demo,
            show_table=self.show_table,
            segment_folder=self.segment_folder,
            case_open=lambda: self._session.state.case is not None,
        )

    def open_as_before(self, path: Path) -> None:
        """Open a case folder or file, with the overrides of the last time it was opened."""
        self._open(previous_opening(path, self._recent()))

    def open(self, path: Path, files: Overrides | None = None) -> None:
        """Open a case folder or file, with these overrides and no others."""
        self._open(Opening(path, files))

    def ask_folder(self) -> None:
        """Ask for a case folder and open it."""
        chosen = ask_folder(self._window, self._start_folder)
        if chosen is not None:
            self.open_as_before(chosen)

    def ask_file(self) -> None:
        """Ask for one image and open it: a 4-D file, or one sequence."""
        chosen = ask_file(self._window, self._start_folder)
        if chosen is not None:
            self.open_as_before(chosen)

    def ask_files(self) -> None:
        """Ask for the file of each sequence and open them."""
        dialog = OpenFiles(self._window, start=self._start_folder)
        if dialog.exec():
            self._start_folder = dialog.folder
            self._engine.open(dialog.folder, dialog.files)
        dialog.deleteLater()

    def open_demo(self) -> None:
        """Open the bundled case; file dialogs still start in the folder of the previous case."""
        try:
            self._engine.open(demo_case())
        except CcsdError as error:
            self._report(str(error))

    def segment_folder(self) -> None:
        """Show the dialog that segments a folder of cases, beside the window."""
        if self._batch is None:
            defaults = BatchDefaults(
                self._engine.model,
                self._engine.device,
                self._session.state.prepare,
                Limits.of(load_settings()),
                self.start_folder,
                lambda: corrections_of(self._recent()),
            )
            self._batch = BatchDialog(defaults, self.open_as_before, self._window)
            self._batch.finished.connect(self._on_batch_closed)
        self._batch.show()
        self._batch.raise_()
        self._batch.activateWindow()

    def close(self) -> bool:
        """Close the dialog of a batch; False if it is still needed, as the user was asked."""
        return self._batch is None or self._batch.close()

    def show_table(self) -> None:
        """Show the files of the open case, so that the user can assign them differently."""
        opened, state = self._engine.opened, self._session.state
        if opened is None or state.case is None:
            return
        withheld = [m for m in Modality if m in state.available and m not in state.used]
        try:
            offer = case_offer(inventory(opened.path), opened.files)
            self._show(offer, withheld=withheld, not_found=opened.not_found)
        except CcsdError as error:
            self._report(str(error))

    def offer_table(self, refusal: Refusal) -> None:
        """Show the files of a case that could not be opened, so that the user can correct them.

        If there are several DICOM studies, the user chooses one.
        """
        if refusal.studies:
            self._choose_study(refusal)
            return
        try:
            opening = refusal.opening
            offer = case_offer(inventory(opening.path), opening.files)
        except CcsdError:
            return  # there is nothing to choose from, and the message is in the window
        if offer.images:
            self._show(offer, error=refusal.message, refused=True, not_found=opening.not_found)
            self._offer_fix(lambda: self.offer_table(refusal))

    def _choose_study(self, refusal: Refusal) -> None:
        dialog = StudyDialog(refusal.studies, self._window)
        opening = refusal.opening
        dialog.chosen.connect(lambda alias: self._open(replace(opening, study=alias)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        self._offer_fix(lambda: self._choose_study(refusal), text="Choose study…")

    def drag(self, data: QMimeData) -> bool:
        """Show what dropping would do; False if nothing that is dragged is a file."""
        if not data.hasUrls():
            return False
        hint = drag_hint(_paths(data))
        self._frame.announce(hint.text, accepted=hint.accepted)
        return True

    def drag_ended(self) -> None:
        """Hide the hint: the drag has left the window."""
        self._frame.hide()

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped, or show why it cannot be opened."""
        self._frame.hide()
        match dropped(_paths(data)):
            case Opening(path, None):
                self.open_as_before(path)
            case Opening(path, files):
                self.open(path, files)
            case CaseOffer() as offer:
                self._show(offer, error=doubt_of(offer))
            case CannotOpen(message):
                self._report(message)

    def _show(
        self,
        offer: CaseOffer,
        *,
        withheld: Sequence[Modality] = (),
        error: str = "",
        refused: bool = False,
        not_found: OverridesNotFound | None = None,
    ) -> None:
        if self._table is not None:
            self._table.reject()
        table = CaseTableDialog(
            offer,
            withheld=withheld,
            radiological=self._session.state.radiological,
            error=error,
            refused=refused,
            parent=self._window,
        )
        table.accepted.connect(lambda: self._open(_opening(table, not_found or {})))
        table.finished.connect(self._on_table_closed)
        self._table = table
        table.open()

    def _on_table_closed(self, *_: object) -> None:
        if self._table is not None:
            self._table.deleteLater()
            self._table = None

    def _on_batch_closed(self, *_: object) -> None:
        if self._batch is not None:
            self._batch.deleteLater()
            self._batch = None

    def _open(self, opening: Opening) -> None:
        self._start_folder = opening.path.parent
        self._engine.open(opening.path, opening.files, opening.not_found, opening.study)

    def _report(self, problem: str) -> None:
        self._session.become(self._session.state.with_problem(problem))


def _opening(table: CaseTableDialog, not_found: OverridesNotFound) -> Opening:
    """What the table opens; overrides whose file is missing are kept for unassigned roles."""
    overrides = table.files or {}
    kept: dict[Role, Override] = {
        role: part for role, part in not_found.items() if role not in overrides
    }
    return Opening(table.offer.path, overrides or None, kept)


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
