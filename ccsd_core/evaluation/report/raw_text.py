"""Notes of the tables on post-processing: the rules, and the scores without them if they differ."""

from ccsd_core.domain.postprocess_rules import NONE
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.report.summary import mean_of, subset_means
from ccsd_core.evaluation.results.raw import RAW, raw_differs
from ccsd_core.evaluation.results.result import Evaluation


def raw_lines(evaluation: Evaluation) -> list[str]:
    """The rules, and both means side by side if they changed a score."""
    if not evaluation.postprocess:
        return []
    if not raw_differs(evaluation):
        changed = "" if evaluation.postprocess == NONE else ", which changed no score"
        return [f"Post-processing: {evaluation.postprocess}{changed}."]
    raw, processed = (
        " / ".join(f"{100 * means[region]:.2f}" for region in Region)
        for means in (
            mean_of(subset_means(evaluation, metric=RAW)),
            mean_of(subset_means(evaluation)),
        )
    )
    return [
        f"Post-processing ({evaluation.postprocess}): mean over subsets WT / TC / ET {raw} without "
        f"it (metric {RAW} in scores.csv), {processed} with it, as in the table."
    ]
