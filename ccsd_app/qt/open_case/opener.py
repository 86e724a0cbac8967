"""Every way to open a case from the window: dialogs, recent cases, the demo, drops, the table."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QWidget

from ccsd_app.engine.engine import Engine, GoneFiles, Opening, Refusal
from ccsd_app.qt.open_case.case_table import CaseTableDialog
from ccsd_app.qt.open_case.drop_frame import DropFrame
from ccsd_app.qt.open_case.open_files import OpenFiles, ask_file, ask_folder
from ccsd_app.qt.open_case.open_menu import OpenActions
from ccsd_app.session.session import Session
from ccsd_app.settings import RecentCase
from ccsd_app.viewmodel.open_case.dropped import Useless, doubt_of, drag_hint, dropped
from ccsd_app.viewmodel.open_case.recent import last_time, opening_of
from ccsd_core.domain.modality import Modality
from ccsd_core.errors import CcsdError
from ccsd_core.storage.cases.case_offer import CaseOffer, case_offer
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.naming import Role
from ccsd_core.storage.cases.overrides import FilesByHand, Said
from ccsd_core.storage.demo import demo_case


class Opener:
    """Asks the user, then the engine.

    Args:
        window: Parent of the dialogs, and what things are dropped on.
        session: Told what cannot be used.
        engine: Opens cases.
        start_folder: Where file dialogs begin.
        recent: Gives the recent cases, newest first.
        offer_way_out: Puts a way out beside the message that a case was refused.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        engine: Engine,
        *,
        start_folder: Path | None,
        recent: Callable[[], Sequence[RecentCase]],
        offer_way_out: Callable[[Callable[[], None]], None],
    ) -> None:
        self._window = window
        self._session = session
        self._engine = engine
        self._start_folder = start_folder
        self._recent = recent
        self._offer_way_out = offer_way_out
        self._table: CaseTableDialog | None = None
        self._frame = DropFrame(window)
        engine.refused.connect(self.offer_table)

    @property
    def actions(self) -> OpenActions:
        """What the Open menu does."""
        return OpenActions(
            open_folder=self.ask_folder,
            open_file=self.ask_file,
            choose_files=self.ask_files,
            open_recent=lambda recent: self._open(opening_of(recent)),
            open_demo=self.open_demo,
            show_table=self.show_table,
            case_open=lambda: self._session.state.case is not None,
        )

    def open_anew(self, path: Path) -> None:
        """Open a case folder or file, its files chosen as they were last time, if by hand."""
        self._open(last_time(path, self._recent()))

    def open(self, path: Path, files: FilesByHand | None = None) -> None:
        """Open a case folder or file, with just what is said of its files."""
        self._open(Opening(path, files))

    def ask_folder(self) -> None:
        """Ask for a case folder and open it."""
        chosen = ask_folder(self._window, self._start_folder)
        if chosen is not None:
            self.open_anew(chosen)

    def ask_file(self) -> None:
        """Ask for one image and open it: a 4-D file, or one sequence."""
        chosen = ask_file(self._window, self._start_folder)
        if chosen is not None:
            self.open_anew(chosen)

    def ask_files(self) -> None:
        """Ask for the file of each sequence and open them."""
        dialog = OpenFiles(self._window, start=self._start_folder)
        if dialog.exec():
            self._start_folder = dialog.folder
            self._engine.open(dialog.folder, dialog.files)
        dialog.deleteLater()

    def open_demo(self) -> None:
        """Open the bundled case; file dialogs begin where they did."""
        try:
            self._engine.open(demo_case())
        except CcsdError as error:
            self._tell(str(error))

    def show_table(self) -> None:
        """Show the files of the open case, to correct what they became."""
        opened, state = self._engine.opened, self._session.state
        if opened is None or state.case is None:
            return
        left_out = [m for m in Modality if m in state.available and m not in state.used]
        try:
            offer = case_offer(inventory(opened.path), opened.files)
            self._show(offer, left_out=left_out, gone=opened.gone)
        except CcsdError as error:
            self._tell(str(error))

    def offer_table(self, refusal: Refusal) -> None:
        """What could not be opened as it is: let the user say what the files are, if any."""
        try:
            opening = refusal.opening
            offer = case_offer(inventory(opening.path), opening.files)
        except CcsdError:
            return  # there is nothing to choose from, and the message is in the window
        if offer.images:
            self._show(offer, error=refusal.message, refused=True, gone=opening.gone)
            self._offer_way_out(lambda: self.offer_table(refusal))

    def drag(self, data: QMimeData) -> bool:
        """Say what dropping would do; whether that is anything."""
        if not data.hasUrls():
            return False
        hint = drag_hint(_paths(data))
        self._frame.announce(hint.text, welcome=hint.welcome)
        return True

    def drag_ended(self) -> None:
        """It was dropped, or went elsewhere."""
        self._frame.hide()

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped, or say why that cannot be."""
        self._frame.hide()
        match dropped(_paths(data)):
            case Opening(path, None):
                self.open_anew(path)
            case Opening(path, files):
                self.open(path, files)
            case CaseOffer() as offer:
                self._show(offer, error=doubt_of(offer))
            case Useless(message):
                self._tell(message)

    def _show(
        self,
        offer: CaseOffer,
        *,
        left_out: Sequence[Modality] = (),
        error: str = "",
        refused: bool = False,
        gone: GoneFiles | None = None,
    ) -> None:
        if self._table is not None:
            self._table.reject()
        table = CaseTableDialog(
            offer,
            left_out=left_out,
            radiological=self._session.state.radiological,
            error=error,
            refused=refused,
            parent=self._window,
        )
        table.accepted.connect(lambda: self._open(_as_said(table, gone or {})))
        table.finished.connect(self._forget_table)
        self._table = table
        table.open()

    def _forget_table(self, *_: object) -> None:
        if self._table is not None:
            self._table.deleteLater()
            self._table = None

    def _open(self, opening: Opening) -> None:
        self._start_folder = opening.path.parent
        self._engine.open(opening.path, opening.files, opening.gone)

    def _tell(self, problem: str) -> None:
        self._session.become(self._session.state.with_problem(problem))


def _as_said(table: CaseTableDialog, gone: GoneFiles) -> Opening:
    """What the table says; of files that are gone, what it decides nothing of."""
    said = table.files
    kept: dict[Role, Said] = {role: part for role, part in gone.items() if role not in (said or {})}
    return Opening(table.offer.path, said, kept)


def _paths(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
