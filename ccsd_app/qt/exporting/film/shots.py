"""Films of one state after another: a stepwise removal, and the bookmarks as slides."""

from collections.abc import Sequence
from dataclasses import replace

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import result_of
from ccsd_app.export.stamp import Stamp, compared_caption
from ccsd_app.qt.exporting.film.source import FilmSource
from ccsd_app.qt.exporting.film.views_picture import Shot, picture_of
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.exporting.captions import colours_with_meaning, frame_numbers
from ccsd_app.viewmodel.panels.bookmarks import detail
from ccsd_core.domain.modality import ModalitySubset

REMOVAL_S = 1.4
BOOKMARK_S = 4.0
SLIDE_RATE = 5
"""Frames per second of videos in which each picture is shown for a second or more."""
NO_MAP = "Its probabilities are no longer in memory: the regions are shown"


def stepwise_removal(
    views: ViewsGrid,
    state: State,
    path: Sequence[ModalitySubset],
    *,
    order: str = "",
    seconds: float = REMOVAL_S,
) -> FilmSource:
    """The views for one subset after another.

    Args:
        views: The views that draw it.
        state: The state to draw.
        path: The subsets.
        order: Name of the removal order, for the file's comment.
        seconds: Time of each step, in seconds.

    Raises:
        ExportError: If one of them is not computed.
    """
    for subset in path:
        result_of(state, subset)
    shots: list[Shot] = []
    for done, subset in enumerate(path, start=1):
        current = _with_subset(state, subset)
        heading = f"{done}/{len(path)}  {subset.label}"
        shots.append(Shot(current, heading, [frame_numbers(current)], Stamp.of(current, subset)))
    about = "subsets: " + " > ".join(str(subset) for subset in path)
    about += f"\nremoval order: {order}" if order else ""
    return film_of_shots(
        views,
        shots,
        what="stepwise-removal",
        title="Stepwise removal",
        stamp=Stamp.of(state, path[0] if path else None),
        seconds=seconds,
        about=about,
    )


def bookmark_slides(views: ViewsGrid, state: State) -> FilmSource:
    """One slide for each bookmark, with its comment.

    Raises:
        ExportError: If the result of one of them is not computed, or hidden, or of degraded images
            that are not shown.
    """
    shots: list[Shot] = []
    for number, mark in enumerate(state.bookmarks, start=1):
        current = state.at_bookmark(mark)
        if current.used in hidden(state):
            raise ExportError(f"Bookmark {number}: {sentence(HIDDEN).lower()}")
        if current.degradations != current.applied:
            what = current.degradations.text or "nothing degraded"
            raise ExportError(
                f"Bookmark {number} is of other images ({what}): go to it, then export, or delete "
                "bookmarks of other images"
            )
        result_of(current, current.used)
        note: list[str] = []
        if current.layer.needs_probabilities and current.shown_map is None:
            current, note = replace(current, layer=Layer.REGIONS), [NO_MAP]
        about = [frame_numbers(current), detail(mark, state), *note]
        about += compared_caption(current)[1:2] if current.side_by_side else []
        heading = f"{number}/{len(state.bookmarks)}  {mark.text}"
        shots.append(Shot(current, heading, about, Stamp.of(current)))
    return film_of_shots(
        views,
        shots,
        what="bookmarks",
        title="Bookmarks",
        stamp=Stamp.of_all(state),
        seconds=BOOKMARK_S,
    )


def film_of_shots(
    views: ViewsGrid,
    shots: Sequence[Shot],
    *,
    what: str,
    title: str,
    stamp: Stamp,
    seconds: float,
    about: str = "",
) -> FilmSource:
    """The film of some states.

    Args:
        views: The views that draw them.
        shots: The states, with what is written under them.
        what: What they show, for the file's name.
        title: The same for the user.
        stamp: The provenance of the film.
        seconds: Time of each, in seconds.
        about: More text for the file's comment.
    """
    keep = [colour for shot in shots for colour in colours_with_meaning(shot.state)]
    return FilmSource(
        what=what,
        title=f"{title}, {stamp.case}",
        subset=None,
        draw=lambda index, scale: picture_of(views, shots[index], scale=scale),
        labels=[shot.heading for shot in shots],
        stamps=[shot.stamp for shot in shots],
        stamp=stamp,
        seconds=seconds,
        rate=SLIDE_RATE,
        about=about,
        keep=list(dict.fromkeys(keep)),
    )


def _with_subset(state: State, subset: ModalitySubset) -> State:
    """The state that shows one subset, with a layer that every subset has."""
    layer = Layer.REGIONS if state.layer.needs_probabilities else state.layer
    return replace(state, used=subset, shown=subset, layer=layer, side_by_side=False)
