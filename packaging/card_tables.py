"""Tables of a model card: `python packaging/card_tables.py SCORES`, the folder `evaluate` wrote.

Prints Markdown: Dice by site and by case, from all sequences and as the mean over subsets, over
the cases that have the region; and volumes marked in cases without any tumour.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean

from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.storage.names.patients import patient_of

FULL = str(ModalitySubset.full())
HEAD = "| {} | cases | WT | TC | ET | WT, mean of 15 | TC, mean of 15 | ET, mean of 15 |"
Rows = dict[tuple[str, str, str, str], float]


def main(scores: Path) -> None:
    """Read the scores and print the tables."""
    with (scores / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows: Rows = {
            (row["case"], row["subset"], row["region"], row["metric"]): float(row["value"])
            for row in csv.DictReader(file)
        }
    cases = sorted({case for case, *_ in rows})
    ill = [case for case in cases if _expert_ml(rows, case, "WT") > 0]
    lines = [*_table("site", rows, ill, _site), "", *_table("case", rows, ill, str), ""]
    for case in sorted(set(cases) - set(ill)):
        worst = {r.name: max(_marked(rows, case, r.name)) for r in Region}
        full = {r.name: rows[case, FULL, r.name, "volume_ml"] for r in Region}
        lines.append(
            f"{case}, without tumour: {_ml(full)} from all sequences, at most {_ml(worst)}"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _table(head: str, rows: Rows, cases: list[str], group: Callable[[str], str]) -> Iterable[str]:
    yield HEAD.format(head)
    yield "|---|" + "--:|" * 7
    groups: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        groups[group(case)].append(case)
    for name, members in [*sorted(groups.items()), ("all", cases)]:
        cells = [_mean(rows, members, r.name, [FULL]) for r in Region]
        every = [str(s) for s in ModalitySubset.every()]
        cells += [_mean(rows, members, r.name, every) for r in Region]
        yield f"| {name} | {len(members)} | {' | '.join(cells)} |"


def _mean(rows: Rows, cases: list[str], region: str, subsets: list[str]) -> str:
    have = [case for case in cases if _expert_ml(rows, case, region) > 0]
    if not have:
        return "–"
    return f"{100 * fmean(rows[c, s, region, 'dice'] for c in have for s in subsets):.1f}"


def _expert_ml(rows: Rows, case: str, region: str) -> float:
    volume = rows[case, FULL, region, "volume_ml"]
    return round(volume - rows[case, FULL, region, "volume_difference_ml"], 6)


def _marked(rows: Rows, case: str, region: str) -> list[float]:
    return [rows[case, str(s), region, "volume_ml"] for s in ModalitySubset.every()]


def _ml(volumes: dict[str, float]) -> str:
    return ", ".join(f"{name} {volume:.1f} mL" for name, volume in volumes.items())


def _site(case: str) -> str:
    return f"{patient_of(case).site or '?'}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
