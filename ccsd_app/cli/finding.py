"""One line of `ccsd-app doctor`'s report."""

import enum
from dataclasses import dataclass


class Verdict(enum.Enum):
    """How a finding bears on use."""

    GOOD = "ok"
    LIMITED = "limited"
    BROKEN = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Args:
        verdict: Whether the program works with it.
        name: What was looked at.
        said: What was found.
        advice: What the user can do, empty where nothing needs doing.
    """

    verdict: Verdict
    name: str
    said: str
    advice: str = ""
