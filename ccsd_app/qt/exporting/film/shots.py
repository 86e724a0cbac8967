"""Films of one state after another: stepwise removal, bookmarks, and a degradation sweep."""

from collections.abc import Sequence
from dataclasses import replace

from ccsd_app.export.errors import ExportError
from ccsd_app.export.label_maps import result_of
from ccsd_app.export.stamp import Stamp, compared_caption
from ccsd_app.qt.exporting.film.source import FilmSource
from ccsd_app.qt.exporting.film.views_picture import Shot, picture_of
from ccsd_app.qt.views_grid import ViewsGrid
from ccsd_app.session.bookmark import Bookmark
from ccsd_app.session.degraded_views import DegradedView, DegradedViews, DegradedViewsKey
from ccsd_app.session.display import Layer
from ccsd_app.session.hidden import HIDDEN, hidden
from ccsd_app.session.on_demand import DegradationCurveKey
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.exporting.captions import colours_with_meaning, frame_numbers
from ccsd_app.viewmodel.exporting.degraded_views import (
    LAYERS,
    severities,
    severity_text,
    state_of_view,
    sweep_of,
)
from ccsd_app.viewmodel.panels.bookmarks import detail
from ccsd_core.data.degradation.kinds import TITLES
from ccsd_core.domain.modality import ModalitySubset

REMOVAL_S = 1.4
BOOKMARK_S = 4.0
SWEEP_S = 1.0
SLIDE_RATE = 5
"""Frames per second of videos in which each picture is shown for a second or more."""
NO_LAYER = (
    "The compared subset is not computed for these degraded images: regions are shown instead"
)
NO_MAP = "The probabilities are no longer in memory: regions are shown instead"


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


def views_of_bookmarks(state: State) -> DegradedViewsKey | None:
    """The degraded images that bookmarks need and the window does not show; None for none."""
    needed = tuple(
        DegradedView(mark.degradations, state.at_bookmark(mark).used, mark.background)
        for mark in state.bookmarks
        if _is_elsewhere(mark, state)
    )
    return DegradedViewsKey(needed, "bookmarks") if needed else None


def _is_elsewhere(mark: Bookmark, state: State) -> bool:
    return bool(mark.degradations) and mark.degradations != state.applied


def bookmark_slides(
    views: ViewsGrid, state: State, degraded: DegradedViews | None = None
) -> FilmSource:
    """One slide for each bookmark, with its comment.

    Args:
        views: The views that draw them.
        state: The state with the bookmarks.
        degraded: What `views_of_bookmarks` asks for.

    Raises:
        ExportError: If the result of one of them is not computed, or hidden.
    """
    shots: list[Shot] = []
    elsewhere = 0
    for number, mark in enumerate(state.bookmarks, start=1):
        current = state.at_bookmark(mark)
        if current.used in hidden(state):
            raise ExportError(f"Bookmark {number}: {sentence(HIDDEN).lower()}")
        note: list[str] = []
        if _is_elsewhere(mark, state):
            assert degraded is not None, "the degraded images of bookmarks are computed before"
            plain = current.layer in LAYERS and not current.side_by_side
            note = [] if plain else [NO_LAYER]
            view = DegradedView(mark.degradations, current.used, mark.background)
            current = state_of_view(current, degraded, elsewhere, view)
            elsewhere += 1
        elif not mark.degradations:
            current = current.degraded_to(mark.degradations, {})
            current = current.using(current.used)
        result_of(current, current.used)
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


def degradation_sweep(
    views: ViewsGrid, state: State, key: DegradationCurveKey, found: DegradedViews
) -> FilmSource:
    """One sequence that gets worse and worse by one kind of degradation.

    Args:
        views: The views that draw it.
        state: The state to draw: its crosshair and what is drawn.
        key: The sequence, the kind, and what the model is given.
        found: Images and results of `sweep_of(key)`.
    """
    shots: list[Shot] = []
    sweep = zip(severities(), sweep_of(key).views, strict=True)
    for index, (severity, view) in enumerate(sweep):
        current = state_of_view(state, found, index, view)
        stamp = Stamp.of(current, view.subset)
        shots.append(Shot(current, severity_text(key, severity), [frame_numbers(current)], stamp))
    return film_of_shots(
        views,
        shots,
        what=f"sweep-{key.sequence.label}-{key.kind}",
        title=f"{TITLES[key.kind]} of {key.sequence.label}",
        stamp=shots[0].stamp,
        seconds=SWEEP_S,
        about=f"severity 0 to {severities()[-1]:g}: {TITLES[key.kind].lower()} of "
        f"{key.sequence.label}",
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
