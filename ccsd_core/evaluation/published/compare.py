"""Our scores next to a published table, row by row, with reasons why they may not be comparable.

    paper ──┬─ BraTS 2020, by split or names ──▶ table2   means over the subsets: Dice, and HD95
            └─ any other ──────────────────────▶ table1   one block per region: 15 subsets, average
    table3 … table6 ── ablations, in `ablations`

Our Dice is before post-processing, like the paper's. Our average is given only over all 15 subsets.
"""

import math
from dataclasses import replace
from statistics import fmean

from ccsd_core.data.splits import read_split
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.derived.falling_steps import STEPS, count_falls, falling_steps
from ccsd_core.evaluation.published.ablations import ABLATIONS, ablation
from ccsd_core.evaluation.published.published_comparison import (
    ComparedBlock,
    ComparedRow,
    PublishedComparison,
)
from ccsd_core.evaluation.published.reference import average_table, inconsistencies, subset_table
from ccsd_core.evaluation.results.raw import without_postprocessing
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import Estimates, estimates
from ccsd_core.evaluation.statistics.result_rows import NUMBER
from ccsd_core.storage.names.patients import patients_of

TABLES = ("paper", "table1", "table2", *ABLATIONS)
SOURCE = "arXiv:2511.14599"
_PAPER_ORDER = (Region.ET, Region.TC, Region.WT)
_BRATS2020 = "BraTS20_"


def compare_with_published(evaluation: Evaluation, which: str) -> PublishedComparison:
    """Our scores next to a published table.

    Args:
        evaluation: Evaluation of our scores.
        which: Name of the table, one of `TABLES`.

    Raises:
        BadInputError: If there is no such table.
    """
    check_table(which)
    ids = [case.id.rpartition("/")[2] for case in evaluation.cases]
    found = _compare(without_postprocessing(evaluation), which, ids)
    return replace(found, patients=len(patients_of(ids)))


def _compare(evaluation: Evaluation, which: str, ids: list[str]) -> PublishedComparison:
    given = evaluation.predictions is not None
    table, start = _table_of_paper(evaluation, ids) if which == "paper" else (which, "")
    known = tuple(
        inconsistency for inconsistency in inconsistencies() if inconsistency.table == table
    )
    if table == "table2":
        published = average_table()
        note = start + _note(ids, "the BraTS 2020 test split", split="brats2020", given=given)
        return PublishedComparison(
            table, published.methods, note, _average_blocks(evaluation), known
        )
    cohort = "the BraTS 2018 test split (number 3)"
    note = start + _note(ids, cohort, split="brats2018-3", given=given)
    if table == "table1":
        published = subset_table()
        return PublishedComparison(
            table,
            published.methods,
            note,
            _subset_blocks(evaluation),
            known,
            notes=(_falling_steps_note(evaluation),),
        )
    return ablation(evaluation, table, note=note, inconsistencies=known)


def _table_of_paper(evaluation: Evaluation, ids: list[str]) -> tuple[str, str]:
    """The table of the same data set, and the reason, as the beginning of a note."""
    part = evaluation.part.name if evaluation.part is not None else ""
    if part.startswith("brats2020"):
        return "table2", f"Table 2, of BraTS 2020, since --split {part} was given. "
    if part.startswith("brats2018"):
        return "table1", f"Table 1, of BraTS 2018, since --split {part} was given. "
    if all(id.startswith(_BRATS2020) for id in ids):
        return "table2", "Table 2, of BraTS 2020, since the cases have its names. "
    return "table1", "Table 1, of BraTS 2018, since not all cases have names of BraTS 2020. "


def check_table(which: str) -> None:
    """Refuse an unknown published table.

    Raises:
        BadInputError: If it is not in `TABLES`.
    """
    if which not in TABLES:
        raise BadInputError(f"unknown published table {which!r}: use one of {', '.join(TABLES)}")


def _note(ids: list[str], cohort: str, *, split: str, given: bool) -> str:
    """A note on the cases; `given`: ours are label maps with unknown post-processing."""
    theirs = read_split(split).test
    dice = "Dice of the label maps as given" if given else "Dice without post-processing"
    cases = f"{len(ids)} case{'s' * (len(ids) != 1)}"
    start = f"The paper ({SOURCE}) scores the {len(theirs)} cases of {cohort}, and ours is {dice}; "
    if set(ids) == set(theirs):
        return f"{start}ours: the same {cases}."
    if patients_of(ids) == patients_of(theirs):
        return f"{start}ours: the same patients under the names of another year; images may differ."
    return f"{start}ours: {cases}, not the same, so the numbers are not comparable."


def _falling_steps_note(evaluation: Evaluation) -> str:
    """How often adding a sequence lowers a mean, in the paper and in our scores."""
    published = subset_table()
    theirs = {
        method: sum(count_falls(published.cells[region, method]) for region in Region)
        for method in published.methods
    }
    ours = falling_steps(evaluation).count
    counts = ", ".join(f"{method} {count}" for method, count in theirs.items())
    return (
        f"Drops in mean Dice after adding a sequence, of {len(STEPS) * len(Region)}: {counts}; "
        f"ours {ours.falling} of {ours.steps}."
    )


def _subset_blocks(evaluation: Evaluation) -> tuple[ComparedBlock, ...]:
    published, ours = subset_table(), estimates(evaluation)
    blocks: list[ComparedBlock] = []
    for region in _PAPER_ORDER:
        by_method = {method: published.cells[region, method] for method in published.methods}
        averages = {method: published.averages[region, method] for method in published.methods}
        rows = [
            ComparedRow(
                NUMBER[subset],
                {method: cells[subset] for method, cells in by_method.items()},
                _percent(ours, region, subset),
            )
            for subset in ModalitySubset.every()
        ]
        mean = _mean([row.ours for row in rows])
        blocks.append(ComparedBlock(region.name, (*rows, ComparedRow("average", averages, mean))))
    return tuple(blocks)


def _average_blocks(evaluation: Evaluation) -> tuple[ComparedBlock, ...]:
    published = average_table()
    computed = {score.metric for score in evaluation.scores}
    blocks: list[ComparedBlock] = []
    for metric, scale in (("dice", 100), ("hd95_mm", 1)):
        ours = estimates(evaluation, metric=metric) if metric in computed else None
        rows = [
            ComparedRow(
                region.name,
                {method: published.cells[metric, region, method] for method in published.methods},
                None if ours is None else _scaled_mean(ours, region, scale),
            )
            for region in Region
        ]
        averages = {method: published.averages[metric, method] for method in published.methods}
        mean = _mean([row.ours for row in rows])
        blocks.append(ComparedBlock(metric, (*rows, ComparedRow("average", averages, mean))))
    return tuple(blocks)


def _percent(ours: Estimates, region: Region, subset: ModalitySubset) -> float | None:
    return 100 * ours.subsets[subset][region.name].value if subset in ours.subsets else None


def _scaled_mean(ours: Estimates, region: Region, scale: float) -> float | None:
    values = [row[region.name].value for row in ours.subsets.values()]
    if len(values) < len(ModalitySubset.every()) or not all(map(math.isfinite, values)):
        return None
    return scale * fmean(values)


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if len(known) == len(values) else None
