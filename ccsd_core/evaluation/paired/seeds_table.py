"""Several runs together, as a table for the terminal and as JSON."""

from collections.abc import Sequence

from rich.table import Table

from ccsd_core.evaluation.paired.origin import Origin
from ccsd_core.evaluation.paired.paired_table import scale_of
from ccsd_core.evaluation.paired.seeds import SeedComparison, SeedRow
from ccsd_core.evaluation.statistics.bootstrap import FEWEST, METHOD
from ccsd_core.evaluation.statistics.result_rows import interval_of

_METHODS = (
    "mean ± sd: mean and sd (n − 1) over runs of the mean over patients.",
    f"95 % interval: over patients, of the scores averaged over runs; {METHOD}. "
    "Spread over seeds and spread over patients are different things.",
)


def seeds_table(seeds: SeedComparison) -> Table:
    """Blocks of rows: all subsets, by number of sequences, the area."""
    scale, unit, digits = scale_of(seeds.metric)
    patients = f"{seeds.patients} patient{'s' * (seeds.patients != 1)}"
    table = Table(title=f"{seeds.metric}, {unit}: {seeds.runs} runs over {patients}")
    by_run = [
        f"{row.region} {', '.join(f'{scale * v:.{digits}f}' for v in row.values)}"
        for row in seeds.blocks[0].rows
    ]
    intervals = seeds.patients >= FEWEST
    few = f"{patients}: no intervals, which need {FEWEST}."
    methods = _METHODS if intervals else (_METHODS[0], few)
    table.caption = "\n".join((*methods, f"By run, all subsets: {'; '.join(by_run)}."))
    for name in ("subsets", "region"):
        table.add_column(name)
    interval = ["95 % interval"] if intervals else []
    for name in ("mean ± sd", "lowest", "highest", *interval, "n"):
        table.add_column(name, justify="right")
    for block in seeds.blocks:
        for index, row in enumerate(block.rows):
            table.add_row(
                "" if index else block.name,
                row.region,
                f"{scale * row.mean:.{digits}f} ± {scale * row.sd:.{digits}f}",
                *(f"{scale * v:.{digits}f}" for v in (min(row.values), max(row.values))),
                *(interval_of(row.over_patients.divided_by(1 / scale)) or "n/a" for _ in interval),
                str(row.over_patients.cases),
            )
        table.add_section()
    return table


def seeds_json(seeds: SeedComparison, *, runs: Sequence[Origin]) -> dict[str, object]:
    """The same numbers, unrounded, in the metric's own unit.

    Args:
        seeds: The comparison of the runs.
        runs: Origin of each run's scores.
    """
    return {
        "runs": [run.place for run in runs],
        "of": [run.as_json() for run in runs],
        "metric": seeds.metric,
        "patients": seeds.patients,
        "method": " ".join(_METHODS),
        "notes": list(seeds.notes),
        "blocks": [
            {"subsets": block.name, "rows": [_row(row) for row in block.rows]}
            for block in seeds.blocks
        ],
    }


def _row(row: SeedRow) -> dict[str, object]:
    cell = row.over_patients
    ends = None if cell.low is None or cell.high is None else [cell.low, cell.high]
    return {
        "region": row.region,
        "mean": row.mean,
        "sd_between_runs": row.sd,
        "by_run": list(row.values),
        "ci95_over_patients": ends,
        "patients": cell.cases,
    }
