"""Our scores beside a published table, row by row, with what keeps them from being comparable.

    paper ──┬─ ids of BraTS 2020 ──▶ table2   means over the subsets: Dice, and HD95 where computed
            └─ any other ──────────▶ table1   a block a region: 15 subsets and their average

Ours are raw Dice, as the paper's. An average of ours is given only over all 15 subsets.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from ccsd_core.data.splits import read_split
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.estimates import Estimates, estimates
from ccsd_core.evaluation.reference import (
    OURS_IN_THE_PAPER,
    Slip,
    average_table,
    slips,
    subset_table,
)
from ccsd_core.evaluation.result import Evaluation
from ccsd_core.evaluation.result_rows import NUMBER

AGAINST = ("paper", "table1", "table2")
SOURCE = "arXiv:2511.14599"
_PAPER_ORDER = (Region.ET, Region.TC, Region.WT)
_BRATS2020 = "BraTS20_"


@dataclass(frozen=True, slots=True)
class AgainstRow:
    """One row.

    Args:
        name: The subset as the paper numbers it, a region, or `average`.
        published: By method, as printed.
        ours: None where we have no such number.
    """

    name: str
    published: Mapping[str, float]
    ours: float | None

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's own method."""
        return None if self.ours is None else self.ours - self.published[OURS_IN_THE_PAPER]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together: a region of Table 1, a metric of Table 2."""

    name: str
    rows: tuple[AgainstRow, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """A published table with ours beside it.

    Args:
        table: `table1` or `table2`.
        methods: Published ones, in the paper's order.
        note: One honest line: whose cases these are, and whose those.
        blocks: The rows.
        slips: Printed numbers among them that do not follow from the others.
    """

    table: str
    methods: tuple[str, ...]
    note: str
    blocks: tuple[Block, ...]
    slips: tuple[Slip, ...]

    def slip_of(self, block: Block, row: AgainstRow, method: str) -> Slip | None:
        """The slip in one cell, if there is one."""
        quantity = f"{method} {block.name} {row.name}"
        return next((slip for slip in self.slips if slip.quantity == quantity), None)


def against(evaluation: Evaluation, which: str) -> Against:
    """Ours beside a published table.

    Args:
        evaluation: Our scores.
        which: One of `AGAINST`.

    Raises:
        BadInputError: If it is none of those.
    """
    check_table(which)
    ids = [case.id.rpartition("/")[2] for case in evaluation.cases]
    table = which
    if which == "paper":
        table = "table2" if all(id.startswith(_BRATS2020) for id in ids) else "table1"
    known = tuple(slip for slip in slips() if slip.table == table)
    if table == "table1":
        published = subset_table()
        note = _note(ids, "the BraTS 2018 test split (number 3)", split="brats2018-3")
        note += f" Subsets by number: {', '.join(f'{m + 1} {m.label}' for m in Modality)}."
        return Against(table, published.methods, note, _subset_blocks(evaluation), known)
    published = average_table()
    note = _note(ids, "the BraTS 2020 test split", split="brats2020")
    return Against(table, published.methods, note, _average_blocks(evaluation), known)


def check_table(which: str) -> None:
    """Refuse what is no published table of ours.

    Raises:
        BadInputError: If it is none of `AGAINST`.
    """
    if which not in AGAINST:
        raise BadInputError(f"no published table {which!r}: use one of {', '.join(AGAINST)}")


def _note(ids: list[str], whose: str, *, split: str) -> str:
    theirs = read_split(split).test
    cases = f"{len(ids)} case{'s' * (len(ids) != 1)}"
    start = f"The paper ({SOURCE}) scores the {len(theirs)} cases of {whose}, raw Dice; "
    if set(ids) == set(theirs):
        return f"{start}ours: the same {cases}."
    return f"{start}ours: {cases}, not the same, so the numbers are not comparable."


def _subset_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    published, ours = subset_table(), estimates(evaluation)
    blocks: list[Block] = []
    for region in _PAPER_ORDER:
        by_method = {method: published.cells[region, method] for method in published.methods}
        averages = {method: published.averages[region, method] for method in published.methods}
        rows = [
            AgainstRow(
                NUMBER[subset],
                {method: cells[subset] for method, cells in by_method.items()},
                _percent(ours, region, subset),
            )
            for subset in ModalitySubset.every()
        ]
        mean = _mean([row.ours for row in rows])
        blocks.append(Block(region.name, (*rows, AgainstRow("average", averages, mean))))
    return tuple(blocks)


def _average_blocks(evaluation: Evaluation) -> tuple[Block, ...]:
    published = average_table()
    computed = {score.metric for score in evaluation.scores}
    blocks: list[Block] = []
    for metric, scale in (("dice", 100), ("hd95_mm", 1)):
        ours = estimates(evaluation, metric=metric) if metric in computed else None
        rows = [
            AgainstRow(
                region.name,
                {method: published.cells[metric, region, method] for method in published.methods},
                None if ours is None else _scaled_mean(ours, region, scale),
            )
            for region in Region
        ]
        averages = {method: published.averages[metric, method] for method in published.methods}
        mean = _mean([row.ours for row in rows])
        blocks.append(Block(metric, (*rows, AgainstRow("average", averages, mean))))
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
