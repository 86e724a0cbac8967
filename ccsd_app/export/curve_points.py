"""The robustness curve as a table: one row per point, with mean and range for its subset size."""

from pathlib import Path

from ccsd_app.export.errors import ExportError
from ccsd_app.export.number_files import csv_of
from ccsd_app.export.numbers import Row, input_cells, model_cells
from ccsd_app.export.staging import staged
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import unrated_reason
from ccsd_app.viewmodel.common.provenance import score_title
from ccsd_app.viewmodel.panels.robustness_curve import informative_curve
from ccsd_core.domain.region import Region
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.atomic import write_text


def point_rows(state: State) -> list[Row]:
    """A row for every region and computed subset, smallest subsets first.

    Raises:
        ExportError: If nothing is computed.
    """
    case = state.case
    if case is None or not state.results:
        raise ExportError("No subset is computed yet: the curve has no points to export")
    rows: list[Row] = []
    for region in Region:
        curve = informative_curve(state, case, region)
        no_score = unrated_reason(region, state)
        for subset, score in curve.scores.items():
            size = len(subset)
            complete = size in curve.means
            same_size = curve.of_size(size).values()
            rows.append(
                {
                    **input_cells(state, subset),
                    "region": region.name,
                    "score": score_title(state),
                    "value": score,
                    "no_score": no_score,
                    "mean_of_size": curve.means.get(size),
                    "lowest_of_size": min(same_size) if complete else None,
                    "highest_of_size": max(same_size) if complete else None,
                    **model_cells(state),
                }
            )
    return rows


def write_points(state: State, path: Path) -> Steps[tuple[Path, ...]]:
    """Write the table as CSV.

    Raises:
        ExportError: If nothing is computed.
        ResourceError: If it cannot be written.
    """
    rows = point_rows(state)
    with staged(path.parent) as staging:
        yield Progress(0, 1, f"writing {path.name}")
        write_text(staging.path(path.name), csv_of(rows))
        return staging.commit()
