"""Writing all numbers: one JSON, or two CSV tables (subsets by region, and the curves)."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ccsd_app.export.errors import ExportError
from ccsd_app.export.numbers import Row, curve_rows, numbers, subset_rows
from ccsd_app.export.sidecar import write_json
from ccsd_app.export.staging import staged
from ccsd_app.session.state import State
from ccsd_core.domain.case import Case
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import write_text


def names_of_tables(name: str) -> tuple[str, str]:
    """The subsets' table is called as asked, the curves' after it.

    >>> names_of_tables("a_all_numbers.csv")
    ('a_all_numbers.csv', 'a_all_numbers_curves.csv')
    """
    path = Path(name)
    return name, f"{path.stem}_curves{path.suffix}"


def write_tables(state: State, path: Path) -> Steps[tuple[Path, ...]]:
    """Write both CSV tables.

    Raises:
        ExportError: If nothing is computed.
        ResourceError: If they cannot be written.
    """
    case = _case(state)
    subsets, curves = names_of_tables(path.name)
    with staged(path.parent) as staging:
        yield Progress(0, 1, "tables")
        write_text(staging.path(subsets), csv_of(subset_rows(state, case)))
        write_text(staging.path(curves), csv_of(curve_rows(state, case)))
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
        write_json(staging.path(path.name), numbers(state, case))
        return staging.commit()


def csv_of(rows: Sequence[Row], *, between: str = ",") -> str:
    """Comma-separated (or whatever stands between) with a head; what is not known is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=between, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _text(value) for name, value in row.items()})
    return stream.getvalue()


def _text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _case(state: State) -> Case:
    if state.case is None or not state.results:
        raise ExportError("nothing is computed yet: there are no numbers to export")
    return state.case
