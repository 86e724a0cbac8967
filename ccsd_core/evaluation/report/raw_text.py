"""What the tables say of scores before and after post-processing."""

from ccsd_core.domain.region import Region
from ccsd_core.evaluation.report.summary import mean_of, subset_means
from ccsd_core.evaluation.results.raw import RAW, raw_differs
from ccsd_core.evaluation.results.result import Evaluation


def raw_lines(evaluation: Evaluation) -> list[str]:
    """Both means side by side in a sentence; none where post-processing changed no score."""
    if not raw_differs(evaluation):
        return []
    raw, processed = (
        " / ".join(f"{100 * means[region]:.2f}" for region in Region)
        for means in (
            mean_of(subset_means(evaluation, metric=RAW)),
            mean_of(subset_means(evaluation)),
        )
    )
    return [
        f"Post-processing ({evaluation.postprocess}): mean over subsets WT / TC / ET {raw} without "
        f"it, {processed} with it, as in the table."
    ]
