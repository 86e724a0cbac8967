"""Which texts of a slice fit into its view, and their line breaks; numbers are never cut.

Axial · FLAIR · W 512 L 300     wide          Axi · FLAIR     narrow
Radiological                                  W 512 L 300
                                              Radiological
"""

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from ccsd_app.qt.widgets.outlined_text import WRAP
from ccsd_app.scene.slices.slice_scene import SliceScene
from ccsd_core.domain.reference_scores import WEAK_TEXT

SHORT_NAME = 3
"""Number of letters of a plane's name in a narrow view."""
MOST_LINES = 2
"""Most lines of text under a slice; more would cover the anatomy."""
HYPHEN = "\N{NON-BREAKING HYPHEN}"
"""A hyphen at which lines are not broken, so that a model's name is not split."""


def head_lines(metrics: QFontMetricsF, width: float, scene: SliceScene, plane: str) -> list[str]:
    """Plane, sequence and window in one line, or in two or three if one is too narrow.

    Args:
        metrics: Metrics of the font.
        width: Available width in pixels.
        scene: What the view shows.
        plane: The plane's name, as in the title.
    """
    title = scene.title
    if metrics.horizontalAdvance(title) > width:
        title = title.replace(plane, plane[:SHORT_NAME])
    if not scene.window_text:
        return [title]
    whole = f"{title} · {scene.window_text}"
    if metrics.horizontalAdvance(whole) <= width:
        return [whole]
    if metrics.horizontalAdvance(scene.window_text) <= width:
        return [title, scene.window_text]
    level = scene.window_text.index(" L ")
    return [title, scene.window_text[:level], scene.window_text[level + 1 :]]


def text_below(metrics: QFontMetricsF, box: QRectF, scene: SliceScene) -> tuple[str, float]:
    """The text under a slice and its height in pixels; shortened if it would cover the slice.

    The panel beside the views names the model, and explains the low mean Dice.
    """
    heights: dict[str, float] = {}
    line = metrics.lineSpacing()
    for text in (
        scene.provenance,
        scene.input_text,
        scene.input_text.replace(WEAK_TEXT, "low Dice"),
    ):
        whole = text.replace("-", HYPHEN)
        heights[whole] = metrics.boundingRect(box, WRAP, whole).height()
    for lines in range(1, MOST_LINES + 1):
        for whole, height in heights.items():
            if height <= lines * line + 1:
                return whole, height
    return min(heights.items(), key=lambda item: item[1])


def wrapped(metrics: QFontMetricsF, width: float, lines: Sequence[str]) -> list[str]:
    """Lines of text, broken between words where they are wider than `width` pixels."""
    if all(metrics.horizontalAdvance(line) <= width for line in lines):
        return list(lines)
    made: list[str] = []
    for word in " ".join(lines).split():
        longer = f"{made[-1]} {word}" if made else word
        if made and metrics.horizontalAdvance(longer) <= width:
            made[-1] = longer
        else:
            made.append(word)
    return made
