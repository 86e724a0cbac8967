"""Shapley values of sequences and pairs as text: for the terminal, for a page, and as JSON."""

from rich.console import RenderableType
from rich.table import Table

from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.shapley import Pair, ShapleyEstimates, shapley_estimates
from ccsd_core.evaluation.report.markdown import pipe_table
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import Estimate, EstimateRow

_TITLE = "Shapley values of sequences and interactions of pairs, Dice points"
_HEADER = ("", *(region.name for region in Region))


def shapley_parts(evaluation: Evaluation) -> list[RenderableType]:
    """A table and its explanation; empty if no case was scored for all 15 subsets."""
    found = shapley_estimates(evaluation)
    if found is None:
        return []
    table = Table(title=_TITLE)
    table.add_column("")
    for name in _HEADER[1:]:
        table.add_column(name, justify="right")
    sequences, pairs = _rows(found)
    for row in sequences:
        table.add_row(*row)
    table.add_section()
    for row in pairs:
        table.add_row(*row)
    return [table, *_lines(found, evaluation), ""]


def shapley_markdown(evaluation: Evaluation) -> list[str]:
    """The text as lines of a Markdown page."""
    found = shapley_estimates(evaluation)
    if found is None:
        return []
    sequences, pairs = _rows(found)
    lines = ["", f"## {_TITLE}", "", *pipe_table(_HEADER, [*sequences, *pairs])]
    return [*lines, "", *(f"- {line}" for line in _lines(found, evaluation))]


def shapley_json(evaluation: Evaluation) -> dict[str, object]:
    """`shapley` in `summary.json`: fractions; empty if no case was scored for all 15."""
    found = shapley_estimates(evaluation)
    if found is None:
        return {}
    return {
        "shapley": {
            "cases": found.cases,
            "values": {m.label: _row_json(row) for m, row in found.sequences.items()},
            "interactions": {
                "+".join(m.label for m in pair): _row_json(row) for pair, row in found.pairs.items()
            },
        }
    }


def _rows(found: ShapleyEstimates) -> tuple[list[list[str]], list[list[str]]]:
    return (
        [[m.label, *_cells(row)] for m, row in found.sequences.items()],
        [[_name(pair), *_cells(row)] for pair, row in found.pairs.items()],
    )


def _lines(found: ShapleyEstimates, evaluation: Evaluation) -> list[str]:
    every = len(evaluation.cases)
    some = f"{found.cases} of {every}" if found.cases < every else f"{every}"
    return [
        "Sequence: Shapley value, the average gain over all orders of adding sequences.",
        "Pair: Shapley interaction. Above 0 the two complement each other, below 0 they are "
        "redundant.",
        f"Over the {some} case{'s' * (every != 1)} scored for all 15 subsets; no sequence counts "
        "as an empty prediction.",
    ]


def _name(pair: Pair) -> str:
    return " × ".join(m.label for m in pair)


def _cells(row: EstimateRow) -> list[str]:
    return [_cell(row[region.name]) for region in Region]


def _cell(found: Estimate) -> str:
    ends = ""
    if found.low is not None and found.high is not None:
        ends = f" ({100 * found.low:+.1f} to {100 * found.high:+.1f})"
    return f"{100 * found.value:+.2f}{ends}"


def _row_json(row: EstimateRow) -> dict[str, object]:
    return {
        region.name: {
            "value": (cell := row[region.name]).value,
            "ci95": None if cell.low is None or cell.high is None else [cell.low, cell.high],
        }
        for region in Region
    }
