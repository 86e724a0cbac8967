"""Which words of a slice fit, and how they are broken: nothing of a number may be cut.

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
"""Letters of a plane's name in a narrow view."""
MOST_LINES = 2
"""Under a slice; more would lie on the anatomy."""
HYPHEN = "\N{NON-BREAKING HYPHEN}"
"""A model's name stays in one piece where the line is wrapped."""


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


def words_below(metrics: QFontMetricsF, box: QRectF, scene: SliceScene) -> tuple[str, float]:
    """The words under a slice and their height: fewer where they would hide it.

    The panel beside the views names the model, and says of which mean its weakness is.
    """
    heights: dict[str, float] = {}
    for words in (scene.provenance, scene.given, scene.given.replace(WEAK_TEXT, "low Dice")):
        whole = words.replace("-", HYPHEN)
        heights[whole] = metrics.boundingRect(box, WRAP, whole).height()
        if heights[whole] <= MOST_LINES * metrics.lineSpacing() + 1:
            return whole, heights[whole]
    return min(heights.items(), key=lambda item: item[1])
