"""From which side of the patient the 3-D view looks, and which way is up there.

World coordinates are RAS+ mm: x to the patient's Right, y Anterior, z Superior.
"""

from enum import Enum

Direction = tuple[float, float, float]
"""In world coordinates; of any length."""

PRESET: Direction = (-0.62, 1.0, 0.42)
"""From the front, a little from the patient's left and above, so that R stays on the left."""


class Side(Enum):
    """A side of the patient. The value is its letter."""

    LEFT = "L"
    RIGHT = "R"
    ANTERIOR = "A"
    POSTERIOR = "P"
    SUPERIOR = "S"
    INFERIOR = "I"

    @property
    def outwards(self) -> Direction:
        """From the patient towards the viewer on this side."""
        return _OUTWARDS[self]

    @property
    def up(self) -> Direction:
        """The direction that is up on the screen: the head; from above and below, the face."""
        return (0, 1, 0) if self in (Side.SUPERIOR, Side.INFERIOR) else (0, 0, 1)


_OUTWARDS: dict[Side, Direction] = {
    Side.LEFT: (-1, 0, 0),
    Side.RIGHT: (1, 0, 0),
    Side.ANTERIOR: (0, 1, 0),
    Side.POSTERIOR: (0, -1, 0),
    Side.SUPERIOR: (0, 0, 1),
    Side.INFERIOR: (0, 0, -1),
}
