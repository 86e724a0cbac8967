"""Two evaluations compared, as a table for the terminal and as JSON."""

from rich.table import Table

from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.paired.origin import Origin
from ccsd_core.evaluation.paired.paired import (
    FEWEST_FOR_005,
    Difference,
    PairedBlock,
    PairedComparison,
)
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, METHOD

_MEANS = "Means over subsets, then over patients."
_TEST = (
    "p: Wilcoxon signed-rank test over patients, two-sided. p Holm: corrected over the rows of a "
    "block."
)
_INTERVAL = f"95 % interval: {METHOD}."
_METHODS = (f"{_MEANS} {_TEST}", _INTERVAL)


def paired_table(paired: PairedComparison) -> Table:
    """Blocks of rows: all subsets, then one, two, three, four sequences.

    Intervals and p-values that need more patients are omitted, as the caption states.
    """
    scale, unit, digits = scale_of(paired.metric)
    table = Table(title=f"{paired.metric}, {unit}: B − A over {_patients(paired)}")
    intervals, tests = paired.patients >= FEWEST, paired.patients >= FEWEST_FOR_005
    table.caption = "\n".join(_caption(paired, intervals=intervals, tests=tests))
    for name in ("subsets", "region"):
        table.add_column(name)
    shown = ["A", "B", "B − A", *(["95 % interval"] if intervals else [])]
    shown += [*(["p", "p Holm"] if tests else []), "n"]
    for name in shown:
        table.add_column(name, justify="right")
    for block in paired.blocks:
        for index, row in enumerate(block.rows):
            table.add_row(
                "" if index else _name(block),
                row.region,
                *(f"{scale * value:.{digits}f}" for value in (row.a, row.b)),
                f"{scale * row.difference:+.{digits}f}",
                *([_interval(row, scale, digits)] if intervals else []),
                *([_p(row.p), _p(row.p_holm)] if tests else []),
                str(row.patients),
            )
        table.add_section()
    return table


def _caption(paired: PairedComparison, *, intervals: bool, tests: bool) -> list[str]:
    lines = [" ".join([_MEANS, *([_TEST] if tests else [])])]
    if intervals:
        lines.append(_INTERVAL)
    if not tests:
        missing = "no p-values" if intervals else "no intervals and no p-values"
        lines.append(
            f"{_patients(paired)}: {missing}. An interval needs {FEWEST}; below {FEWEST_FOR_005} "
            "no p-value can be under 0.05."
        )
    return lines


def paired_json(paired: PairedComparison, *, a: Origin, b: Origin) -> dict[str, object]:
    """The same numbers, unrounded, in the metric's own unit, and their origin."""
    return {
        "a": a.place,
        "b": b.place,
        "of": {"a": a.as_json(), "b": b.as_json()},
        "metric": paired.metric,
        "unit": next((m.unit for m in METRICS if m.name == paired.metric), ""),
        "patients": paired.patients,
        "method": " ".join(_METHODS),
        "notes": list(paired.notes),
        "blocks": [
            {
                "sequences": block.sequences,
                "rows": [
                    {
                        "region": row.region,
                        "a": row.a,
                        "b": row.b,
                        "difference": row.difference,
                        "ci95": None if row.low is None else [row.low, row.high],
                        "p": row.p,
                        "p_holm": row.p_holm,
                        "patients": row.patients,
                    }
                    for row in block.rows
                ],
            }
            for block in paired.blocks
        ],
    }


def scale_of(metric: str) -> tuple[float, str, int]:
    """Factor, unit and digits to show a metric with: fractions in percent."""
    unit = next((m.unit for m in METRICS if m.name == metric), "")
    return (100, "percent", 2) if unit == "fraction" else (1, unit, 2)


def _patients(paired: PairedComparison) -> str:
    return f"{paired.patients} patient{'s' * (paired.patients != 1)}"


def _name(block: PairedBlock) -> str:
    if block.sequences is None:
        return "all"
    return f"{block.sequences} sequence{'s' * (block.sequences != 1)}"


def _interval(row: Difference, scale: float, digits: int) -> str:
    if row.low is None or row.high is None:
        return "n/a"
    return f"{scale * row.low:+.{digits}f} to {scale * row.high:+.{digits}f}"


def _p(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"
