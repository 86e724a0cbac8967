"""View-model of the bookmarks: places with a subset, a layer and a comment, in their order.

Stepping through them makes a presentation: each shows what was shown when it was added.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ccsd_app.scene.slices.slice_scene import signed_mm
from ccsd_app.session.bookmark import Bookmark
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    """One row of the list.

    Args:
        text: The user's comment.
        detail: Sequences, layer and position.
    """

    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """What the panel shows.

    Args:
        rows: The bookmarks.
        current: Index of the bookmark shown last; None before that.
        case_open: Whether a case is open, so that bookmarks can be added.
    """

    rows: tuple[BookmarkRow, ...] = ()
    current: int | None = None
    case_open: bool = False


class BookmarksModel:
    """Shows `Bookmarks`; adds, changes and goes to them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._current: int | None = None
        self.shown = DerivedValue(session, self._show, ignores=CROSSHAIR + PROGRESS)

    def add(self, text: str) -> None:
        """Bookmark what is shown, with a comment; without one it is named by its number."""
        state = self._session.state
        if state.case is None:
            return
        text = " ".join(text.split()) or f"Bookmark {len(state.bookmarks) + 1}"
        self._current = len(state.bookmarks)
        self._become((*state.bookmarks, state.bookmark(text)))

    def rename(self, index: int, text: str) -> None:
        """Change the comment of a bookmark; an empty one changes nothing."""
        bookmarks, text = self._session.state.bookmarks, " ".join(text.split())
        if text and text != bookmarks[index].text:
            self._become(
                (*bookmarks[:index], replace(bookmarks[index], text=text), *bookmarks[index + 1 :])
            )

    def remove(self, index: int) -> None:
        """Delete a bookmark; this can be undone."""
        bookmarks = self._session.state.bookmarks
        if 0 <= index < len(bookmarks):
            self._current = None
            self._become((*bookmarks[:index], *bookmarks[index + 1 :]))

    def go(self, index: int) -> None:
        """Show what was bookmarked."""
        state = self._session.state
        if 0 <= index < len(state.bookmarks):
            self._current = index
            self._session.become(state.at_bookmark(state.bookmarks[index]))
            self.shown.refresh()

    def step(self, by: int) -> str:
        """Go to the next one (1) or the previous (−1); returns its number and comment.

        After the last one comes the first.
        """
        count = len(self._session.state.bookmarks)
        if count == 0:
            return "There are no bookmarks: Ctrl+B adds one"
        start = self._current if self._current is not None else -1 if by > 0 else 0
        self.go((start + by) % count)
        assert self._current is not None
        text = self._session.state.bookmarks[self._current].text
        return f"{self._current + 1} of {count}: {text}"

    def _become(self, bookmarks: tuple[Bookmark, ...]) -> None:
        self._session.become(replace(self._session.state, bookmarks=bookmarks))
        self.shown.refresh()

    def _show(self, state: State) -> Bookmarks:
        current = self._current
        if current is not None and current >= len(state.bookmarks):
            current = self._current = None
        rows = tuple(BookmarkRow(mark.text, detail(mark, state)) for mark in state.bookmarks)
        return Bookmarks(rows, current, state.case is not None)


def detail(mark: Bookmark, state: State) -> str:
    """What was shown and where, `FLAIR + T2 · Difference TC vs T1 · x −12.0 y +3.0 z +8.0 mm`."""
    layer = mark.layer.value
    if mark.layer.about_one_region:
        layer = f"{layer} {mark.region.name}"
    if mark.against_reference:
        layer = f"{layer} vs expert labels"
    elif mark.compared is not None:
        layer = f"{layer} vs {mark.compared.label}"
    place = ""
    if state.case is not None and mark.on_scanned == state.on_scanned:
        point = state.case.grid.world_from(mark.cursor_voxel)
        named = zip("xyz", point, strict=True)
        place = " ".join(f"{name} {signed_mm(mm)}" for name, mm in named) + " mm"
    parts = (mark.used.label, mark.degradations.text, layer, f"on {mark.background.label}", place)
    return " · ".join(part for part in parts if part)


def bookmarks_text(state: State, caption: Callable[[Bookmark], str]) -> str:
    """The bookmarks as Markdown, each with its provenance.

    Args:
        state: The state.
        caption: Provenance of a picture of a bookmark.
    """
    lines = ["# Bookmarks", ""]
    for number, mark in enumerate(state.bookmarks, 1):
        lines += [
            f"{number}. **{mark.text}**",
            f"   {detail(mark, state)}",
            *(f"   {line}" for line in caption(mark).splitlines()),
            "",
        ]
    return "\n".join(lines)
