"""The numbers of the window by subset and region, and of the curves, for CSV and JSON.

`dice` compares with the expert labels, `agreement` with the prediction from all sequences of the
patient. Unknown values are empty, never zero.
"""

import math

from ccsd_app.export.stamp import Stamp
from ccsd_app.session.on_demand import HD95
from ccsd_app.session.result import SubsetResult
from ccsd_app.session.state import State
from ccsd_app.viewmodel.common.absent_regions import listed, unrated_reason
from ccsd_app.viewmodel.common.provenance import score_title
from ccsd_app.viewmodel.common.volume_intervals import volume_intervals
from ccsd_app.viewmodel.panels.robustness_curve import counted_subsets, informative_curve, mean_of
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import Region

Cell = str | float | int | bool | None
Row = dict[str, Cell]

SCORE_NAMES = {
    "dice": "Dice vs expert labels; 1 where the region is absent on both sides",
    "hd95_mm": "95th percentile of the surface distance to the expert labels; empty where the "
    "region is absent on either side, or where HD95 was not computed in the window",
    "agreement": "Dice vs the prediction from all sequences of the patient; not an accuracy. That "
    "prediction agrees with itself by definition, so curves, means and areas exclude it",
}

SUBSET_FIELDS = (
    *("subset", "input", "withheld", "not_opened", "missing"),
    "low_mean_dice",
)
"""Provenance fields of one subset, which are omitted for several."""


def subset_rows(state: State, case: Case) -> list[Row]:
    """One row for each computed subset and region, subsets in table order."""
    return [
        {**input_cells(state, subset), **_region_cells(state, result, region), **model_cells(state)}
        for subset, result in _computed(state, case)
        for region in Region
    ]


def curve_rows(state: State, case: Case) -> list[Row]:
    """One row for each region: means by number of sequences, AURC, and the worst subset."""
    rows: list[Row] = []
    for region in Region:
        curve = informative_curve(state, case, region)
        worst = curve.worst
        means = {f"mean_of_{k}": curve.means.get(k) for k in range(1, len(Modality) + 1)}
        rows.append(
            {
                "case": case.id,
                "region": region.name,
                "score": score_title(state),
                "degraded": str(state.applied),
                "subsets_computed": len(state.results),
                "subsets_total": len(case.available.subsets()),
                **means,
                "mean": mean_of(curve, counted_subsets(state, case)),
                "aurc": curve.aurc,
                "no_score": unrated_reason(region, state),
                "worst": None if worst is None else worst[1],
                "worst_subset": None if worst is None else str(worst[0]),
                **model_cells(state),
            }
        )
    return rows


def numbers(state: State, case: Case) -> dict[str, object]:
    """The content of `subset_rows` and `curve_rows` as nested dictionaries, for JSON."""
    shown = Stamp.of(state)
    fields = shown.as_json()
    for name in SUBSET_FIELDS:
        del fields[name]  # each subset below has these fields
    return {
        **fields,
        "shown": None if shown.subset is None else str(shown.subset),
        "score": score_title(state),
        "scores": dict(SCORE_NAMES),
        "complete": state.complete,
        "subsets": [_subset_tree(state, result) for _, result in _computed(state, case)],
        "curves": {region.name: _curve_tree(state, case, region) for region in Region},
    }


def _computed(state: State, case: Case) -> list[tuple[ModalitySubset, SubsetResult]]:
    return [(s, state.results[s]) for s in case.available.subsets() if s in state.results]


def input_cells(state: State, subset: ModalitySubset) -> Row:
    """The case, the subset, and why the other sequences were not used."""
    stamp = Stamp.of(state, subset)
    missing = [m for m in subset.missing if m not in stamp.available]
    withheld = [m for m in subset.missing if m in stamp.available]
    return {
        "case": stamp.case,
        "subset": str(subset),
        "sequences": len(subset),
        "withheld": "+".join(m.label for m in withheld),
        "not_opened": "+".join(m.label for m in missing if m in stamp.not_opened),
        "missing": "+".join(m.label for m in missing if m not in stamp.not_opened),
        "degraded": str(stamp.degradations),
        "low_mean_dice": None if stamp.weak is None else listed(stamp.weak),
    }


def _region_cells(state: State, result: SubsetResult, region: Region) -> Row:
    full = state.full_result
    change = None if full is None else result.volumes_ml[region] - full.volumes_ml[region]
    return {
        "region": region.name,
        "volume_ml": _rounded(result.volumes_ml[region]),
        **_interval_cells(state, result, region),
        "change_vs_all_ml": _rounded(change),
        "dice": None if result.dice is None else result.dice.get(region),
        "hd95_mm": _distance(state, result, region),
        "agreement": None if result.agreement is None else result.agreement.get(region),
    }


def _interval_cells(state: State, result: SubsetResult, region: Region) -> Row:
    """Prediction interval of the volume; None if unknown or for a case seen in training."""
    volumes = volume_intervals(state)
    low = high = None
    if volumes is not None:
        volume_ml = result.volumes_ml[region]
        low, high = volumes.interval_ml(volume_ml, subset=result.subset, region=region)
    return {"volume_low_ml": _rounded(low), "volume_high_ml": _rounded(high)}


def _distance(state: State, result: SubsetResult, region: Region) -> float | None:
    """HD95 in mm; None if it is not computed, or the region is absent on one side."""
    found = state.on_demand.of(HD95).get(result.subset, {}).get(region)
    return None if found is None or math.isnan(found) else round(found, 6)


def model_cells(state: State) -> Row:
    """The model and the disclaimer, in every row, because rows are copied out of tables."""
    stamp = Stamp.of(state)
    return {
        "seen_in_training": stamp.seen_in_training,
        "model": stamp.model,
        "model_sha256": stamp.sha256,
        "software": stamp.fields["software"],
        "disclaimer": stamp.fields["disclaimer"],
    }


def _subset_tree(state: State, result: SubsetResult) -> dict[str, object]:
    stamp = Stamp.of(state, result.subset).as_json()
    regions: dict[str, Row] = {}
    for region in Region:
        cells = _region_cells(state, result, region)
        regions[region.name] = {name: cells[name] for name in cells if name != "region"}
    return {
        **{name: stamp[name] for name in SUBSET_FIELDS},
        "milliseconds": round(result.milliseconds, 3),
        "regions": regions,
    }


def _curve_tree(state: State, case: Case, region: Region) -> dict[str, object]:
    curve = informative_curve(state, case, region)
    worst = curve.worst
    return {
        "means": {str(k): mean for k, mean in curve.means.items()},
        "mean": mean_of(curve, counted_subsets(state, case)),
        "aurc": curve.aurc,
        "no_score": unrated_reason(region, state) or None,
        "worst": None if worst is None else {"subset": str(worst[0]), "score": worst[1]},
    }


def _rounded(volume_ml: float | None) -> float | None:
    """A volume rounded to 1e-6 mL, below which there is only floating-point noise."""
    return None if volume_ml is None else round(volume_ml, 6)
