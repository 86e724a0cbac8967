"""One line of `ccsd-app doctor`'s report."""

import enum
from dataclasses import dataclass


class Status(enum.Enum):
    """Whether the program works with what was found."""

    GOOD = "ok"
    LIMITED = "limited"
    BROKEN = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Args:
        status: Whether the program works with it, works with limits, or not at all.
        name: The part that was checked.
        text: What was found.
        advice: What the user can do; "" if nothing needs to be done.
    """

    status: Status
    name: str
    text: str
    advice: str = ""
