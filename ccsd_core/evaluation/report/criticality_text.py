"""The agreement of criticality with the measured drop as text: terminal, page, `summary.json`.

    case               largest drop  cosine        gradient
    BraTS2021_…6       T1c 12.3      FLAIR +0.33   T1c +0.67     the first by each score, and tau-b
    …
    mean agreement                   +0.05 (…)     +0.48 (…)
      95 % by chance                 ±0.36         ±0.36
    agreement of means T1c 11.7      FLAIR 0.00    T1c +1.00
    first has largest drop            29 %          86 %          how often the first is right
      by chance                      25 %          25 %
      always the same one            T1c 71 %      T1c 71 %      without any criticality

with a sentence of interpretation for each score.
"""

import math
from collections.abc import Mapping

from rich.console import RenderableType
from rich.table import Table

from ccsd_core.domain.modality import Modality
from ccsd_core.evaluation.derived.criticality_agreement import (
    KINDS,
    Agreement,
    CriticalityAgreement,
    Kind,
    Ordering,
    criticality_agreement,
)
from ccsd_core.evaluation.report.markdown import pipe_table
from ccsd_core.evaluation.results.result import Evaluation
from ccsd_core.evaluation.statistics.bootstrap import METHOD
from ccsd_core.evaluation.statistics.estimates import Estimate

TITLE = "Criticality and drop in Dice (points) when a sequence is withheld"
LOSS = "mean Dice over the regions of the case: all sequences minus all but this one"
MOST_CASES = 10
"""Number of cases that a table names; `criticality.csv` has all."""
_HEADER = ("", "largest drop", *(f"first by {kind}" for kind in KINDS))
_SCALE = (
    "Largest drop: the sequence without which Dice drops most (mean over the regions of the case). "
    "First: the sequence that is the most critical by cosine or gradient, followed by how far the "
    "order of all sequences agrees with that of the drops.",
    "95 % of random orders: the mean agreement would lie within these limits by chance. First has "
    "largest drop: in how many of the cases; a random sequence, or always the same one, has it as "
    "often as stated below.",
    "Agreement is Kendall's tau-b: 1 same order, 0 unrelated, -1 reversed.",
)


def criticality_parts(evaluation: Evaluation) -> list[RenderableType]:
    """The table and its sentences; empty if criticality was not computed."""
    found = criticality_agreement(evaluation)
    if found is None:
        return []
    parts: list[RenderableType] = [""]
    if found.cases:
        table = Table(title=TITLE)
        for name in _HEADER:
            table.add_column(name, justify="right" if name else "left")
        cases, cohort = _case_rows(found), _cohort_rows(found)
        for row in cases:
            table.add_row(*row)
        table.add_section()
        for row in cohort:
            table.add_row(*row)
        parts.append(table)
    return [*parts, *_lines(found), ""]


def criticality_markdown(evaluation: Evaluation) -> list[str]:
    """The text as lines of a Markdown page."""
    found = criticality_agreement(evaluation)
    if found is None:
        return []
    lines = ["", f"## {TITLE}", ""]
    if found.cases:
        lines += [*pipe_table(_HEADER, [*_case_rows(found), *_cohort_rows(found)]), ""]
    return [*lines, *(f"- {line}" for line in _lines(found))]


def criticality_json(evaluation: Evaluation) -> dict[str, object]:
    """`criticality` in `summary.json`; empty if it was not computed."""
    found = criticality_agreement(evaluation)
    if found is None:
        return {}
    content: dict[str, object] = {
        "agreement": "Kendall's tau-b",
        "loss": LOSS,
        "ci95": METHOD,
        **{kind: _of_kind(found.kinds[kind]) for kind in KINDS},
        "means": None if found.means is None else _ordering(found.means),
        "cases": {id: _ordering(ordering) for id, ordering in found.cases.items()},
        "left_out": dict(found.left_out),
    }
    return {"criticality": content}


def meaning(kind: Kind, found: Agreement) -> str:
    """The interpretation of one score, in a sentence."""
    name, mean = kind.capitalize(), found.mean
    if not mean.cases:
        return f"{name}: in no case do criticality and drop both differ between sequences."
    if mean.low is None or mean.high is None:
        few = "1 case is" if mean.cases == 1 else f"{mean.cases} cases are"
        return f"{name}: {few} too few to decide whether it agrees with the drop in Dice."
    if not found.significant:
        return (
            f"{name}: its order of the sequences does not differ from chance, so it does not "
            "show how much each is worth."
        )
    if mean.value < 0:
        return (
            f"{name}: reversed: the drop in Dice is smaller for the sequences that it calls "
            "critical."
        )
    pairs = 100 * (1 + mean.value) / 2
    return (
        f"{name}: better than chance; of two sequences the more critical one has the larger "
        f"drop in about {pairs:.0f} of 100 pairs (50 by chance)."
    )


def _lines(found: CriticalityAgreement) -> list[str]:
    lines: list[str] = []
    if found.cases:
        lines = [*(meaning(kind, found.kinds[kind]) for kind in KINDS), *_SCALE]
    if found.left_out:
        count = len(found.left_out)
        examples = [f"{id}: {why}" for id, why in list(found.left_out.items())[:2]]
        more = f"; {count - 2} more" if count > 2 else ""
        of_all = f"{count} case{'s' * (count != 1)}" if found.cases else "every case"
        lines.append(f"Excluded from the agreement: {of_all} ({'; '.join(examples)}{more}).")
    return lines


def _case_rows(found: CriticalityAgreement) -> list[list[str]]:
    rows = [
        [id, _costliest(ordering), *(_highest(ordering, kind) for kind in KINDS)]
        for id, ordering in list(found.cases.items())[:MOST_CASES]
    ]
    more = len(found.cases) - MOST_CASES
    return [*rows, [f"{more} more in criticality.csv", "", "", ""]] if more > 0 else rows


def _cohort_rows(found: CriticalityAgreement) -> list[list[str]]:
    kinds = [found.kinds[kind] for kind in KINDS]
    rows = [
        ["agreement, mean of cases", "", *(_signed(k.mean) for k in kinds)],
        ["  95 % of random orders", "", *(_margin(k.margin) for k in kinds)],
    ]
    if found.means is not None:
        means = found.means
        cells = [
            f"{_names(means.most_critical(kind))} {_signed(found.kinds[kind].of_means)}"
            for kind in KINDS
        ]
        rows.append(["agreement of mean values", _costliest(means), *cells])
    chances = [k.chance for k in kinds]
    rows.append(["first has largest drop", "", *(_share(k.hits) for k in kinds)])
    rows.append(
        [
            "  a random one has it",
            "",
            *("n/a" if math.isnan(c) else f"{100 * c:.0f} %" for c in chances),
        ]
    )
    rows.append(["  always the same one", "", *(_always(k) for k in kinds)])
    rows.append(["number of cases", "", *(str(k.mean.cases) for k in kinds)])
    return rows


def _costliest(ordering: Ordering) -> str:
    top = ordering.costliest()
    return f"{_names(top)} {100 * ordering.loss[top[0]]:.1f}"


def _highest(ordering: Ordering, kind: Kind) -> str:
    agreement = ordering.agreement(kind)
    if math.isnan(agreement):
        return "n/a"
    return f"{_names(ordering.most_critical(kind))} {agreement:+.2f}"


def _names(modalities: tuple[Modality, ...]) -> str:
    return " and ".join(m.label for m in modalities)


def _signed(cell: Estimate) -> str:
    if math.isnan(cell.value):
        return "n/a"
    ends = "" if cell.low is None else f" ({cell.low:+.2f} to {cell.high:+.2f})"
    return f"{cell.value:+.2f}{ends}"


def _margin(margin: float) -> str:
    return "n/a" if math.isnan(margin) else f"±{margin:.2f}"


def _always(found: Agreement) -> str:
    return (
        "n/a" if found.always is None else f"{found.always[0].label} {100 * found.always[1]:.0f} %"
    )


def _share(cell: Estimate) -> str:
    if math.isnan(cell.value):
        return "n/a"
    if cell.low is None or cell.high is None:
        return f"{100 * cell.value:.0f} %"
    return f"{100 * cell.value:.0f} % ({100 * cell.low:.0f} to {100 * cell.high:.0f})"


def _of_kind(found: Agreement) -> dict[str, object]:
    return {
        "mean": _estimate(found.mean),
        "chance_margin95": _number(found.margin),
        "significant": found.significant,
        "of_means": _estimate(found.of_means),
        "top1_accuracy": {
            **_estimate(found.hits),
            "chance": _number(found.chance),
            "best_constant": None if found.always is None else _named(*found.always),
        },
    }


def _estimate(cell: Estimate) -> dict[str, object]:
    ends = None if cell.low is None or cell.high is None else [cell.low, cell.high]
    return {"value": _number(cell.value), "ci95": ends, "cases": cell.cases}


def _ordering(ordering: Ordering) -> dict[str, object]:
    return {
        "loss": _by_name(ordering.loss),
        **{kind: _by_name(ordering.criticality[kind]) for kind in KINDS},
        "agreement": {kind: _number(ordering.agreement(kind)) for kind in KINDS},
    }


def _named(modality: Modality, share: float) -> dict[str, object]:
    return {"sequence": modality.label, "value": share}


def _by_name(values: Mapping[Modality, float]) -> dict[str, float]:
    return {m.label: values[m] for m in sorted(values)}


def _number(value: float) -> float | None:
    # JSON has no nan.
    return None if math.isnan(value) else value
