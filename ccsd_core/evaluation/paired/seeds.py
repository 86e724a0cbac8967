"""Several trainings of one configuration, scored on the same cases: how much do they differ?

    run 1 ┐  same patient,   ┌──▶ each run's means ──────────────▶ mean ± sd between the runs
    run 2 ├──subset, region ─┤
    run 3 ┘                  └──▶ scores averaged over the runs ──▶ 95 % interval over patients

The two measure different things. The sd is the effect of another seed on these patients; the
interval is the effect of other patients on these runs. Neither includes the other.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import BadInputError
from ccsd_core.evaluation.metrics.registry import METRICS
from ccsd_core.evaluation.paired.same_patients import (
    renamed_pairs_note,
    same_patients,
    with_case_names,
)
from ccsd_core.evaluation.results.result import EvaluatedCase, Evaluation, Score
from ccsd_core.evaluation.statistics.estimates import COLUMNS, Estimate, EstimateRow, estimates

FEWEST_RUNS = 3
"""With fewer, the sd between runs is only a rough estimate; with one there is none."""
_Key = tuple[str, ModalitySubset, int]


@dataclass(frozen=True, slots=True)
class SeedRow:
    """One region, or the mean of the three.

    Args:
        region: WT, TC, ET or mean.
        values: The mean over patients, by run.
        over_patients: Estimate from scores averaged over runs; its value is the mean of `values`.
    """

    region: str
    values: tuple[float, ...]
    over_patients: Estimate

    @property
    def mean(self) -> float:
        return fmean(self.values)

    @property
    def sd(self) -> float:
        """Standard deviation between runs, with n − 1."""
        return stdev(self.values)


@dataclass(frozen=True, slots=True)
class SeedBlock:
    """Means over some subsets.

    Args:
        name: `all`, `1 sequence` … `4 sequences`, `AURC`.
        rows: Row of each region that has values, and of their mean.
    """

    name: str
    rows: tuple[SeedRow, ...]


@dataclass(frozen=True, slots=True)
class SeedComparison:
    """Several runs together.

    Args:
        metric: Name of the metric.
        runs: Number of runs.
        patients: Number of cases that all of them scored.
        blocks: Blocks over all subsets, by number of sequences, and of the area, if there is one.
        notes: What was excluded, and other notes for the reader.
    """

    metric: str
    runs: int
    patients: int
    blocks: tuple[SeedBlock, ...]
    notes: tuple[str, ...]


def compare_seeds(runs: Sequence[Sequence[Score]], *, metric: str = "dice") -> SeedComparison:
    """Combine runs over the scores that all of them have; patients are named as in the first run.

    Args:
        runs: The scores of each run.
        metric: Metric to compare.

    Raises:
        BadInputError: If there are fewer than two runs, one lacks the metric, or they share
            nothing.
    """
    if len(runs) < 2:
        raise BadInputError("one evaluation has no spread over seeds: give two or more")
    for number, run in enumerate(runs, 1):
        known = list(dict.fromkeys(score.metric for score in run))
        if metric not in known:
            raise BadInputError(
                f"run {number} has no scores of metric {metric!r}: use one of {', '.join(known)}"
            )
    chosen = [[score for score in run if score.metric == metric] for run in runs]
    names = [same_patients(_cases(chosen[0]), _cases(run)) for run in chosen]
    tables = [
        {_key(s): s for s in with_case_names(run, own)}
        for run, own in zip(chosen, names, strict=True)
    ]
    shared = [key for key in tables[0] if all(key in table for table in tables)]
    usable = [key for key in shared if all(math.isfinite(t[key].value) for t in tables)]
    if not usable:
        raise BadInputError(
            "the runs share no case, subset and region with a value: evaluate all of them on the "
            "same cases"
        )
    by_run = [_evaluation([table[key] for key in usable]) for table in tables]
    means = [replace(tables[0][key], value=fmean(t[key].value for t in tables)) for key in usable]
    found = [estimates(evaluation, metric=metric) for evaluation in by_run]
    averaged = estimates(_evaluation(means), metric=metric)
    blocks = [_block("all", [one.mean for one in found], averaged.mean)]
    for k, row in averaged.by_count.items():
        name = f"{k} sequence{'s' * (k != 1)}"
        blocks.append(_block(name, [one.by_count[k] for one in found], row))
    if averaged.aurc and _is_fraction(metric):
        blocks.append(_block("AURC", [o.aurc for o in found], averaged.aurc))
    by_patient = [
        f"run {number}: {note}"
        for number, own in enumerate(names, 1)
        for note in renamed_pairs_note(own)
    ]
    notes = (
        *by_patient,
        *_left_out(tables, shared, usable),
        *_differing(tables),
        *_cautions(tables, usable),
    )
    patients = len({case for case, _, _ in usable})
    kept = tuple(block for block in blocks if block.rows)
    return SeedComparison(metric, len(runs), patients, kept, notes)


def _cases(scores: Sequence[Score]) -> set[str]:
    return {score.case for score in scores}


def _key(score: Score) -> _Key:
    return score.case, score.subset, score.region


def _evaluation(scores: Sequence[Score]) -> Evaluation:
    """Scores as an evaluation of cases that have the sequences they were scored from."""
    subsets: dict[str, set[ModalitySubset]] = {}
    for score in scores:
        subsets.setdefault(score.case, set()).add(score.subset)
    cases: list[EvaluatedCase] = []
    for name, scored in subsets.items():
        available = ModalitySubset.of(*(m for m in Modality if any(m in s for s in scored)))
        lacking = frozenset(s for s in available.subsets() if s not in scored)
        cases.append(EvaluatedCase(name, available, seen_in_training=False, unpredicted=lacking))
    return Evaluation("", "", tuple(cases), tuple(scores))


def _block(name: str, by_run: Sequence[EstimateRow], averaged: EstimateRow) -> SeedBlock:
    rows = [
        SeedRow(region, tuple(one[region].value for one in by_run), averaged[region])
        for region in COLUMNS
        if averaged[region].cases
    ]
    return SeedBlock(name, tuple(rows))


def _is_fraction(metric: str) -> bool:
    return any(one.name == metric and one.unit == "fraction" for one in METRICS)


def _left_out(
    tables: Sequence[dict[_Key, Score]], shared: Sequence[_Key], usable: Sequence[_Key]
) -> list[str]:
    notes: list[str] = []
    first, *others = ({case for case, _, _ in table} for table in tables)
    everywhere = first.intersection(*others)
    for number, table in enumerate(tables, 1):
        alone = sorted({case for case, _, _ in table} - everywhere)
        if alone:
            notes.append(f"excluded from run {number}, as not in every run: {first_few(alone)}")
    of_shared = {key for table in tables for key in table if key[0] in everywhere}
    if len(of_shared) > len(shared):
        notes.append(f"excluded: {len(of_shared) - len(shared)} scores that not every run has")
    if len(shared) > len(usable):
        notes.append(f"excluded: {len(shared) - len(usable)} scores that are nan in a run")
    return notes


def _differing(tables: Sequence[dict[_Key, Score]]) -> list[str]:
    policies = [" / ".join(sorted({score.policy for score in t.values()})) for t in tables]
    notes: list[str] = []
    if len(set(policies)) > 1:
        listed = ". ".join(f"Run {number}: {policy}" for number, policy in enumerate(policies, 1))
        notes.append(f"the policies differ, so the scores may not be comparable. {listed}")
    for number, table in enumerate(tables, 1):
        seen = len({score.case for score in table.values() if score.seen_in_training})
        if seen:
            cases = f"{seen} case{'s' * (seen != 1)}"
            notes.append(
                f"{cases} seen in training by the model of run {number}, so scores are optimistic"
            )
    return notes


def _cautions(tables: Sequence[dict[_Key, Score]], usable: Sequence[_Key]) -> list[str]:
    notes: list[str] = []
    values = [tuple(table[key].value for key in usable) for table in tables]
    for number, one in enumerate(values):
        same = values.index(one)
        if same < number:
            notes.append(
                f"runs {same + 1} and {number + 1} have identical scores: the same model "
                "twice shows nothing about seeds"
            )
    if len(tables) < FEWEST_RUNS:
        notes.append(f"{len(tables)} runs: the sd of so few is only a rough estimate")
    return notes
