"""Ours beside the paper's ablations: every published number, and the configuration of each row."""

import io
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import pytest
from rich.console import Console

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.published.ablations import (
    ABLATIONS,
    FEATURES,
    TABLE5_SUBSETS,
    configuration,
)
from ccsd_core.evaluation.published.compare import compare_with_published
from ccsd_core.evaluation.published.reference import table_rows
from ccsd_core.evaluation.report.published_files import (
    comparison_csv,
    comparison_markdown,
    comparison_tables,
)
from ccsd_core.training.config.config_file import about, read_config

MEANS = ("table3", "table4", "table6")


def by_size(case, subset, region, metric) -> float:
    return len(subset) / 5 + region / 50


def printed(published) -> str:
    buffer = io.StringIO()
    Console(file=buffer, width=100).print(comparison_tables(published))
    return " ".join(buffer.getvalue().split())


@pytest.mark.parametrize("table", MEANS)
def test_every_published_number_of_the_mean_tables_is_there_and_ours_beside_it(made_up, table):
    found = compare_with_published(made_up(value=by_size), table)
    numbers = sorted(
        value for block in found.blocks for row in block.rows for value in row.published.values()
    )
    columns = ("WT", "TC", "ET", "mean")
    assert numbers == sorted(float(row[c]) for row in table_rows(table) for c in columns)
    sizes = fmean(len(s) for s in ModalitySubset.every())
    for block in found.blocks:
        assert [row.name for row in block.rows] == list(columns)
        expected = [100 * (sizes / 5 + r / 50) for r in Region]
        assert [row.ours for row in block.rows] == pytest.approx([*expected, fmean(expected)])


@pytest.mark.parametrize(
    ("table", "blocks", "methods"),
    [
        ("table3", ["dice"], ["HMSD", "DMCD", "neither", "HMSD and DMCD"]),
        ("table4", list(FEATURES), ["HMSD", "DMCD", "HMSD and DMCD"]),
        ("table5", ["ET", "TC", "WT", "seven"], ["random", "min", "max"]),
        ("table6", ["dice"], ["random", "gradient", "cosine"]),
    ],
)
def test_the_difference_is_to_the_papers_own_choice(made_up, table, blocks, methods):
    found = compare_with_published(made_up(), table)
    assert [block.name for block in found.blocks] == blocks
    assert list(found.methods) == methods
    assert found.compared_method == methods[-1]
    assert (
        comparison_csv(found)
        .splitlines()[0]
        .endswith(f"ours_minus_{found.compared_method.replace(' ', '_')}")
    )


def test_table_5_is_over_seven_subsets_and_their_mean(made_up):
    assert len(TABLE5_SUBSETS) == 7
    assert not any(Modality.T2 in subset for subset in TABLE5_SUBSETS)
    found = compare_with_published(made_up(value=by_size), "table5")
    cells = {(row["region"], row["subset"]): row for row in table_rows("table5")}
    *regions, seven = found.blocks
    for block in regions:
        region = Region.parse(block.name)
        ours = [100 * (len(s) / 5 + region / 50) for s in TABLE5_SUBSETS]
        assert [row.ours for row in block.rows] == pytest.approx([*ours, fmean(ours)])
        for row in block.rows:
            published = {m: float(cells[block.name, row.name][m]) for m in found.methods}
            assert row.published == published
    assert [row.name for row in seven.rows] == ["ET", "TC", "WT", "mean"]
    assert seven.rows[-1].published["max"] == pytest.approx(fmean([62.80, 77.34, 83.90]))
    sizes = fmean(len(s) for s in TABLE5_SUBSETS)
    assert seven.rows[-1].ours == pytest.approx(100 * (sizes / 5 + 1 / 50))
    message = printed(found)
    assert f"Ours over the seven subsets: WT {100 * sizes / 5:.2f}" in message
    assert "Ours over all 15: WT" in message


def test_a_mean_that_lacks_a_subset_is_not_given(made_up):
    three = ModalitySubset.parse("FLAIR+T1+T1c")
    evaluation = made_up(available=lambda _: three)
    assert compare_with_published(evaluation, "table5").blocks[-1].rows[-1].ours is not None
    for table in MEANS:
        ours = {
            row.ours for b in compare_with_published(evaluation, table).blocks for row in b.rows
        }
        assert ours == {None}
    pair = made_up(available=lambda _: ModalitySubset.parse("FLAIR+T2"))
    assert {row.ours for row in compare_with_published(pair, "table5").blocks[-1].rows} == {None}


def test_each_row_names_configurations_of_ours_that_train_just_that():
    losses = {
        "HMSD": {"hmsd": True, "dmcd": False},
        "DMCD": {"hmsd": False, "dmcd": True},
        "neither": {"hmsd": False, "dmcd": False},
        "HMSD and DMCD": {"hmsd": True, "dmcd": True},
    }
    wanted = {
        configuration("table3", m): used | {"features": "fused"} for m, used in losses.items()
    }
    for m, used in losses.items():
        if m != "neither":
            wanted |= {configuration("table4", m, f): used | {"features": f} for f in FEATURES}
    for path in ("random", "min", "max"):
        wanted[configuration("table5", path)] = {"path": path}
    for criticality in ("random", "gradient", "cosine"):
        wanted[configuration("table6", criticality)] = {"criticality": criticality}
    assert len(wanted) == 4 + 9 + 3 + 3
    for name, settings in wanted.items():
        for full in (name, f"unet-{name}"):
            distillation = read_config(Path(full)).distillation
            assert {k: getattr(distillation, k) for k in settings} == settings, full


@pytest.mark.parametrize(
    ("model", "table", "compared_method"),
    [
        ("table3-hmsd", "table3", "HMSD"),
        ("unet-table3-baseline", "table3", "neither"),
        ("table4-shared-dmcd", "table4", "DMCD"),
        ("table5-min", "table5", "min"),
        ("table6-gradient", "table6", "gradient"),
    ],
)
def test_a_model_that_a_row_trained_is_compared_with_that_row(
    made_up, model, table, compared_method
):
    found = compare_with_published(replace(made_up(), model_name=model), table)
    assert found.compared_method == compared_method
    on = " on shared features" if "shared" in model else ""
    assert f"Ours is {model}, so the difference is to {compared_method}{on}." in found.notes
    other = compare_with_published(
        replace(made_up(), model_name=model), "table6" if table != "table6" else "table3"
    )
    assert other.compared_method in ("cosine", "HMSD and DMCD")


@pytest.mark.parametrize("model", ["table4-shared-dmcd", "unet-table4-specific-both", "mine"])
def test_a_row_of_table_4_is_set_against_only_on_the_features_it_was_trained_on(made_up, model):
    trained = next((f for f in FEATURES if f"-{f}-" in model), "fused")
    found = compare_with_published(replace(made_up(), model_name=model), "table4")
    lines = comparison_csv(found).splitlines()[1:]
    with_difference = {line.split(",")[1] for line in lines if line.split(",")[-1]}
    assert with_difference == {trained}
    page = comparison_markdown(found)
    tables = page.split("### Distilled on ")[1:]
    assert [f"ours − {found.compared_method}" in table for table in tables] == [
        f == trained for f in FEATURES
    ]
    assert printed(found).count(f"ours − {found.compared_method}") == 1
    message = f"so the difference is to {found.compared_method} on {trained} features."
    assert (message in page) == (model != "mine")


@pytest.mark.parametrize("path", ["random", "min", "max"])
def test_a_configuration_of_table_5_says_the_mean_that_is_printed_beside_ours(made_up, path):
    seven = compare_with_published(made_up(), "table5").blocks[-1]
    numbers = [f"{row.name} {row.published[path]:.2f}" for row in seven.rows]
    assert all(number in about(f"table5-{path}") for number in numbers), numbers


def test_slips_are_marked_and_remarks_are_reported(made_up):
    for table, count in (("table3", 1), ("table4", 1), ("table5", 0), ("table6", 1)):
        text = printed(compare_with_published(made_up(), table))
        assert text.count("‡") == 2 * count, table
    assert "tick marks did not survive" in printed(compare_with_published(made_up(), "table4"))
    for table in ("table3", "table6"):
        assert "print the same numbers" in printed(compare_with_published(made_up(), table))


def test_print_and_page_name_what_each_row_is_and_who_trains_it(made_up):
    for table in ABLATIONS:
        found = compare_with_published(made_up(), table)
        for text in (printed(found), comparison_markdown(found)):
            for method in found.methods:
                assert f"{method}: " in text
            assert text.count("; trained by ") == len(found.methods)
