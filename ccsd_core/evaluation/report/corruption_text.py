"""The scores with corrupted sequences as text: for the terminal and for a page."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from ccsd_core.data.corruption import KINDS
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.corruption_effects import (
    CorruptionEffect,
    CorruptionSeries,
    corruption_series,
)
from ccsd_core.evaluation.report.markdown import pipe_table
from ccsd_core.evaluation.results.result import Evaluation

_TITLE = "Corrupted vs withheld sequence: Dice in percent (minus Dice without it)"
_HEADER = ("", "cases", *(region.name for region in Region))


def corruption_parts(evaluation: Evaluation) -> list[RenderableType]:
    """A table and sentences; empty if nothing was corrupted."""
    series = corruption_series(evaluation.corrupted)
    if not series:
        return []
    table = Table(title=_TITLE)
    table.add_column("")
    for name in _HEADER[1:]:
        table.add_column(name, justify="right")
    for one in series:
        for row in _rows(one):
            table.add_row(*row.cells)
            if any(row.intervals):
                table.add_row("  95 % interval", "", *row.intervals, style="dim")
        table.add_section()
    return [table, *(_answer(one) for one in series), *_remarks(), ""]


def corruption_markdown(evaluation: Evaluation) -> list[str]:
    """The text as lines of a Markdown page."""
    series = corruption_series(evaluation.corrupted)
    if not series:
        return []
    lines = ["", f"## {_TITLE}", ""]
    lines += pipe_table(_HEADER, [row.with_intervals for one in series for row in _rows(one)])
    return [*lines, "", *(f"- {line}" for line in (*map(_answer, series), *_remarks()))]


class _Row:
    """A line of the table: its cells, and the intervals of the values in brackets."""

    def __init__(self, name: str, cases: int, values: list[str], intervals: list[str]) -> None:
        self.cells = [name, str(cases), *values]
        self.intervals = intervals

    @property
    def with_intervals(self) -> list[str]:
        name, cases, *values = self.cells
        pairs = zip(values, self.intervals, strict=True)
        return [name, cases, *(f"{v} [{i}]" if i else v for v, i in pairs)]


def _rows(series: CorruptionSeries) -> Iterator[_Row]:
    kind, name = KINDS[series.kind], series.sequence.label
    states = {f"{kind.name}, {name}: clean": series.clean}
    states |= {f"  {s}: {kind.amount_text(s)}": effect for s, effect in series.effects.items()}
    for state, effect in states.items():
        yield _Row(
            state,
            series.cases,
            [_cell(effect, region) for region in Region],
            [_interval(effect, region) for region in Region],
        )
    means = [f"{100 * series.withheld[region]:.2f}" for region in Region]
    yield _Row(f"  without {name}", series.cases, means, [""] * len(Region))


def _cell(effect: CorruptionEffect, region: Region) -> str:
    difference = effect.difference[region.name].value
    return f"{100 * effect.mean[region]:.2f} ({100 * difference:+.2f})"


def _interval(effect: CorruptionEffect, region: Region) -> str:
    found = effect.difference[region.name]
    if found.low is None or found.high is None:
        return ""
    return f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"


def _answer(series: CorruptionSeries) -> str:
    """`T1c with noise (severity 1 to 5) is worse than withholding it: WT never; TC from 4 on.`."""
    parts: list[str] = []
    requested = tuple(series.effects)
    for region in Region:
        found, significant = series.worse_at(region), series.significantly_worse_at(region)
        answer = _at(found, requested)
        if series.clean.worse(region):
            answer = "even when clean" + (f", and {answer}" if found else ", not when corrupted")
        if significant:
            answer += f" (interval below 0 {_at(significant, requested)})"
        parts.append(f"{region.name} {answer}")
    what = f"{series.sequence.label} with {series.kind} (severity {_listed(requested)})"
    return f"{what} is worse than withholding it: {'; '.join(parts)}."


def _at(found: tuple[int, ...], requested: tuple[int, ...]) -> str:
    """Some of the requested severities as text."""
    if not found:
        return "never"
    if len(found) > 1 and found == requested[-len(found) :]:
        return f"from {found[0]} on"
    return f"at {', '.join(map(str, found))}"


def _listed(severities: tuple[int, ...]) -> str:
    if len(severities) > 2 and severities == tuple(range(severities[0], severities[-1] + 1)):
        return f"{severities[0]} to {severities[-1]}"
    return ", ".join(map(str, severities))


def _remarks() -> list[str]:
    return [
        "In brackets: Dice with that sequence corrupted minus Dice with it withheld. Below 0 it is "
        "better to withhold it.",
        "Cases that lack the sequence are excluded; if it is the only one, withholding it counts "
        "as an empty prediction.",
    ]
