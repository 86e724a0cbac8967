"""The 15-row table that missing-modality papers print, for the terminal."""

from rich.table import Table

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import Region
from ccsd_core.domain.segmentation import DISCLAIMER
from ccsd_core.evaluation.result import Evaluation
from ccsd_core.evaluation.summary import ByRegion, aurc, count_means, mean_of, subset_means

PRESENT, ABSENT = "●", "○"


def results_table(evaluation: Evaluation) -> Table:
    """Dice in percent by subset, then the mean, D_k and the area, ET raw and processed.

    Where only some of the cases were seen in training, the mean is also given for both kinds.
    """
    table = Table(title=_title(evaluation), caption=_caption(evaluation), show_lines=False)
    table.add_column("")
    for modality in Modality:
        table.add_column(modality.label, justify="center")
    table.add_column("cases", justify="right")
    for region in Region:
        table.add_column(region.name, justify="right")
    table.add_column("ET-500", justify="right")
    table.add_column("mean", justify="right")
    raw, processed = subset_means(evaluation), subset_means(evaluation, metric="dice_et500")
    for subset, row in raw.items():
        dots = [PRESENT if m in subset else ABSENT for m in Modality]
        count = sum(subset.issubset(c.available) for c in evaluation.cases)
        last_of_its_size = subset == [s for s in raw if len(s) == len(subset)][-1]
        table.add_row(
            "", *dots, str(count), *_cells(row, processed[subset]), end_section=last_of_its_size
        )
    _add_row(table, "mean", mean_of(raw), mean_of(processed))
    _add_split(table, evaluation)
    processed_counts = count_means(processed)
    for count, row in count_means(raw).items():
        _add_row(table, f"D{count}", row, processed_counts[count])
    table.add_section()
    _add_areas(table, evaluation)
    return table


def _add_split(table: Table, evaluation: Evaluation) -> None:
    """The means of cases that were not, and that were, seen in training, if there are both."""
    seen = frozenset(evaluation.seen)
    fresh = frozenset(c.id for c in evaluation.cases) - seen
    if not seen or not fresh:
        return
    for name, cases in (("mean, unseen", fresh), ("mean, seen", seen)):
        raw = mean_of(subset_means(evaluation, cases=cases))
        processed = mean_of(subset_means(evaluation, metric="dice_et500", cases=cases))
        _add_row(table, name, raw, processed, count=len(cases))


def _add_areas(table: Table, evaluation: Evaluation) -> None:
    raw, processed = aurc(evaluation), aurc(evaluation, metric="dice_et500")
    whole = sum(len(c.available) == len(Modality) for c in evaluation.cases)
    for name, divisor in (("AURC", 1), ("AURC/3", 3)):
        areas = [*(raw[region] for region in Region), processed[Region.ET]]
        cells = ["n/a" if area is None else f"{100 * area / divisor:.2f}" for area in areas]
        known = [area for area in raw.values() if area is not None]
        mean = f"{100 * sum(known) / len(known) / divisor:.2f}" if known else "n/a"
        table.add_row(name, "", "", "", "", str(whole), *cells, mean)


def _add_row(
    table: Table, name: str, raw: ByRegion, processed: ByRegion, *, count: int | None = None
) -> None:
    table.add_row(
        name, "", "", "", "", "" if count is None else str(count), *_cells(raw, processed)
    )


def _cells(raw: ByRegion, processed: ByRegion) -> list[str]:
    mean = sum(raw.values()) / len(raw)
    return [f"{100 * v:.2f}" for v in (*raw.values(), processed[Region.ET], mean)]


def _title(evaluation: Evaluation) -> str:
    count = len(evaluation.cases)
    return (
        f"Dice in percent, mean over {count} case{'s' * (count != 1)} · "
        f"{evaluation.model_name} {evaluation.model_sha256[:8]}"
    )


def _caption(evaluation: Evaluation) -> str:
    seen = evaluation.seen
    lines = [f"{PRESENT} sequence given, {ABSENT} absent. ET-500: ET below 500 voxels emptied."]
    if seen:
        lines.append(f"Seen in training, so too good: {', '.join(seen)}.")
    else:
        lines.append("No case was seen in training.")
    return "\n".join((*lines, DISCLAIMER))
