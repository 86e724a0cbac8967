"""The paper's tables: every printed average is recomputed, and only the known slips are allowed."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.domain.robustness import RobustnessCurve
from ccsd_core.evaluation.published.reference import (
    average_table,
    inconsistencies,
    numbered_subset,
    subset_table,
    table_rows,
)

HALF_A_DIGIT = Decimal("0.005")


def disagreement(printed: str, cells: Sequence[str]) -> Decimal | None:
    """The mean of the cells, where the printed average is not its rounding."""
    mean = sum(map(Decimal, cells)) / len(cells)
    return None if abs(mean - Decimal(printed)) <= HALF_A_DIGIT else round(mean, 2)


def recomputed() -> dict[tuple[str, str], tuple[float, float]]:
    """Every printed average or mean that its cells do not give: printed, and from the cells."""
    found: dict[tuple[str, str], tuple[float, float]] = {}

    def check(table: str, quantity: str, printed: str, cells: Sequence[str]) -> None:
        mean = disagreement(printed, cells)
        if mean is not None:
            found[table, quantity] = (float(printed), float(mean))

    for table, of in (("table1", "region"), ("table5", "region"), ("table2", "metric")):
        rows = table_rows(table)
        key = "subset" if of == "region" else "region"
        for group in dict.fromkeys(row[of] for row in rows):
            inside = [row for row in rows if row[of] == group]
            for method in list(rows[0])[2:]:
                (printed,) = [row[method] for row in inside if row[key] == "average"]
                cells = [row[method] for row in inside if row[key] != "average"]
                check(table, f"{method} {group} average", printed, cells)
    for table in ("table3", "table4", "table6"):
        for row in table_rows(table):
            name = row.get("criticality") or name_of(row)
            check(table, f"{name} mean", row["mean"], [row["WT"], row["TC"], row["ET"]])
    return found


def name_of(row: dict[str, str]) -> str:
    used = " and ".join(k.upper() for k in ("hmsd", "dmcd") if row[k] == "yes") or "neither"
    return f"{row['features']} {used}" if "features" in row else used


def conflicting() -> dict[tuple[str, str], tuple[float, float]]:
    """The full model's regions in Tables 3, 4 and 6 beside the averages of Table 1."""
    averages = subset_table().averages
    full = {
        "table3": next(r for r in table_rows("table3") if name_of(r) == "HMSD and DMCD"),
        "table4": next(r for r in table_rows("table4") if name_of(r) == "fused HMSD and DMCD"),
        "table6": next(r for r in table_rows("table6") if r["criticality"] == "cosine"),
    }
    return {
        (table, f"{row.get('criticality') or name_of(row)} {region.name}"): (printed, true)
        for table, row in full.items()
        for region in Region
        if (printed := float(row[region.name])) != (true := averages[region, "CCSD"])
    }


def test_the_printed_averages_follow_from_their_cells_but_for_the_known_slips():
    known = {(s.table, s.quantity): (s.printed, s.recomputed) for s in inconsistencies()}
    assert recomputed() | conflicting() == known


def test_the_known_slips_are_the_ones_that_are_reported():
    messages = {(s.table, s.printed, s.recomputed) for s in inconsistencies()}
    assert messages == {
        ("table1", 74.63, 74.92),
        ("table2", 76.68, 76.71),
        ("table2", 7.00, 7.03),
        ("table3", 86.44, 86.47),
        ("table4", 86.44, 86.47),
        ("table6", 75.79, 75.80),
    }


def test_table_1_is_whole():
    table = subset_table()
    assert table.methods == ("mmFm", "ShaSpec", "M3AE", "MIFPN", "CCSD")
    assert len(table.cells) == len(table.averages) == 3 * 5
    assert all(tuple(cells) == ModalitySubset.every() for cells in table.cells.values())


def test_table_2_is_whole():
    table = average_table()
    assert table.methods == ("SMU-Net", "ShaSpec", "M3AE", "MIFPN", "TMFormer", "CCSD")
    assert len(table.cells) == 2 * 3 * 6
    assert len(table.averages) == 2 * 6


def test_the_default_path_of_table_5_is_the_model_of_table_1():
    cells = subset_table().cells
    for row in table_rows("table5"):
        if row["subset"] != "average":
            region, subset = Region.parse(row["region"]), numbered_subset(row["subset"])
            assert float(row["max"]) == cells[region, "CCSD"][subset]


def test_the_three_regions_of_every_subset_and_method_are_in_order():
    """Without T1c, ET is the hardest and WT the easiest region: a swapped column would show."""
    cells = subset_table().cells
    for method in subset_table().methods:
        for subset in ModalitySubset.every():
            if Modality.T1C not in subset:
                et, tc, wt = (cells[r, method][subset] for r in (Region.ET, Region.TC, Region.WT))
                assert et < tc < wt


def test_a_numbered_subset_is_read_back():
    for subset in ModalitySubset.every():
        assert numbered_subset("".join(str(m + 1) for m in subset)) == subset, subset


AREAS = {
    (Region.ET, "CCSD"): ((52.32, 62.09, 69.70, 79.95), 197.92),
    (Region.TC, "CCSD"): ((70.89, 78.67, 83.05, 85.70), 240.02),
    (Region.WT, "CCSD"): ((81.16, 87.13, 89.54, 91.50), 263.00),
    (Region.ET, "ShaSpec"): ((49.53, 60.77, 67.78, 76.47), 191.55),
    (Region.TC, "ShaSpec"): ((72.12, 77.83, 81.98, 85.58), 238.66),
    (Region.WT, "ShaSpec"): ((80.45, 86.54, 88.39, 90.15), 260.23),
    (Region.ET, "M3AE"): ((48.50, 60.05, 67.00, 75.50), 189.05),
}


@pytest.mark.parametrize("column", AREAS, ids=lambda c: f"{c[1]} {c[0].name}")
def test_the_known_curves_and_areas_follow_from_table_1(column):
    means, area = AREAS[column]
    curve = RobustnessCurve(ModalitySubset.full(), subset_table().cells[column])
    assert tuple(curve.means.values()) == pytest.approx(means, abs=0.0051)
    assert curve.aurc == pytest.approx(area / 3, abs=0.0051)
