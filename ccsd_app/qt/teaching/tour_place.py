"""The position of the tour's popup: never on its target, if possible not on what it mentions.

Of many positions beside the target and the widgets to leave free, the best is chosen: one that
covers none of these, is near the target, and is the last position if possible.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 3
"""Distance between the popup and its target, in pixels."""
NEAR = 60
"""Farther than this from the target, in pixels, a nearer place is better than the last one."""


def place_beside(
    target: QRect,
    popup: QSize,
    room: QRect,
    *,
    keep_visible: Sequence[QRect] = (),
    stood: QPoint | None = None,
) -> QPoint:
    """The position of the popup, entirely inside `room`.

    Args:
        target: Rectangle of the widget it points at.
        popup: Its size.
        room: Where it may be placed.
        keep_visible: What else it should not cover.
        stood: Its position in the previous step.
    """
    left, top = room.left(), room.top()
    right, bottom = room.right() + 1 - popup.width(), room.bottom() + 1 - popup.height()
    columns, rows = {left, right}, {top, bottom}
    for rect in (target, *keep_visible):
        columns |= {rect.left(), rect.left() - GAP - popup.width(), rect.right() + 1 + GAP}
        rows |= {rect.top(), rect.top() - GAP - popup.height(), rect.bottom() + 1 + GAP}
    if stood is not None:
        columns.add(stood.x())
        rows.add(stood.y())
    spots = [
        QPoint(min(max(x, left), right), min(max(y, top), bottom))
        for x in sorted(columns)
        for y in sorted(rows)
    ]

    def cost(spot: QPoint) -> tuple[int, ...]:
        stands = QRect(spot, popup)
        near = stands.adjusted(-GAP, -GAP, GAP, GAP)
        away = _distance(stands, target)
        moved = _distance(stands, target) if stood is None else (spot - stood).manhattanLength()
        covered = sum(_overlap(stands, rect) for rect in keep_visible)
        return _overlap(near, target), covered, max(away - NEAR, 0), moved, away

    return min(spots, key=cost)


def _overlap(one: QRect, other: QRect) -> int:
    both = one & other
    return 0 if both.isEmpty() else both.width() * both.height()


def _distance(one: QRect, other: QRect) -> int:
    """The distance between two rectangles in pixels; 0 if they touch or overlap."""
    across = max(other.left() - one.right(), one.left() - other.right(), 0)
    down = max(other.top() - one.bottom(), one.top() - other.bottom(), 0)
    return across + down
