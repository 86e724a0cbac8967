"""Writing all numbers: one JSON, or CSV tables.

n.csv               one row per subset and region
n_curves.csv        one row per region
n_criticality.csv   one row per value; only if there are any
n_measurements.csv  one row per measurement; only if there are any
n_degradation.csv   one row per score of a degradation curve; only if there are any
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ccsd_app.export.criticality_numbers import criticality_rows, criticality_tree
from ccsd_app.export.degradation_numbers import degradation_rows, degradation_tree
from ccsd_app.export.errors import ExportError
from ccsd_app.export.numbers import Row, curve_rows, model_cells, numbers, subset_rows
from ccsd_app.export.sidecar import write_json
from ccsd_app.export.staging import staged
from ccsd_app.session.state import State
from ccsd_app.viewmodel.measuring.measurement_rows import measurement_rows, measurement_tree
from ccsd_core.domain.case import Case
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import write_text


def names_of_tables(name: str) -> tuple[str, ...]:
    """The files that `write_tables` writes: the table of subsets has the name itself.

    >>> names_of_tables("n.csv")[2:]
    ('n_criticality.csv', 'n_measurements.csv', 'n_degradation.csv')
    """
    path = Path(name)
    others = ("curves", "criticality", "measurements", "degradation")
    return name, *(f"{path.stem}_{what}{path.suffix}" for what in others)


def write_tables(state: State, path: Path) -> Steps[tuple[Path, ...]]:
    """Write the CSV tables.

    Raises:
        ExportError: If nothing is computed.
        ResourceError: If they cannot be written.
    """
    case = _case(state)
    subsets, curves, criticality, measurements, degradation = names_of_tables(path.name)
    with staged(path.parent) as staging:
        yield Progress(0, 1, "tables")
        write_text(staging.path(subsets), csv_of(subset_rows(state, case)))
        write_text(staging.path(curves), csv_of(curve_rows(state, case)))
        rows = criticality_rows(state, case)
        if rows:
            write_text(staging.path(criticality), csv_of(rows))
        rows = [{**row, **model_cells(state)} for row in measurement_rows(state, case)]
        if rows:
            write_text(staging.path(measurements), csv_of(rows))
        rows = degradation_rows(state)
        if rows:
            write_text(staging.path(degradation), csv_of(rows))
        return staging.commit()


def write_numbers(state: State, path: Path) -> Steps[tuple[Path, ...]]:
    """Write the JSON.

    Raises:
        ExportError: If nothing is computed.
        ResourceError: If it cannot be written.
    """
    case = _case(state)
    with staged(path.parent) as staging:
        yield Progress(0, 1, "numbers")
        tree = {
            **numbers(state, case),
            "criticality": criticality_tree(state, case),
            "measured": measurement_tree(state, case),
            "degradation_curves": degradation_tree(state),
        }
        write_json(staging.path(path.name), tree)
        return staging.commit()


def write_degradation(state: State, path: Path) -> Steps[tuple[Path, ...]]:
    """Write the table of all curves as CSV.

    Raises:
        ExportError: If there is none.
        ResourceError: If it cannot be written.
    """
    rows = degradation_rows(state)
    if not rows:
        raise ExportError("No degradation curve is computed yet: there is nothing to export")
    with staged(path.parent) as staging:
        yield Progress(0, 1, f"writing {path.name}")
        write_text(staging.path(path.name), csv_of(rows))
        return staging.commit()


def csv_of(rows: Sequence[Row], *, delimiter: str = ",") -> str:
    """Rows as CSV with a header line, separated by `delimiter`; unknown values are empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _text(value) for name, value in row.items()})
    return stream.getvalue()


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _case(state: State) -> Case:
    if state.case is None or not state.results:
        raise ExportError("No subset is computed yet: there are no numbers to export")
    return state.case
