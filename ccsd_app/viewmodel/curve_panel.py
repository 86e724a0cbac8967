"""View-model of the robustness curve: score against the number of sequences."""

from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.hidden import hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.projection import CROSSHAIR, PROGRESS, Projection
from ccsd_app.viewmodel.provenance import score_name, score_title
from ccsd_app.viewmodel.robustness import curve_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One computed subset in one region's curve."""

    subset: ModalitySubset
    count: int
    score: float
    current: bool


@dataclass(frozen=True, slots=True)
class RegionCurve:
    """One region's points, its mean line where a size is complete, and its area.

    Args:
        region: The region.
        colour: Of points and line.
        points: Computed subsets, in table order.
        means: (k, D_k) for every complete k.
        ranges: (k, lowest, highest) for every complete k.
        population: (k, D_k) of the model's evaluation; empty where there is none.
        aurc: Area in words: `2.41`, `n/a (needs all four)` or "" while subsets are missing.
    """

    region: Region
    colour: Rgb
    points: tuple[CurvePoint, ...]
    means: tuple[tuple[int, float], ...]
    ranges: tuple[tuple[int, float, float], ...]
    population: tuple[tuple[int, float], ...]
    aurc: str


@dataclass(frozen=True, slots=True)
class CurvePlot:
    """What the panel shows."""

    curves: tuple[RegionCurve, ...]
    axis: str
    population: str
    progress: str
    aurc_hint: str


def curve_plot(state: State) -> CurvePlot:
    """The curves of all regions that are computed so far."""
    if state.case is None:
        return CurvePlot((), score_title(state), "", "", "")
    available = state.case.available
    total = len(available.subsets())
    done = len(state.results)
    hint = "area under the mean line from 1 to 4 sequences, at most 3"
    if len(available) < 4:
        hint = f"the case has only {available.label}: the area of a shorter curve does not compare"
    progress = f"{done} of {total} subsets computed" if done < total else f"all {total} subsets"
    away = len(hidden(state))
    if away:
        progress = f"guess first: {away} of {total} subsets are hidden"
    return CurvePlot(
        tuple(_curve(region, state, state.case) for region in Region),
        score_title(state),
        _over_whom(state),
        progress,
        hint,
    )


def _over_whom(state: State) -> str:
    population = state.model.population if state.model else None
    if population is None or score_name(state) != "Dice":
        return ""
    return f"dashed: the model's means, {population.described}"


def _curve(region: Region, state: State, case: Case) -> RegionCurve:
    curve = curve_of(state, case, region)
    points = tuple(
        CurvePoint(subset, len(subset), score, subset == state.shown)
        for subset, score in curve.scores.items()
    )
    colour = region_colours(state.colours)[region]
    return RegionCurve(
        region,
        colour,
        points,
        tuple(curve.means.items()),
        tuple((k, *_range(curve, k)) for k in curve.means),
        _population(region, state),
        _aurc(curve),
    )


def _range(curve: RobustnessCurve, count: int) -> tuple[float, float]:
    scores = curve.of_size(count).values()
    return min(scores), max(scores)


def _population(region: Region, state: State) -> tuple[tuple[int, float], ...]:
    """Only beside Dice: a mean of Dice says nothing about an agreement."""
    population = state.model.population if state.model else None
    if population is None or score_name(state) != "Dice":
        return ()
    return tuple(population.means(region).items())


def _aurc(curve: RobustnessCurve) -> str:
    if curve.aurc is not None:
        return f"{curve.aurc:.2f}"
    return "n/a (needs all four)" if len(curve.available) < 4 else ""


def point_hint(plot: CurvePlot, subset: ModalitySubset) -> str:
    """What hovering over a subset's point says."""
    parts = [
        f"{curve.region.name} {point.score:.3f}"
        for curve in plot.curves
        for point in curve.points
        if point.subset == subset
    ]
    return f"{subset.label}: {', '.join(parts)}"


class CurvePanel:
    """Shows `curve_plot(state)`; a click on a point makes its subset the one in use."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.shown = Projection(session, curve_plot, ignores=CROSSHAIR + PROGRESS)

    def use(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.using(subset))
