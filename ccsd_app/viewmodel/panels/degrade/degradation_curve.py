"""The curve of one kind of degradation, and when withholding the sequence is better.

score ▲ ●──●──●╲                    ● a subset, one of its sequences worse and worse
      │┄┄┄┄┄┄┄┄┄╲┄┄┄ without it      crossing: below the dashed line from here on
      │          ╲●──●
      └────────────────▶ severity
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ccsd_app.scene.palette import Rgb, region_colours
from ccsd_app.session.on_demand import DegradationCurve, DegradationCurveKey
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import rated_regions
from ccsd_app.viewmodel.common.provenance import score_name_in_text
from ccsd_core.data.degradation.degradations import Degradation
from ccsd_core.data.degradation.kinds import KINDS, MAX_SEVERITY, TITLES
from ccsd_core.domain.region import Region

SAME = 1e-9
"""Scores that differ by less are equal."""

UNITS = {
    "dose": "%",
    "motion": "mm",
    "blur": "mm FWHM",
    "thick-slices": "mm",
    "resolution": "mm voxels",
    "bias": "brightest : darkest",
    "noise": "% of the mean brain intensity",
    "misregistration": "mm",
}
"""Units of the first amount of each kind."""

Points = tuple[tuple[float, float], ...]
"""Severities with their scores."""


@dataclass(frozen=True, slots=True)
class DegradationLine:
    """The curve of one region.

    Args:
        region: The region.
        colour: Its colour.
        points: Its score at each severity.
        withheld: Its score without the sequence; None where that is the only one.
    """

    region: Region
    colour: Rgb
    points: Points
    withheld: float | None


@dataclass(frozen=True, slots=True)
class DegradationPlot:
    """The curves of all regions, as they are drawn.

    Args:
        axis: Name of the horizontal axis.
        ticks: Text at each severity.
        lines: The regions.
        crossing: The severity from which on withholding the sequence is better; None if at none.
        words: The same as a sentence, and by region.
    """

    axis: str
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[DegradationLine, ...]
    crossing: float | None
    words: str


def degradation_plot(
    key: DegradationCurveKey, curve: DegradationCurve, state: State
) -> DegradationPlot:
    """What is drawn of a curve."""
    colours = region_colours(state.colours)
    kind = KINDS[key.kind]
    return DegradationPlot(
        f"{TITLES[key.kind]} of {key.sequence.label}, {UNITS[key.kind]}",
        tuple((s, f"{round(kind.amounts(s)[0], 2):g}") for s in sorted(curve.scores)),
        tuple(
            DegradationLine(
                region,
                colours[region],
                tuple((s, curve.scores[s][region]) for s in sorted(curve.scores)),
                None if curve.withheld is None else curve.withheld[region],
            )
            for region in Region
        ),
        mean_crossing(curve, rated_regions(state)),
        crossing_words(key, curve, state),
    )


def crossing(points: Sequence[tuple[float, float]], withheld: float) -> float | None:
    """From which severity on every score is below that without the sequence; None for nowhere.

    Between two computed severities the score is taken to change linearly.

    >>> crossing([(0, 0.9), (1, 0.8), (2, 0.6)], 0.7)
    1.5
    >>> crossing([(0, 0.9), (1, 0.6), (2, 0.8)], 0.7) is None
    True
    """
    first: int | None = None
    for index in reversed(range(len(points))):
        if points[index][1] >= withheld - SAME:
            break
        first = index
    if first is None:
        return None
    if first == 0:
        return points[0][0]
    (before, above), (after, below) = points[first - 1], points[first]
    return before + (after - before) * (above - withheld) / (above - below)


def mean_crossing(curve: DegradationCurve, regions: Sequence[Region]) -> float | None:
    """`crossing` of the mean over some regions."""
    if curve.withheld is None:
        return None
    points = [(s, mean_of(scores, regions)) for s, scores in sorted(curve.scores.items())]
    return crossing(points, mean_of(curve.withheld, regions))


def mean_of(scores: Mapping[Region, float], regions: Sequence[Region]) -> float:
    """Mean score over some regions."""
    return sum(scores[region] for region in regions) / len(regions)


def crossing_words(key: DegradationCurveKey, curve: DegradationCurve, state: State) -> str:
    """From which severity on withholding the sequence is better, as sentences."""
    name, score = key.sequence.label, score_name_in_text(state)
    if curve.withheld is None:
        return f"{name} is the only sequence given to the model: it cannot be withheld."
    regions = rated_regions(state)
    without = mean_of(curve.withheld, regions)
    found = mean_crossing(curve, regions)
    better = "better" if curve.against_expert else "closer to the undegraded prediction"
    if found is None:
        last = mean_of(curve.scores[max(curve.scores)], regions)
        text = (
            f"Up to {_at(key, MAX_SEVERITY)}, keeping {name} is {better}: mean {score} "
            f"{last:.3f} there, {without:.3f} without {name}."
        )
    elif found == 0:
        text = (
            f"Withholding {name} is {better} at every severity, even without degradation: mean "
            f"{score} {without:.3f} without it."
        )
    else:
        text = (
            f"From here on, withholding {name} is {better}: from about {_at(key, found)}, where "
            f"the mean {score} falls below {without:.3f}."
        )
    return f"{text} {_by_region(key, curve)}"


def _by_region(key: DegradationCurveKey, curve: DegradationCurve) -> str:
    assert curve.withheld is not None
    parts: list[str] = []
    for region in Region:
        points = [(s, scores[region]) for s, scores in sorted(curve.scores.items())]
        found = crossing(points, curve.withheld[region])
        at = "always" if found == 0 else "never" if found is None else f"from {_at(key, found)}"
        parts.append(f"{region.name} {at}")
    return f"By region: {'; '.join(parts)}."


def _at(key: DegradationCurveKey, severity: float) -> str:
    """A severity with its amount: `noise 14 % (severity 3.2)`."""
    one = Degradation(key.sequence, key.kind, max(severity, 0.1))
    return f"{one.label} (severity {one.severity:g})"
