"""Which texts of a slice fit into its view, and their line breaks; numbers are never cut.

Axial · FLAIR · W 512 L 300     wide          Axi · FLAIR     narrow
Radiological                                  W 512 L 300
                                              Radiological
"""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from ccsd_app.qt.widgets.outlined_text import WRAP
from ccsd_app.scene.slices.slice_scene import SliceScene
from ccsd_core.domain.reference_scores import WEAK_TEXT

SHORT_NAME = 3
"""How many letters of a plane's name a narrow view shows."""
MOST_LINES = 2
"""Most lines of text under a slice; more would cover the anatomy."""
HYPHEN = "\N{NON-BREAKING HYPHEN}"
"""A hyphen at which lines are not broken, so that a model's name stays in one piece."""


def head_lines(metrics: QFontMetricsF, width: float, scene: SliceScene, plane: str) -> list[str]:
    """Plane, sequence and window in one line, or in two or three where one is too narrow.

    Args:
        metrics: Of the font they are written in.
        width: Room in pixels.
        scene: What the view shows.
        plane: The plane's name, as it stands in the title.
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
    """The text under a slice and its height in pixels; shorter where it would cover the slice.

    The panel beside the views names the model, and explains the low mean Dice.
    """
    heights: dict[str, float] = {}
    for text in (
        scene.provenance,
        scene.input_text,
        scene.input_text.replace(WEAK_TEXT, "low Dice"),
    ):
        whole = text.replace("-", HYPHEN)
        heights[whole] = metrics.boundingRect(box, WRAP, whole).height()
        if heights[whole] <= MOST_LINES * metrics.lineSpacing() + 1:
            return whole, heights[whole]
    return min(heights.items(), key=lambda item: item[1])
