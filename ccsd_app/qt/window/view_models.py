"""The view-models that several parts of the window share."""

from dataclasses import dataclass
from typing import Self

from ccsd_app.engine.engine import Engine
from ccsd_app.session.session import Session
from ccsd_app.viewmodel.measuring.measuring import Measuring
from ccsd_app.viewmodel.panels.bookmarks import BookmarksModel
from ccsd_app.viewmodel.panels.compare_bar import ComparisonModel
from ccsd_app.viewmodel.panels.degrade.degrade_panel import DegradeModel
from ccsd_app.viewmodel.panels.modality_toggles import ModalityToggles
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.toolbar import ToolbarModel
from ccsd_app.viewmodel.panels.undo import UndoModel


@dataclass(frozen=True, slots=True)
class ViewModels:
    """One view-model per field, all of the same session."""

    toggles: ModalityToggles
    tools: ToolbarModel
    degrading: DegradeModel
    comparison: ComparisonModel
    path_player: PathPlayer
    bookmarks: BookmarksModel
    measuring: Measuring
    undo: UndoModel

    @classmethod
    def of(cls, session: Session, engine: Engine) -> Self:
        """Make them, in the order in which they are notified of changes."""
        toggles, tools = ModalityToggles(session), ToolbarModel(session)
        degrading = DegradeModel(session, engine.cancel_curve)
        comparison = ComparisonModel(session)
        player = PathPlayer(session, resume=engine.resume)
        return cls(
            toggles=toggles,
            tools=tools,
            degrading=degrading,
            comparison=comparison,
            path_player=player,
            bookmarks=BookmarksModel(session),
            measuring=Measuring(session),
            undo=UndoModel(session, playing=lambda: player.view.setup.playing),
        )
