"""A published table with our scores next to it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.evaluation.published.reference import OURS_IN_THE_PAPER, Inconsistency


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of a published table, with our number.

    Args:
        name: The subset as the paper numbers it, a region, `average` or `mean`.
        published: Printed number of each method.
        ours: Our number; None if we have none.
    """

    name: str
    published: Mapping[str, float]
    ours: float | None

    def difference(self, method: str) -> float | None:
        """Ours minus a published method; None if we have no such number."""
        return None if self.ours is None else self.ours - self.published[method]


@dataclass(frozen=True, slots=True)
class ComparedBlock:
    """Rows that belong together: a region of Table 1, a metric of Table 2, features of Table 4."""

    name: str
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True, slots=True)
class PublishedComparison:
    """A published table with our scores next to it.

    Args:
        table: `table1` to `table6`.
        methods: Published methods, in the paper's order.
        note: Sentence about the table and the cases of both sides.
        blocks: Rows by metric and region.
        inconsistencies: Printed numbers that are inconsistent with the others.
        compared_method: The method that ours is compared with: the paper's, or the one that trained
            ours.
        compared_block: The only block with that difference; None for every block.
        notes: Further notes for the reader, one sentence each.
        patients: Number of patients of our scores.
    """

    table: str
    methods: tuple[str, ...]
    note: str
    blocks: tuple[ComparedBlock, ...]
    inconsistencies: tuple[Inconsistency, ...]
    compared_method: str = OURS_IN_THE_PAPER
    compared_block: str | None = None
    notes: tuple[str, ...] = ()
    patients: int = 0

    def has_difference(self, block: ComparedBlock) -> bool:
        """Whether a block has the published row that ours is compared with."""
        return self.compared_block in (None, block.name)

    def difference(self, block: ComparedBlock, row: ComparedRow) -> float | None:
        """Ours minus that row's number; None if either is missing."""
        return row.difference(self.compared_method) if self.has_difference(block) else None

    def inconsistency_in(
        self, block: ComparedBlock, row: ComparedRow, method: str
    ) -> Inconsistency | None:
        """The inconsistency in one cell, if there is one."""
        names = (
            f"{method} {block.name} {row.name}",
            f"{method} {row.name} {block.name}",
            f"{block.name} {method} {row.name}",
        )
        quantities = (*names, f"{method} {row.name}") if len(self.blocks) == 1 else names
        return next(
            (
                inconsistency
                for inconsistency in self.inconsistencies
                if inconsistency.quantity in quantities
            ),
            None,
        )
