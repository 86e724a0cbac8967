"""Where the tour's card stands: never on its target, rather not on what its words speak of.

Of many spots beside the target and beside what is to be left free the best is taken: the one
that covers nothing of these, near the target, and where the card stood before.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 3
"""Between a card and what it stands beside."""
NEAR = 60
"""From this distance on, in pixels, nearer is better than staying where it was."""


def place_beside(
    target: QRect,
    card: QSize,
    room: QRect,
    *,
    beside: Sequence[QRect] = (),
    stood: QPoint | None = None,
) -> QPoint:
    """Where a card stands, wholly in the room.

    Args:
        target: What it points at.
        card: Its size.
        room: Where it may be.
        beside: What else it should not cover.
        stood: Where it stood for the step before.
    """
    left, top = room.left(), room.top()
    right, bottom = room.right() + 1 - card.width(), room.bottom() + 1 - card.height()
    columns, rows = {left, right}, {top, bottom}
    for rect in (target, *beside):
        columns |= {rect.left(), rect.left() - GAP - card.width(), rect.right() + 1 + GAP}
        rows |= {rect.top(), rect.top() - GAP - card.height(), rect.bottom() + 1 + GAP}
    if stood is not None:
        columns.add(stood.x())
        rows.add(stood.y())
    spots = [
        QPoint(min(max(x, left), right), min(max(y, top), bottom))
        for x in sorted(columns)
        for y in sorted(rows)
    ]

    def cost(spot: QPoint) -> tuple[int, ...]:
        stands = QRect(spot, card)
        near = stands.adjusted(-GAP, -GAP, GAP, GAP)
        away = _distance(stands, target)
        moved = _distance(stands, target) if stood is None else (spot - stood).manhattanLength()
        covered = sum(_overlap(stands, rect) for rect in beside)
        return _overlap(near, target), covered, max(away - NEAR, 0), moved, away

    return min(spots, key=cost)


def _overlap(one: QRect, other: QRect) -> int:
    both = one & other
    return 0 if both.isEmpty() else both.width() * both.height()


def _distance(one: QRect, other: QRect) -> int:
    """Of two rectangles' sides; 0 where they touch."""
    across = max(other.left() - one.right(), one.left() - other.right(), 0)
    down = max(other.top() - one.bottom(), one.top() - other.bottom(), 0)
    return across + down
