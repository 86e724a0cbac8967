"""`criticality.csv`: one row per case, with the drops in Dice, both scores, and their agreement.

case,agreement_cosine,agreement_gradient,loss_FLAIR,…,cosine_FLAIR,…,gradient_FLAIR,…,left_out
"""

import csv
import io
import math

from ccsd_core.domain.modality import Modality
from ccsd_core.evaluation.derived.criticality_agreement import (
    KINDS,
    Ordering,
    criticality_agreement,
)
from ccsd_core.evaluation.results.result import Evaluation

NAME = "criticality.csv"
COLUMNS = (
    "case",
    *(f"agreement_{kind}" for kind in KINDS),
    *(f"{what}_{m.label}" for what in ("loss", *KINDS) for m in Modality),
    "left_out",
)


def criticality_csv(evaluation: Evaluation) -> str:
    """The table; a cell is empty if there is no number, `left_out` if the case is included.

    Drops are fractions of Dice, agreements Kendall's tau-b.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    found = criticality_agreement(evaluation)
    if found is not None:
        for case in evaluation.cases:
            if case.id in found.cases:
                writer.writerow([case.id, *_numbers(found.cases[case.id]), ""])
            elif case.id in found.left_out:
                empty = [""] * (len(COLUMNS) - 2)
                writer.writerow([case.id, *empty, found.left_out[case.id]])
    return buffer.getvalue()


def _numbers(ordering: Ordering) -> list[str]:
    agreements = [ordering.agreement(kind) for kind in KINDS]
    rows = [ordering.loss, *(ordering.criticality[kind] for kind in KINDS)]
    return [
        *("" if math.isnan(value) else repr(value) for value in agreements),
        *(repr(float(row[m])) if m in row else "" for row in rows for m in Modality),
    ]
