"""A published table with ours beside it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.evaluation.published.reference import OURS_IN_THE_PAPER, Slip


@dataclass(frozen=True, slots=True)
class AgainstRow:
    """One row.

    Args:
        name: The subset as the paper numbers it, a region, `average` or `mean`.
        published: By method, as printed.
        ours: None where we have no such number.
    """

    name: str
    published: Mapping[str, float]
    ours: float | None

    def beyond(self, method: str) -> float | None:
        """Ours minus a published method; None where we have no such number."""
        return None if self.ours is None else self.ours - self.published[method]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together: a region of Table 1, a metric of Table 2, features of Table 4."""

    name: str
    rows: tuple[AgainstRow, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """A published table with ours beside it.

    Args:
        table: `table1` to `table6`.
        methods: Published ones, in the paper's order.
        note: Which table and why, whose cases these are, and whose those.
        blocks: The rows.
        slips: Printed numbers among them that do not follow from the others.
        own: The method that ours is compared with: the paper's, or the one that trained ours.
        own_block: The only block in which it is compared with it; None is every one.
        remarks: What else a reader must know, a sentence each.
        patients: How many ours is over.
    """

    table: str
    methods: tuple[str, ...]
    note: str
    blocks: tuple[Block, ...]
    slips: tuple[Slip, ...]
    own: str = OURS_IN_THE_PAPER
    own_block: str | None = None
    remarks: tuple[str, ...] = ()
    patients: int = 0

    def compares(self, block: Block) -> bool:
        """Whether a block has the published row that ours is compared with."""
        return self.own_block in (None, block.name)

    def beyond(self, block: Block, row: AgainstRow) -> float | None:
        """Ours minus that row's number; None where either is not there."""
        return row.beyond(self.own) if self.compares(block) else None

    def slip_of(self, block: Block, row: AgainstRow, method: str) -> Slip | None:
        """The slip in one cell, if there is one."""
        names = (
            f"{method} {block.name} {row.name}",
            f"{method} {row.name} {block.name}",
            f"{block.name} {method} {row.name}",
        )
        quantities = (*names, f"{method} {row.name}") if len(self.blocks) == 1 else names
        return next((slip for slip in self.slips if slip.quantity in quantities), None)
