"""Try rules of post-processing: `python packaging/choose_postprocess.py MODEL DATA REPORT.json`.

DATA are labelled cases that the model was not trained on. Each rule is tried alone on the network's
output, and its amount is chosen without the patient it is scored on. REPORT.json has the change of
the mean Dice over all subsets, and of the Dice from all sequences, by rule and region. The model is
not changed: write rules that help into `postprocess` of its manifest. The change is also given for
subsets with and without T1c, because ET is seen on T1c alone.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.rule_choice import choose
from ccsd_core.inference.load import load_model
from ccsd_core.progress import drain
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_search import find_cases

AMOUNTS = {
    "threshold": (
        0.5,
        0.03,
        0.05,
        0.07,
        0.1,
        0.15,
        0.2,
        0.25,
        0.3,
        0.35,
        0.4,
        0.45,
        0.55,
        0.6,
        0.65,
        0.7,
        0.8,
    ),
    "min_component": (0.0, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
    "min_volume": (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
}
"""Tried amounts of each rule, as in `ccsd_core.domain.postprocess_rules`; the first is no rule."""
FAINT = 0.02
"""Probabilities below every threshold."""


def dice(inside: int, marked: int, true: int) -> float:
    """Dice from numbers of voxels; 1 if both are empty."""
    return 2 * inside / (marked + true) if marked + true else 1.0


def scores_of(
    probability: NDArray[np.float16], truth: NDArray[np.bool_], voxel_ml: float
) -> dict[str, list[float]]:
    """Dice of one region by rule and amount."""
    true = int(truth.sum())
    near = ndimage.find_objects((probability > FAINT).astype(np.uint8))
    if not near:
        return {rule: [dice(0, 0, true)] * len(amounts) for rule, amounts in AMOUNTS.items()}
    p, t = probability[near[0]], truth[near[0]]
    found: dict[str, list[float]] = {
        "threshold": [
            dice(int((t & (p > limit)).sum()), int((p > limit).sum()), true)
            for limit in AMOUNTS["threshold"]
        ]
    }
    labels = np.zeros(p.shape, np.int32)
    count = ndimage.label(p > 0.5, structure=np.ones((3, 3, 3)), output=labels)
    assert isinstance(count, int)
    marked = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    right = np.bincount(labels[t], minlength=count + 1)[1:]
    found["min_component"] = [
        dice(int(right[kept].sum()), int(marked[kept].sum()), true)
        for least in AMOUNTS["min_component"]
        for kept in [marked * voxel_ml >= least]
    ]
    whole, empty = dice(int(right.sum()), int(marked.sum()), true), dice(0, 0, true)
    found["min_volume"] = [
        empty if marked.sum() * voxel_ml < least else whole for least in AMOUNTS["min_volume"]
    ]
    return found


Scores = dict[tuple[str, int], NDArray[np.float64]]
"""Scores by rule and region: (subsets, amounts), all sequences last."""


def patients(model: Path, data: Path) -> Iterator[tuple[str, tuple[ModalitySubset, ...], Scores]]:
    """Each patient's name, subsets and scores."""
    predictor = load_model(model)
    # thresholds are of the network's own probabilities
    predictor.manifest = predictor.manifest.model_copy(update={"temperatures": ()})
    for path in find_cases(data):
        case = load_case(path)
        truth = case.reference_regions
        if truth is None or not truth[Region.WT].any():
            sys.stderr.write(f"{case.id}: left out, without a tumour in its labels\n")
            continue
        encoded = drain(predictor.encode(case))
        rows: dict[tuple[str, int], list[list[float]]] = {}
        subsets = tuple(sorted(case.available.subsets(), key=len))
        for subset in subsets:
            shown = predictor.probabilities(encoded, subset)
            values = shown.on_case_grid((0, 0, 0), case.grid.shape)
            for region in Region:
                scores = scores_of(values[region], truth[region], case.grid.voxel_ml)
                for rule, one in scores.items():
                    rows.setdefault((rule, region), []).append(one)
        sys.stderr.write(f"{case.id}: scored\n")
        yield case.id, subsets, {key: np.array(value) for key, value in rows.items()}


def mean_where(gains: list[NDArray[np.float64]], marks: list[list[bool]], *, wanted: bool) -> float:
    """The mean over patients of the mean over their subsets with this mark."""
    means = [
        gain[np.array(mark) == wanted].mean()
        for gain, mark in zip(gains, marks, strict=True)
        if wanted in mark
    ]
    return float(np.mean(means)) if means else float("nan")


def main(model: Path, data: Path, report: Path) -> None:
    """Score, choose, write."""
    names, subsets, found = zip(*patients(model, data), strict=True)
    table: list[dict[str, object]] = []
    for rule, amounts in AMOUNTS.items():
        for region in Region:
            by_patient = [one[rule, region] for one in found]
            choice = choose(np.array([scores.mean(axis=0) for scores in by_patient]))
            gains = [s[:, i] - s[:, 0] for s, i in zip(by_patient, choice.chosen, strict=True)]
            with_t1c = [[Modality.T1C in subset for subset in one] for one in subsets]
            row: dict[str, object] = {
                "rule": rule,
                "region": region.name,
                "amount": amounts[choice.best],
                "before": float(np.mean([scores[:, 0].mean() for scores in by_patient])),
                "before_all_sequences": [float(scores[-1, 0]) for scores in by_patient],
                "gain_mean_of_subsets": choice.gain,
                "gain_all_sequences": float(np.mean([gain[-1] for gain in gains])),
                "gain_with_t1c": mean_where(gains, with_t1c, wanted=True),
                "gain_without_t1c": mean_where(gains, with_t1c, wanted=False),
                "chosen": [amounts[i] for i in choice.chosen],
            }
            table.append(row)
    write_text(report, json.dumps({"cases": names, "rules": table}, indent=2) + "\n")
    sys.stdout.write(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
