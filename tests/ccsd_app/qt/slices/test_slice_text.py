"""Words of a slice in views of every width: whole numbers, and anatomy that is not written over."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from ccsd_app.qt.slices.slice_painter import badge_box
from ccsd_app.qt.slices.slice_text import HYPHEN, MOST_LINES, head_lines, text_below
from ccsd_app.qt.widgets.outlined_text import font_of
from ccsd_app.scene.planes import Plane
from ccsd_app.scene.slices.slice_scene import resolve, with_window
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.reference_scores import ReferenceScores
from ccsd_core.domain.region import Region

NARROWEST, WIDE = 201, 900
"""Pixels for words in a view of the smallest window, and in a large one."""
BESIDE_LETTER = 85
"""For the head's lines in the narrowest view: half of it, less the letter in its middle."""


@pytest.fixture
def metrics(qapp):
    return QFontMetricsF(font_of(0.92))


@pytest.fixture
def weak_state(full_state):
    """Weak of two regions from everything but the full input: the longest words there are."""
    weak = {Region.WT: 0.9, Region.TC: 0.1, Region.ET: 0.1}
    means = dict.fromkeys(ModalitySubset.every(), weak)
    means[ModalitySubset.full()] = dict.fromkeys(Region, 0.9)
    model = replace(
        full_state.model, name="ccsd-light", reference_scores=ReferenceScores(7, True, means)
    )
    return replace(full_state, model=model)


WINDOWS = {
    "W 4209 L 1256": (-849.0, 3360.0),
    "W 15243 L 12000": (4378.5, 19621.5),
    "W 0.512 L -0.123": (-0.379, 0.133),
}


@pytest.mark.parametrize("words", WINDOWS)
@pytest.mark.parametrize("plane", Plane, ids=lambda plane: plane.value)
def test_width_and_level_are_whole_at_every_width(full_state, metrics, plane, words):
    scene = resolve(with_window(full_state, WINDOWS[words]), plane)
    for width in range(BESIDE_LETTER, 400, 5):
        lines = head_lines(metrics, width, scene, plane.value.capitalize())
        assert words in " ".join(lines)
        assert all(metrics.horizontalAdvance(line) <= width for line in lines)
    assert len(lines) == 1
    assert lines[0].startswith(plane.value.capitalize())


def test_without_a_chosen_window_there_is_one_line(full_state, metrics):
    assert head_lines(metrics, 80, resolve(full_state, Plane.SAGITTAL), "Sagittal") == [
        "Sag · FLAIR"
    ]


def test_what_lies_under_a_slice_is_two_lines_at_most_and_names_the_input(weak_state, metrics):
    for subset in ModalitySubset.every():
        scene = resolve(weak_state.using(subset), Plane.AXIAL)
        words, height = text_below(metrics, QRectF(0, 0, NARROWEST, 200), scene)
        assert height <= MOST_LINES * metrics.lineSpacing() + 1, subset
        assert words.startswith(f"input: {', '.join(m.label for m in subset)}"), subset
        assert words.endswith("low mean Dice for TC, ET") is (subset != ModalitySubset.full()), (
            subset
        )

        words, _ = text_below(metrics, QRectF(0, 0, WIDE, 200), scene)
        assert f"ccsd{HYPHEN}light" in words, subset


@pytest.mark.parametrize("width", range(120, 700, 40))
def test_a_badge_never_hides_the_letter_at_the_lower_edge(qapp, width):
    texts, letters = QFontMetricsF(font_of(0.92)), QFontMetricsF(font_of(1.25, bold=True))
    area = QRectF(0, 0, width, 300)
    half = letters.horizontalAdvance("M") / 2
    letter = QRectF(width / 2 - half, 300 - letters.height(), 2 * half, letters.height())

    for text in ("Loading model…", "Computing FLAIR + T1 + T1c + T2…"):
        pill = badge_box(texts, area, text, letters)
        assert not pill.intersects(letter)
        assert area.contains(pill)
