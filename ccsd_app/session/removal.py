"""What the user chose of the stepwise removal: its order, its speed, whether it begins again."""

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
    """The choices.

    Args:
        kind: Which order; None is none.
        seed: Of the random order.
        speed: Steps a second.
        loop: Whether it begins again at the end.
    """

    kind: PathKind | None = None
    seed: int = 1
    speed: float = 1.0
    loop: bool = False
