"""The user's choices for the stepwise removal: order, speed, loop."""

import enum
from dataclasses import dataclass


class PathKind(enum.Enum):
    """How the order of removal is chosen."""

    MOST_CRITICAL = "least replaceable first"
    LEAST_CRITICAL = "most replaceable first"
    GREATEST_LOSS = "largest drop first"
    LEAST_LOSS = "smallest drop first"
    RANDOM = "random order"


@dataclass(frozen=True, slots=True)
class Removal:
    """The user's choices.

    Args:
        kind: The order; None if none was chosen.
        seed: Seed of the random order.
        speed: Steps per second.
        loop: Whether it starts again at the end.
    """

    kind: PathKind | None = None
    seed: int = 1
    speed: float = 1.0
    loop: bool = False
