"""The batch table for export: one row for each case, with its input, numbers and provenance."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ccsd_app.viewmodel.open_case.batch.rows import BatchRow, CaseState
from ccsd_app.worker.batch_protocol import BatchModel
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.version import software_version

Cell = str | float | bool | None


def batch_rows(
    rows: Sequence[BatchRow], model: BatchModel | None, folder: Path
) -> list[dict[str, Cell]]:
    """One dictionary for each case; unknown values are None.

    Args:
        rows: The rows of the table.
        model: The model; None if none was loaded.
        folder: The folder of the cases; messages name files relative to it.
    """
    return [_cells(row, model, folder) for row in rows]


def _cells(row: BatchRow, model: BatchModel | None, folder: Path) -> dict[str, Cell]:
    result = row.result
    notes = "; ".join(row.warnings).replace(f"{folder}{os.sep}", "")
    failed = row.state is CaseState.FAILED
    sequences = row.case.sequences if result is None else tuple(result.available)
    intervals: Mapping[Region, tuple[float, float]] = {} if result is None else result.intervals_ml
    return {
        "case": row.case.id,
        "state": row.state.value,
        "error": notes if failed else None,
        "sequences": "+".join(m.label for m in sequences) or None,
        "input": None if result is None else result.input.removeprefix("input: "),
        **_by_region("volume_{}_ml", None if result is None else result.volumes_ml),
        **_by_region("volume_{}_low_ml", {r: low for r, (low, _) in intervals.items()}),
        **_by_region("volume_{}_high_ml", {r: high for r, (_, high) in intervals.items()}),
        "interval_level": result.level if result is not None and intervals else None,
        **_by_region("dice_{}", None if result is None else result.dice),
        **_by_region("agreement_{}", None if result is None else result.agreement),
        "seen_in_training": None if result is None else result.seen_in_training,
        "notes": None if failed else notes or None,
        "label_map": None if result is None else result.outputs[0].name,
        "model": None if model is None else model.name,
        "model_sha256": None if model is None else model.sha256,
        "software": software_version(),
        "disclaimer": DISCLAIMER,
    }


def _by_region(name: str, values: Mapping[Region, float] | None) -> dict[str, Cell]:
    known = values or {}
    return {name.format(r.name): round(known[r], 6) if r in known else None for r in Region}
