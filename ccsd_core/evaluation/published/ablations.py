"""Our scores next to the paper's ablations, Tables 3 to 6, with the configuration of each row.

    table3   HMSD (K1) and DMCD (K2), on and off                       mean over the 15 subsets
    table4   the same on shared, specific and fused features           mean over the 15 subsets
    table5   order of removal: random, min, max criticality      7 subsets of FLAIR, T1, T1c
    table6   definition of criticality: random, gradient, cosine       mean over the 15 subsets

A published row is shown as a column next to ours. One of our configurations trains each row, and is
named; if our model has the name of a configuration, the difference is to its row, otherwise to the
paper's full method. In Table 4 only the block of its features shows that difference.
"""

from collections.abc import Mapping, Sequence
from statistics import fmean

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.expected_score import weighted_mean
from ccsd_core.evaluation.published.published_comparison import (
    ComparedBlock,
    ComparedRow,
    PublishedComparison,
)
from ccsd_core.evaluation.published.reference import (
    AVERAGE,
    Inconsistency,
    numbered_subset,
    table_notes,
    table_rows,
)
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.estimates import EstimateRow, estimates
from ccsd_core.evaluation.statistics.result_rows import NUMBER, value_and_interval

ABLATIONS = ("table3", "table4", "table5", "table6")
FEATURES = ("shared", "specific", "fused")
FEATURES_OF_THE_METHOD = "fused"
TABLE5_SUBSETS = ModalitySubset.parse("FLAIR+T1+T1c").subsets()
"""The subsets that Table 5 has."""
MEAN = "mean"
_OTHER_BACKBONE = "unet-"
"""Prefix of configurations that train a row on our own backbone."""
_PATHS = {
    "random": "sequences are removed in random order",
    "min": "the least critical sequence is removed first",
    "max": "the most critical sequence is removed first",
}
_CRITICALITY = {
    "random": "random criticality",
    "gradient": "criticality by the gradient of the segmentation loss",
    "cosine": "criticality by cosine similarity",
}
_DISTILLED = {
    "neither": "no self-distillation (the baseline)",
    "HMSD": "K1 only",
    "DMCD": "K2 only",
    "HMSD and DMCD": "K1 and K2",
}
_SHORT = {"neither": "baseline", "HMSD": "hmsd", "DMCD": "dmcd", "HMSD and DMCD": "both"}
"""Parts of our configurations' names."""


def ablation(
    evaluation: Evaluation, table: str, *, note: str, inconsistencies: tuple[Inconsistency, ...]
) -> PublishedComparison:
    """Our scores next to one of the ablations.

    Args:
        evaluation: Evaluation of our scores.
        table: Name of the table, one of `ABLATIONS`.
        note: Sentence about the cases of both sides.
        inconsistencies: Inconsistencies of the table.
    """
    rows = table_rows(table)
    means: list[str] = []
    if table == "table5":
        descriptions, blocks = _PATHS, _path_blocks(evaluation, rows)
        means = [
            _line("Ours over the seven subsets", _mean_of_table5(evaluation)),
            _line("Ours over all 15", _mean_of_all(evaluation)),
        ]
    elif table == "table6":
        named = {row["criticality"]: row for row in rows}
        descriptions, blocks = _CRITICALITY, (_mean_block("dice", named, evaluation),)
    else:
        grouped: dict[str, dict[str, Mapping[str, str]]] = {}
        for row in rows:
            grouped.setdefault(row.get("features", "dice"), {})[_distilled(row)] = row
        descriptions = {m: _DISTILLED[m] for m in next(iter(grouped.values()))}
        blocks = tuple(_mean_block(name, named, evaluation) for name, named in grouped.items())
    trained = _trained_by(evaluation, table)
    legend = _legend(table, descriptions, evaluation, trained)
    methods = tuple(descriptions)
    compared_method, features = trained or (methods[-1], FEATURES_OF_THE_METHOD)
    return PublishedComparison(
        table,
        methods,
        note,
        blocks,
        inconsistencies,
        compared_method=compared_method,
        compared_block=features if table == "table4" else None,
        notes=(*means, *legend, *table_notes(table)),
    )


def configuration(table: str, method: str, features: str = FEATURES_OF_THE_METHOD) -> str:
    """The configuration that trains a published row.

    >>> configuration("table4", "HMSD", "shared"), configuration("table6", "cosine")
    ('table4-shared-hmsd', 'table6-cosine')
    """
    parts = [table, *([features] if table == "table4" else []), _SHORT.get(method, method)]
    return "-".join(parts)


def _legend(
    table: str,
    descriptions: Mapping[str, str],
    evaluation: Evaluation,
    trained: tuple[str, str] | None,
) -> list[str]:
    """The meaning of each method, and the configuration that trains it."""
    features = f"{{{','.join(FEATURES)}}}"
    lines = [
        f"{method}: {what}; trained by {configuration(table, method, features)}."
        for method, what in descriptions.items()
    ]
    lines.append(
        f"{_OTHER_BACKBONE} before the name: the same on our U-Net, with our training settings."
    )
    if trained is not None:
        method, of = trained
        on = f" on {of} features" if table == "table4" else ""
        lines.append(f"Ours is {evaluation.model_name}, so the difference is to {method}{on}.")
    return lines


def _trained_by(evaluation: Evaluation, table: str) -> tuple[str, str] | None:
    """The published method and features that our model was trained with, by the model's name.

    Only Table 4 distinguishes features; other tables use those of the method.
    """
    name = evaluation.model_name.removeprefix(_OTHER_BACKBONE)
    for method in (*_SHORT, *_PATHS, *_CRITICALITY):
        for features in FEATURES if table == "table4" else (FEATURES_OF_THE_METHOD,):
            if configuration(table, method, features) == name:
                return method, features
    return None


def _distilled(row: Mapping[str, str]) -> str:
    used = [name.upper() for name in ("hmsd", "dmcd") if row[name] == "yes"]
    return " and ".join(used) or "neither"


def _mean_block(
    name: str, named: Mapping[str, Mapping[str, str]], evaluation: Evaluation
) -> ComparedBlock:
    """Means over the 15 subsets: one row per region, and the mean of the three."""
    ours = _mean_of_all(evaluation)
    return ComparedBlock(
        name,
        tuple(
            ComparedRow(
                column,
                {method: float(row[column]) for method, row in named.items()},
                _percent(ours, column),
            )
            for column in (*(region.name for region in Region), MEAN)
        ),
    )


def _path_blocks(
    evaluation: Evaluation, rows: Sequence[Mapping[str, str]]
) -> tuple[ComparedBlock, ...]:
    """One block per region with its seven subsets, and one of the averages over them."""
    methods = tuple(_PATHS)
    subsets = estimates(evaluation).subsets
    seven = _mean_of_table5(evaluation)
    blocks: list[ComparedBlock] = []
    averages: list[ComparedRow] = []
    for region in dict.fromkeys(row["region"] for row in rows):
        cells = {row["subset"]: row for row in rows if row["region"] == region}
        published = {k: {m: float(row[m]) for m in methods} for k, row in cells.items()}
        inside = [
            ComparedRow(
                NUMBER[subset], published[NUMBER[subset]], _percent(subsets.get(subset), region)
            )
            for subset in map(numbered_subset, (k for k in cells if k != AVERAGE))
        ]
        average = ComparedRow(AVERAGE, published[AVERAGE], _percent(seven, region))
        blocks.append(ComparedBlock(region, (*inside, average)))
        averages.append(ComparedRow(region, average.published, average.ours))
    mean = {m: fmean(row.published[m] for row in averages) for m in methods}
    last = ComparedRow(MEAN, mean, _percent(seven, MEAN))
    return (*blocks, ComparedBlock("seven", (*averages, last)))


def _mean_of_table5(evaluation: Evaluation) -> EstimateRow:
    return weighted_mean(evaluation, dict.fromkeys(TABLE5_SUBSETS, 1 / len(TABLE5_SUBSETS)))


def _mean_of_all(evaluation: Evaluation) -> EstimateRow:
    subsets = ModalitySubset.every()
    return weighted_mean(evaluation, dict.fromkeys(subsets, 1 / len(subsets)))


def _percent(row: EstimateRow | None, column: str) -> float | None:
    value = None if row is None else row[column].value
    return None if value is None or value != value else 100 * value


def _line(what: str, row: EstimateRow) -> str:
    cells = [f"{name} {value_and_interval(cell.divided_by(0.01))}" for name, cell in row.items()]
    return f"{what}: {', '.join(cells)}."
