"""Fit a model's temperatures: `python packaging/calibrate_model.py MODEL DATA REPORT.json`.

DATA are labelled cases that the model was not trained on. MODEL is a model folder; its manifest
gets `temperatures`, the weights stay as they are. REPORT.json has the calibration error by number
of sequences before and after, each patient's with temperatures fitted to the others.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from ccsd_core.domain.region import Region
from ccsd_core.evaluation.derived.reliability import LogitCounts, reliability
from ccsd_core.inference.load import load_model
from ccsd_core.progress import drain
from ccsd_core.storage.atomic import write_text
from ccsd_core.storage.cases.case_folder import load_case
from ccsd_core.storage.cases.case_search import find_cases
from ccsd_core.storage.models.manifest import MANIFEST, Manifest

STEP = 2
"""Of the case's voxels every second along each axis is counted."""


def main(model: Path, data: Path, report: Path) -> None:
    """Count, fit, write."""
    place = model / MANIFEST
    plain = Manifest.read(place).model_copy(update={"temperatures": ()})
    write_text(place, plain.text())
    predictor = load_model(model)
    patients: list[dict[int, list[LogitCounts]]] = []
    names: list[str] = []
    for path in find_cases(data):
        case = load_case(path)
        truth = case.reference_regions
        if truth is None or case.is_among(plain.training_cases) or not truth[Region.WT].any():
            sys.stderr.write(f"{case.id}: left out\n")
            continue
        counts: dict[int, list[LogitCounts]] = {}
        encoded = drain(predictor.encode(case))
        thin = (slice(None, None, STEP),) * 3
        for subset in case.available.subsets():
            probabilities = predictor.probabilities(encoded, subset)
            values = probabilities.on_case_grid((0, 0, 0), case.grid.shape)
            shown = sum(case.volumes[m].array[thin] != 0 for m in subset) > 0
            for region in Region:
                inside = truth[region][thin]
                values_there = values[region][thin].astype("float32")
                one = LogitCounts.of(values_there[shown], inside[shown])
                counts.setdefault(len(subset), []).append(one)
        patients.append(counts)
        names.append(case.id)
        sys.stderr.write(f"{case.id}: counted\n")
    found = reliability(patients)
    temperatures = tuple(round(found[k].temperature, 4) for k in sorted(found))
    write_text(place, plain.model_copy(update={"temperatures": temperatures}).text())
    by_number = {str(k): asdict(row) for k, row in found.items()}
    write_text(report, json.dumps({"cases": names, "by_number": by_number}, indent=2) + "\n")
    sys.stdout.write(json.dumps(by_number, indent=2) + "\n")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
