"""The table as a picture: every number is in it, and it is not blank."""

import io

import pytest
from matplotlib.image import imread

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.evaluation.report.table_figure import table_figure, table_png
from ccsd_core.evaluation.statistics.result_rows import TABLE_COLUMNS, result_rows, text_of


def texts(evaluation) -> list[str]:
    return [text.get_text() for text in table_figure(evaluation).axes[0].texts]


@pytest.mark.parametrize("cases", [1, 5])
def test_every_number_of_the_table_is_in_the_picture(made_up, cases: int):
    evaluation = made_up(cases)
    shown = texts(evaluation)
    for row in result_rows(evaluation):
        for column in TABLE_COLUMNS:
            assert text_of(row.cells[column], digits=1) in shown


def test_a_cell_without_a_value_says_so(made_up):
    pair = ModalitySubset.parse("FLAIR+T2")
    assert texts(made_up(2, available=lambda _: pair)).count("n/a") == (15 - 3 + 1) * 5


def test_numbers_stand_out_from_their_colour(made_up):
    """Dark on light or light on dark, by the contrast that web guidelines ask of large text."""
    for value in range(0, 101, 5):
        figure = table_figure(made_up(1, value=lambda *_, v=value: v / 100))
        axes = figure.axes[0]
        cell = axes.patches[0].get_facecolor()[:3]
        ink = next(t for t in axes.texts if t.get_text() == f"{value:.1f}").get_color()
        light = luminance(cell), luminance(tuple(int(ink[i : i + 2], 16) / 255 for i in (1, 3, 5)))
        assert (max(light) + 0.05) / (min(light) + 0.05) >= 3, value


def luminance(rgb) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_picture_is_a_readable_size_and_says_what_it_is(made_up):
    evaluation = made_up(7, seen=(1,))
    image = imread(io.BytesIO(table_png(evaluation)))
    assert min(image.shape[:2]) > 900
    title = table_figure(evaluation).axes[0].get_title()
    assert "mean over 7 cases" in title
    assert "1 seen in training" in title
    assert "not for diagnosis" in title
