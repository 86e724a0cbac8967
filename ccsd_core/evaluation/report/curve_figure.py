"""The robustness curve as a picture: a point per subset, a line for the mean, a band for the range.

matplotlib is imported here only, and by its object interface: no window, no global state.
"""

# matplotlib is typed only in part.
# pyright: reportUnknownMemberType=false

import io

from matplotlib import patheffects
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.evaluation.report.part_text import part_text
from ccsd_core.evaluation.report.prediction_text import training_text
from ccsd_core.evaluation.report.summary import aurc, count_means, subset_means
from ccsd_core.evaluation.results.result import Evaluation

COLOURS = {Region.WT: "#F0E442", Region.TC: "#E69F00", Region.ET: "#D55E00"}
"""Okabe and Ito's colour-blind safe colours; outlined, because yellow has little contrast."""
MARKERS = {Region.WT: "o", Region.TC: "s", Region.ET: "^"}
_OUTLINE = "#333333"
_APART = 0.09


def curve_png(evaluation: Evaluation) -> bytes:
    """The picture as PNG bytes."""
    figure = curve_figure(evaluation)
    buffer = io.BytesIO()
    # No software version in the file, so that equal curves give equal bytes.
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def curve_figure(evaluation: Evaluation) -> Figure:
    """The figure, for callers that want to add to it."""
    figure = Figure(figsize=(7.2, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    means, areas = subset_means(evaluation), aurc(evaluation)
    outline = [patheffects.withStroke(linewidth=3.6, foreground=_OUTLINE)]
    for region in Region:
        shift, colour = (region - 1) * _APART, COLOURS[region]
        counts = count_means(means)
        sizes = [k + shift for k in counts]
        points = {k: [100 * r[region] for s, r in means.items() if len(s) == k] for k in counts}
        low, high = [min(p) for p in points.values()], [max(p) for p in points.values()]
        axes.fill_between(sizes, low, high, color=colour, alpha=0.18, linewidth=0, zorder=1)
        for k, values in points.items():
            axes.scatter(
                [k + shift] * len(values),
                values,
                s=22,
                marker=MARKERS[region],
                facecolor=colour,
                edgecolor=_OUTLINE,
                linewidth=0.7,
                zorder=3,
            )
        area = areas[region]
        axes.plot(
            sizes,
            [100 * row[region] for row in counts.values()],
            color=colour,
            linewidth=2.2,
            marker=MARKERS[region],
            markersize=5,
            markevery=[],  # markers are for the legend only, not for points of the line
            path_effects=outline,
            zorder=2,
            label=f"{region.name}  AURC {_area(area)}",
        )
    axes.set_xticks(range(1, len(Modality) + 1))
    axes.set_xlim(0.7, len(Modality) + 0.3)
    axes.set_ylim(-2, 102)
    axes.set_xlabel("Number of sequences given to the model")
    axes.set_ylabel("Dice (%)")
    axes.grid(axis="y", color="#dddddd", linewidth=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    what = "point: a subset · line: mean · band: worst to best"
    figure.legend(loc="outside lower center", ncols=len(Region), title=what, frameon=False)
    axes.set_title(_title(evaluation), fontsize=9.5)
    return figure


def _title(evaluation: Evaluation) -> str:
    count = len(evaluation.cases)
    parts = [f"{evaluation.model_name} {evaluation.model_sha256[:8]} · {count} case"]
    parts[0] += "s" * (count != 1)
    parts += [text for text in (part_text(evaluation), training_text(evaluation)) if text]
    return f"{', '.join(parts)}\n{DISCLAIMER}"


def _area(area: float | None) -> str:
    return "n/a" if area is None else f"{100 * area:.1f} %"
