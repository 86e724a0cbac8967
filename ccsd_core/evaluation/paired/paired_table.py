"""Two evaluations compared, as a table for the terminal and as JSON."""

from rich.table import Table

from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.paired.paired import Difference, Paired, PairedBlock
from ccsd_core.evaluation.statistics.bootstrap import METHOD

_METHODS = (
    "Means over patients, each over subsets first. p: Wilcoxon signed-rank over patients, "
    "two-sided. p Holm: corrected over the rows of its block.",
    f"95 % interval: {METHOD}.",
)


def paired_table(paired: Paired) -> Table:
    """Blocks of rows: all subsets, then one, two, three, four sequences."""
    scale, unit, digits = scale_of(paired.metric)
    table = Table(title=f"{paired.metric}, {unit}: B − A over {_patients(paired)}")
    table.caption = "\n".join(_METHODS)
    for name in ("subsets", "region"):
        table.add_column(name)
    for name in ("A", "B", "B − A", "95 % interval", "p", "p Holm", "n"):
        table.add_column(name, justify="right")
    for block in paired.blocks:
        for index, row in enumerate(block.rows):
            table.add_row(
                "" if index else _name(block),
                row.region,
                *(f"{scale * value:.{digits}f}" for value in (row.a, row.b)),
                f"{scale * row.difference:+.{digits}f}",
                _interval(row, scale, digits),
                _p(row.p),
                _p(row.p_holm),
                str(row.patients),
            )
        table.add_section()
    return table


def paired_json(paired: Paired, *, a: str, b: str) -> dict[str, object]:
    """The same numbers, unrounded, in the metric's own unit."""
    return {
        "a": a,
        "b": b,
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


def _patients(paired: Paired) -> str:
    return f"{paired.patients} patient{'s' * (paired.patients != 1)}"


def _name(block: PairedBlock) -> str:
    if block.sequences is None:
        return "all"
    return f"{block.sequences} sequence{'s' * (block.sequences != 1)}"


def _interval(row: Difference, scale: float, digits: int) -> str:
    if row.low is None or row.high is None:
        return "n/a"
    return f"{scale * row.low:+.{digits}f} … {scale * row.high:+.{digits}f}"


def _p(value: float) -> str:
    return "<0.0001" if value < 0.0001 else f"{value:.4f}"
