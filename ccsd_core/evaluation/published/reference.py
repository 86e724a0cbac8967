"""Published numbers: the tables of the CCSD paper, and their inconsistencies.

    resources/reference/table1.csv   BraTS 2018: five methods, 15 subsets, three regions
                        table2.csv   BraTS 2020: six methods, means over the subsets
                        table3 … 6   ablations
                        inconsistencies.csv   printed numbers that are inconsistent with the others
                        table_notes.csv       further notes on the tables

Source: arXiv:2511.14599, Tables 1 to 6; the README next to them describes each file.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.resources import resource

AVERAGE = "average"
OURS_IN_THE_PAPER = "CCSD"


@dataclass(frozen=True, slots=True)
class SubsetTable:
    """Table 1: Dice in percent by region, method and subset.

    Args:
        methods: Names of the methods in the paper's order.
        cells: Numbers by region and method, then by subset in table order.
        averages: Averages as printed, whether correct or not.
    """

    methods: tuple[str, ...]
    cells: Mapping[tuple[Region, str], Mapping[ModalitySubset, float]]
    averages: Mapping[tuple[Region, str], float]


@dataclass(frozen=True, slots=True)
class AverageTable:
    """Table 2: means over the 15 subsets.

    Args:
        methods: Names of the methods in the paper's order.
        cells: Numbers by metric, region and method; Dice in percent, HD95 in mm.
        averages: Printed averages over the regions, by metric and method.
    """

    methods: tuple[str, ...]
    cells: Mapping[tuple[str, Region, str], float]
    averages: Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A printed number that is inconsistent with the others.

    Args:
        table: `table1` to `table6`.
        quantity: Name of the number.
        printed: Value that the paper prints.
        recomputed: Value computed from other printed numbers.
        remark: The numbers that it was recomputed from.
    """

    table: str
    quantity: str
    printed: float
    recomputed: float
    remark: str


def table_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the files, unchanged, by its name without `.csv`."""
    text = resource("reference", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def subset_table() -> SubsetTable:
    """Numbers of the paper's Table 1."""
    rows = table_rows("table1")
    methods = _methods(rows)
    cells: dict[tuple[Region, str], dict[ModalitySubset, float]] = {}
    averages: dict[tuple[Region, str], float] = {}
    for row in rows:
        region = Region.parse(row["region"])
        for method in methods:
            if row["subset"] == AVERAGE:
                averages[region, method] = float(row[method])
            else:
                subset = numbered_subset(row["subset"])
                cells.setdefault((region, method), {})[subset] = float(row[method])
    return SubsetTable(methods, cells, averages)


def average_table() -> AverageTable:
    """Numbers of the paper's Table 2."""
    rows = table_rows("table2")
    methods = _methods(rows)
    cells: dict[tuple[str, Region, str], float] = {}
    averages: dict[tuple[str, str], float] = {}
    for row in rows:
        for method in methods:
            if row["region"] == AVERAGE:
                averages[row["metric"], method] = float(row[method])
            else:
                region = Region.parse(row["region"])
                cells[row["metric"], region, method] = float(row[method])
    return AverageTable(methods, cells, averages)


def inconsistencies() -> tuple[Inconsistency, ...]:
    """Every known inconsistency of the printed tables."""
    return tuple(
        Inconsistency(
            row["table"],
            row["quantity"],
            float(row["printed"]),
            float(row["recomputed"]),
            row["remark"],
        )
        for row in table_rows("inconsistencies")
    )


def table_notes(table: str) -> tuple[str, ...]:
    """Notes on a table besides its inconsistencies, one sentence each."""
    return tuple(row["remark"] for row in table_rows("table_notes") if row["table"] == table)


def numbered_subset(text: str) -> ModalitySubset:
    """A subset as the paper numbers it.

    >>> str(numbered_subset("14"))
    'FLAIR+T2'
    """
    return ModalitySubset.of(*(Modality(int(digit) - 1) for digit in text))


def _methods(rows: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(rows[0])[2:]
