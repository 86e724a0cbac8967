"""The estimate of a dry run, as text, from the JSON of `ccsd-app train --dry-run --json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Estimate:
    """The memory and time that a run will need, as text.

    Args:
        lines: Cases, memory and time, as text.
        notes: Notes on the choice of cases.
        hours: Hours of the run, without validation.
    """

    lines: tuple[str, ...]
    notes: tuple[str, ...]
    hours: float


def estimate(found: Mapping[str, Any]) -> Estimate:
    """The estimate from the parsed file.

    Raises:
        ValueError: If it is not such a file.
    """
    try:
        cases: Mapping[str, Any] = found["cases"] or dict[str, Any]()
        hours = float(found["hours"])
        lines = [_cases(cases)] if cases else []
        lines.append(_memory(found))
        lines.append(
            f"Time: {found['step_s']:.2g} s per step, {found['steps']:,} steps: about "
            f"{duration(3600 * hours)}, without reading cases and validation"
        )
        return Estimate(tuple(lines), tuple(map(str, cases.get("notes", ()))), hours)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an estimate: {error}") from error


def duration(seconds: float) -> str:
    """A time in words.

    >>> duration(42), duration(200), duration(9000), duration(400_000)
    ('42 s', '3 min', '2 h 30 min', '4.6 days')
    """
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes / 1440:.1f} days"


def _cases(cases: Mapping[str, Any]) -> str:
    validation = cases["validation"]
    used = f", {validation} for validation" if validation else ", none for validation"
    return f"Cases: {cases['training']} for training{used}"


def _memory(found: Mapping[str, Any]) -> str:
    needed, free = found["needed_mb"], found["free_mb"]
    text = f"Memory on {found['device']}: "
    text += "not known" if needed is None else f"{needed / 1000:.1f} GB at the peak of a step"
    return text if free is None else f"{text}, {free / 1000:.1f} GB are free"
