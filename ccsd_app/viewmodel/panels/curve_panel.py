"""View-model of the robustness curve: score against the number of sequences."""

from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.hidden import hidden
from ccsd_app.session.session import Session
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import scored, unrated_regions, unrated_text
from ccsd_app.viewmodel.common.derived_value import CROSSHAIR, PROGRESS, DerivedValue
from ccsd_app.viewmodel.common.provenance import score_name, score_name_in_text, score_title
from ccsd_app.viewmodel.common.sentence import sentence
from ccsd_app.viewmodel.panels.path_player import PathPlayer
from ccsd_app.viewmodel.panels.path_view import PlayerView
from ccsd_app.viewmodel.panels.paths import CasePath
from ccsd_app.viewmodel.panels.region_table import NO_SCORE
from ccsd_app.viewmodel.panels.robustness_curve import (
    counted_subsets,
    curve_of,
    informative_curve,
    mean_of,
)
from ccsd_core.distillation.path import Path
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
    """One region's points, the line of its means for complete sizes, and the mean of all.

    Args:
        region: The region.
        colour: Colour of its points and its line.
        points: Computed subsets, in table order.
        means: (k, D_k), the mean score of k sequences, for every complete k; empty if the region is
            not rated.
        ranges: (k, lowest, highest score) for every complete k.
        reference_scores: (k, D_k) of the model's evaluation; empty if there is none.
        mean: The mean score of all subsets as text: `0.80`, a dash if the region is not rated, or
            "" while subsets are missing.
        path: (k, score) of the computed subsets of the chosen path.
    """

    region: Region
    colour: Rgb
    points: tuple[CurvePoint, ...] = ()
    means: tuple[tuple[int, float], ...] = ()
    ranges: tuple[tuple[int, float, float], ...] = ()
    reference_scores: tuple[tuple[int, float], ...] = ()
    mean: str = ""
    path: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CurvePlot:
    """What the panel shows.

    Args:
        curves: One for each region.
        axis: Title of the score's axis.
        reference_scores: Text that explains the dashed lines; "" if there are none.
        progress: Text that says how many subsets are computed.
        mean_title: What the numbers in the legend are.
        mean_hint: Tooltip that explains them, and states the area under the curve.
        path: Text that explains the dotted line; "" if there is none.
    """

    curves: tuple[RegionCurve, ...]
    axis: str
    reference_scores: str
    progress: str
    mean_title: str
    mean_hint: str
    path: str = ""

    @property
    def summary(self) -> str:
        """The text under the plot while the mouse is not over a point."""
        return f"{self.progress} · {self.path}" if self.path else self.progress


def curve_plot(state: State, path: CasePath | None = None) -> CurvePlot:
    """The curves of all regions that are computed so far, and the chosen path through them."""
    if state.case is None:
        return CurvePlot((), sentence(score_title(state)), "", "", "", "")
    subsets = () if path is None else path.subsets
    available = state.case.available
    total = len(available.subsets())
    done, counted = len(state.results), counted_subsets(state, state.case)
    progress = f"{done} of {total} subsets computed" if done < total else _all(total)
    hidden_count = len(hidden(state))
    if hidden_count:
        progress = f"{hidden_count} of {total} hidden"
    return CurvePlot(
        tuple(_curve(region, state, state.case, subsets) for region in Region),
        scored(sentence(score_title(state)), state),
        _reference_text(state),
        progress,
        "" if hidden_count else f"Mean {score_name_in_text(state)} of {_subsets(counted)}",
        _hint(state, state.case),
        "" if path is None else f"dotted: {path.name}",
    )


def _subsets(count: int) -> str:
    return f"{count} subset{'s' if count != 1 else ''}"


def _hint(state: State, case: Case) -> str:
    """What the means are over, and the areas under the curves."""
    lines = ["Mean score of all subsets of the sequences, at most 1"]
    if score_name(state) != "Dice":
        lines = [
            "Mean agreement of all subsets but the full one, at most 1: the agreement of the "
            "prediction from all sequences with itself is 1 by definition and is left out, so "
            "there is no area under the curve either"
        ]
    elif len(case.available) < 4:
        lines.append(
            f"The case has only {case.available.label}: the area of a shorter curve is not "
            "comparable"
        )
    else:
        areas = {region: curve_of(state, case, region).aurc for region in Region}
        texts = [f"{r.name} {a:.2f}" for r, a in areas.items() if a is not None]
        if texts:
            lines.append(f"AURC, area under the mean curve over its width: {', '.join(texts)}")
    if unrated_regions(state):
        lines.append(f"{NO_SCORE}: {unrated_text(state)}")
    return "\n".join(lines)


def _reference_text(state: State) -> str:
    reference_scores = state.model.reference_scores if state.model else None
    if reference_scores is None or score_name(state) != "Dice":
        return ""
    return f"dashed: mean of {reference_scores.cohort_text_for(state.case)}"


def _curve(region: Region, state: State, case: Case, path: Path) -> RegionCurve:
    curve = informative_curve(state, case, region)
    mean = mean_of(curve, counted_subsets(state, case))
    points = tuple(
        CurvePoint(subset, len(subset), score, subset == state.shown)
        for subset, score in curve.scores.items()
    )
    colour = region_colours(state.colours)[region]
    if region in unrated_regions(state):
        return RegionCurve(region, colour, points, mean="" if mean is None else NO_SCORE)
    return RegionCurve(
        region,
        colour,
        points,
        tuple(curve.means.items()),
        tuple((k, *_range(curve, k)) for k in curve.means),
        _reference_scores(region, state),
        "" if mean is None else f"{mean:.2f}",
        tuple((len(subset), curve.scores[subset]) for subset in path if subset in curve.scores),
    )


def _range(curve: RobustnessCurve, count: int) -> tuple[float, float]:
    scores = curve.of_size(count).values()
    return min(scores), max(scores)


def _reference_scores(region: Region, state: State) -> tuple[tuple[int, float], ...]:
    """Reference scores, only where the curve shows Dice: they are not comparable with agreement."""
    reference_scores = state.model.reference_scores if state.model else None
    if reference_scores is None or score_name(state) != "Dice":
        return ()
    return tuple(reference_scores.means(region).items())


def point_hint(plot: CurvePlot, subset: ModalitySubset) -> str:
    """The tooltip of a subset's point."""
    parts = [
        f"{curve.region.name} {point.score:.3f}"
        for curve in plot.curves
        for point in curve.points
        if point.subset == subset
    ]
    return f"{subset.label}: {', '.join(parts)}"


class CurvePanel:
    """Shows `curve_plot(state)`; a click on a point selects its subset.

    Args:
        session: Holds the state.
        player: The path player whose path is drawn.
    """

    def __init__(self, session: Session, player: PathPlayer | None = None) -> None:
        self._session = session
        self._player = player
        self.shown = DerivedValue(session, self._plot, ignores=CROSSHAIR + PROGRESS)
        if player is not None:
            player.shown.changed.connect(self._on_player_changed)

    def use(self, subset: ModalitySubset) -> None:
        self._session.become(self._session.state.using(subset))

    def _on_player_changed(self, _: PlayerView) -> None:
        self.shown.refresh()

    def _plot(self, state: State) -> CurvePlot:
        return curve_plot(state, None if self._player is None else self._player.view.path)


def _all(total: int) -> str:
    return f"All {total} subsets" if total > 1 else "The only subset"
