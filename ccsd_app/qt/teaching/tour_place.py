"""The position of the tour's popup: not over its target, nor over widgets that it mentions.

The best of many candidates is chosen: one that covers none of these widgets, is near the target,
and is the previous position if possible.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 3
"""Distance between the popup and its target, in pixels."""
NEAR = 60
"""Beyond this distance from the target, in pixels, a nearer position is preferred to the last."""


def popup_position(
    target: QRect,
    popup: QSize,
    room: QRect,
    *,
    keep_visible: Sequence[QRect] = (),
    last_position: QPoint | None = None,
) -> QPoint:
    """The position of the popup, entirely inside `room`.

    Args:
        target: Rectangle of the widget it points at.
        popup: Its size.
        room: The area in which it may be placed.
        keep_visible: Other rectangles that it should not cover.
        last_position: Its position in the previous step.
    """
    left, top = room.left(), room.top()
    right, bottom = room.right() + 1 - popup.width(), room.bottom() + 1 - popup.height()
    columns, rows = {left, right}, {top, bottom}
    for rect in (target, *keep_visible):
        columns |= {rect.left(), rect.left() - GAP - popup.width(), rect.right() + 1 + GAP}
        rows |= {rect.top(), rect.top() - GAP - popup.height(), rect.bottom() + 1 + GAP}
    if last_position is not None:
        columns.add(last_position.x())
        rows.add(last_position.y())
    candidates = [
        QPoint(min(max(x, left), right), min(max(y, top), bottom))
        for x in sorted(columns)
        for y in sorted(rows)
    ]

    def cost(spot: QPoint) -> tuple[int, ...]:
        rect_here = QRect(spot, popup)
        near = rect_here.adjusted(-GAP, -GAP, GAP, GAP)
        distance = _distance(rect_here, target)
        moved = (
            _distance(rect_here, target)
            if last_position is None
            else (spot - last_position).manhattanLength()
        )
        covered = sum(_overlap(rect_here, rect) for rect in keep_visible)
        return _overlap(near, target), covered, max(distance - NEAR, 0), moved, distance

    return min(candidates, key=cost)


def _overlap(one: QRect, other: QRect) -> int:
    both = one & other
    return 0 if both.isEmpty() else both.width() * both.height()


def _distance(one: QRect, other: QRect) -> int:
    """The distance between two rectangles in pixels; 0 if they touch or overlap."""
    across = max(other.left() - one.right(), one.left() - other.right(), 0)
    down = max(other.top() - one.bottom(), one.top() - other.bottom(), 0)
    return across + down
