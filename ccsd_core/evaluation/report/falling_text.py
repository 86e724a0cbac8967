"""Falling steps as text: for the terminal, for a page, and as JSON."""

from rich.console import RenderableType
from rich.table import Table

from ccsd_core.evaluation.derived.falling_steps import (
    FallCount,
    FallingStep,
    FallingSteps,
    Interval,
    falling_steps,
)
from ccsd_core.evaluation.report.markdown import pipe_table
from ccsd_core.evaluation.results.result import Evaluation

WORST = 5
"""Number of steps that are shown; `summary.json` has all."""
_INTERVAL = "95 % interval"
_HEADER = ("region", "given", "added", "before", "after", "points", _INTERVAL, "cases")


def falling_parts(evaluation: Evaluation) -> list[RenderableType]:
    """The lines, and a table of the worst steps; empty if no case has two sequences."""
    steps = falling_steps(evaluation)
    if not steps.count.steps:
        return []
    parts: list[RenderableType] = ["", *_lines(evaluation, steps)]
    if steps.falling:
        table = Table(title=_title(steps))
        header, rows = _worst(steps)
        for name in header:
            table.add_column(name, justify="left" if name in _HEADER[:3] else "right")
        for row in rows:
            table.add_row(*row)
        parts += ["", table]
    return [*parts, ""]


def falling_markdown(evaluation: Evaluation) -> list[str]:
    """The text as lines of a Markdown page."""
    steps = falling_steps(evaluation)
    if not steps.count.steps:
        return []
    lines = [
        "",
        "## Drops after adding a sequence",
        "",
        *(f"- {line}" for line in _lines(evaluation, steps)),
    ]
    if steps.falling:
        lines += ["", f"{_title(steps)}:", "", *pipe_table(*_worst(steps))]
    return lines


def falling_json(evaluation: Evaluation) -> dict[str, object]:
    """`falling_steps` in `summary.json`: Dice as fractions, the worst step first.

    `present` counts only over cases whose expert labels have the region.
    """
    steps = falling_steps(evaluation)
    return {
        **_count_json(steps.count),
        "present": _count_json(falling_steps(evaluation, present=True).count),
        "certain": _significant(steps),
        "by_added": {m.label: _count_json(count) for m, count in steps.by_added.items()},
        "worst": steps.falling[0].change if steps.falling else None,
        "worst_ci95": _list(steps.worst_interval),
        "falls": [
            {
                "region": step.region.name,
                "given": str(step.before),
                "added": step.added.label,
                "before": step.mean_before,
                "after": step.mean_after,
                "change": step.change,
                "ci95": _list(step.interval),
                "cases": step.cases,
            }
            for step in steps.falling
        ],
    }


def _lines(evaluation: Evaluation, steps: FallingSteps) -> list[str]:
    significant = _significant(steps)
    lines = [
        f"Drops after adding a sequence: {_counted(steps.count)}. One sequence is added to a "
        "subset; the mean Dice of a region is lower afterwards"
        + (f" ({significant} with an interval below 0)." if steps.count.interval else ".")
    ]
    if steps.falling:
        counts = ", ".join(f"{m.label} {_counted(count)}" for m, count in steps.by_added.items())
        lines.append(f"By added sequence: {counts}.")
    if any(case.absent_regions for case in evaluation.cases):
        alone = falling_steps(evaluation, present=True).count
        lines.append(f"Only over cases that have the region: {_counted(alone)}.")
    return lines


def _title(steps: FallingSteps) -> str:
    shown = min(WORST, len(steps.falling))
    return f"The largest {shown} of {len(steps.falling)} drops" if shown > 1 else "The only drop"


def _significant(steps: FallingSteps) -> int:
    return sum(step.significant for step in steps.falling)


def _counted(count: FallCount) -> str:
    interval = (
        "" if count.interval is None else f" ({count.interval[0]:.0f}–{count.interval[1]:.0f})"
    )
    return f"{count.falling} of {count.steps}{interval}"


def _worst(steps: FallingSteps) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the worst steps, without intervals if there are too few cases."""
    shown = steps.falling[:WORST]
    has = any(step.interval is not None for step in shown)
    kept = [i for i, name in enumerate(_HEADER) if has or name != _INTERVAL]
    rows = [_cells(step) for step in shown]
    return [_HEADER[i] for i in kept], [[row[i] for i in kept] for row in rows]


def _cells(step: FallingStep) -> list[str]:
    interval = (
        "n/a"
        if step.interval is None
        else f"{100 * step.interval[0]:+.1f} to {100 * step.interval[1]:+.1f}"
    )
    return [
        step.region.name,
        "+".join(m.label for m in step.before),
        step.added.label,
        f"{100 * step.mean_before:.2f}",
        f"{100 * step.mean_after:.2f}",
        f"{100 * step.change:+.2f}",
        interval,
        str(step.cases),
    ]


def _count_json(count: FallCount) -> dict[str, object]:
    return {"falling": count.falling, "steps": count.steps, "ci95": _list(count.interval)}


def _list(interval: Interval) -> list[float] | None:
    return None if interval is None else list(interval)
