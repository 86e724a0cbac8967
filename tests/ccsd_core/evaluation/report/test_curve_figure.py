"""The curve as a picture: every number is in it, and it is not blank."""

import io
import sys

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.report.curve_figure import COLOURS, curve_figure, curve_png
from ccsd_core.evaluation.report.summary import count_means, subset_means


def points_of(figure) -> list[tuple[float, float]]:
    scatters = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    return [tuple(p) for c in scatters for p in np.asarray(c.get_offsets())]


def test_every_subset_of_every_region_is_a_point(small_evaluation):
    evaluation = small_evaluation()
    points = points_of(curve_figure(evaluation))
    assert len(points) == 15 * len(Region)
    expected = sorted(
        (len(s), round(100 * row[r], 6))
        for s, row in subset_means(evaluation).items()
        for r in Region
    )
    assert sorted((round(x), round(y, 6)) for x, y in points) == expected


def test_the_lines_are_the_means_by_count(small_evaluation):
    evaluation = small_evaluation()
    axes = curve_figure(evaluation).axes[0]
    means = count_means(subset_means(evaluation))
    for line, region in zip(axes.lines, Region, strict=True):
        assert list(line.get_ydata()) == pytest.approx([100 * m[region] for m in means.values()])


def test_the_title_says_which_model_how_many_cases_and_how_many_were_seen(small_evaluation):
    title = curve_figure(small_evaluation()).axes[0].get_title()
    assert "fake 01234567 · 2 cases, 1 seen in training" in title
    assert "Research and teaching only" in title


def test_the_legend_gives_the_area_or_says_that_there_is_none(small_evaluation):
    def legend(*available: ModalitySubset) -> list[str]:
        figure = curve_figure(small_evaluation(*available))
        return [text.get_text() for text in figure.legends[0].get_texts()]

    assert all(text.endswith(" %") for text in legend())
    assert all("n/a" in text for text in legend(ModalitySubset.parse("T1+T2")))


def test_the_picture_shows_all_three_colours(small_evaluation):
    image = imread(io.BytesIO(curve_png(small_evaluation())))[..., :3]
    assert image.shape[0] > 600
    for region in Region:
        near = np.abs(image - to_rgb(COLOURS[region])).max(axis=-1) < 0.02
        assert near.sum() > 200, region.name


def test_drawing_leaves_no_global_figure_behind(small_evaluation):
    curve_png(small_evaluation())

    # Another test of this process may have imported it; what counts is that it was not used.
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()
