"""The network's output before and after post-processing.

Every prediction of a model whose manifest has rules is scored twice by Dice: `dice` after
post-processing, as shown and exported, and `dice_raw` before it, each region by itself.
"""

from dataclasses import replace

from ccsd_core.evaluation.results.result import Evaluation

RAW = "dice_raw"
POLICY = "before post-processing; empty truth: 1 if nothing is predicted, else 0"


def raw_differs(evaluation: Evaluation) -> bool:
    """Whether post-processing changed any score."""
    values: dict[tuple[object, ...], dict[str, float]] = {}
    for score in evaluation.scores:
        if score.metric in ("dice", RAW):
            key = (score.case, score.subset, score.region)
            values.setdefault(key, {})[score.metric] = score.value
    return any(len(pair) == 2 and pair["dice"] != pair[RAW] for pair in values.values())


def without_postprocessing(evaluation: Evaluation) -> Evaluation:
    """The evaluation with Dice before post-processing; other metrics are unchanged."""
    raw = {(s.case, s.subset, s.region): s.value for s in evaluation.scores if s.metric == RAW}
    if not raw:
        return evaluation
    scores = tuple(
        replace(s, value=raw[s.case, s.subset, s.region], policy=POLICY)
        if s.metric == "dice"
        else s
        for s in evaluation.scores
    )
    return replace(evaluation, scores=scores)
