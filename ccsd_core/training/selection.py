"""Selecting the cases of a folder for training and validation, and excluding others.

all cases ── hold_out, the split's test part ──▶ excluded
          ── validation.cases, the split's validation part, a fraction ──▶ validation
          ── the rest (with a split: its training part) ──▶ training

Cases are compared by patient, under the names of any BraTS year. Patients that are excluded or used
for validation are not used for training, nor are cases mixed from them, nor the sources of mixed
cases that are used for validation. Mixed cases are not drawn for validation and belong to no part
of a split.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ccsd_core.data.dataset import case_ids
from ccsd_core.data.division import divide
from ccsd_core.data.sites import is_by_site
from ccsd_core.domain.patient import as_published
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import CaseError
from ccsd_core.storage.names.identity import case_id
from ccsd_core.storage.names.patients import patient_of, patients_of, patients_within
from ccsd_core.training.config.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Selection:
    """Paths of the cases, by their use.

    Args:
        training: Cases to train on.
        validation: Cases scored during training; empty without validation.
        notes: Notes for the user about the choice.
        ids: The unique names of the cases.
    """

    training: tuple[Path, ...]
    validation: tuple[Path, ...]
    notes: tuple[str, ...] = ()
    ids: Mapping[Path, str] = field(default_factory=dict[Path, str])


def select(
    config: TrainingConfig, paths: Sequence[Path], *, skipped: Sequence[Path] = ()
) -> Selection:
    """Sort the cases of a folder by their use in the configuration.

    Args:
        config: Configuration of the run.
        paths: Every case of the folder that may be used.
        skipped: Other cases of the folder, which may also be held out by name.

    Raises:
        CaseError: If a case named in the configuration is missing, no case is left, or no patient
            of a part of the split is present.
        UnknownSplitError: If there is no such split.
    """
    d, v = config.data, config.validation
    by_id = case_ids(paths)
    patient_of_case = {i: patient_of(i).id for i in by_id}
    patients_in_case = {i: patients_within(path, name=i) for i, path in by_id.items()}
    others = {patient_of(i).id for i in map(case_id, skipped)}
    _check_known("data.hold_out", d.hold_out, others.union(*patients_in_case.values()), by_id)
    _check_known("validation.cases", v.cases, patient_of_case.values(), by_id)
    pool, notes = set(by_id), list[str]()
    validating = _named(v.cases, patient_of_case)
    if d.split:
        pool, of_split, notes = _of_split(config, by_id)
        validating |= of_split
    held_out = patients_of(d.hold_out)
    validating = {i for i in validating if patient_of_case[i] not in held_out}
    pool = {i for i in pool - validating if patient_of_case[i] not in held_out}
    if v.every and v.fraction:
        drawn = _drawn_whole(config, pool, patient_of_case, patients_in_case, taken=len(validating))
        notes = [*notes, *_taken_from_split(config, drawn, from_split=len(validating))]
        pool, validating = pool - drawn, validating | drawn
    unseen = held_out.union(*(patients_in_case[i] for i in validating))
    pool = {i for i in pool if unseen.isdisjoint(patients_in_case[i])}
    if not pool:
        raise CaseError(_nothing_left(config, len(by_id), notes))
    chosen = set[str]()
    if v.every:
        chosen = _drawn(validating, v.limit or len(validating), seed=config.seed)
    sorted_paths = (tuple(by_id[i] for i in sorted(ids)) for ids in (pool, chosen))
    return Selection(
        *sorted_paths,
        notes=(*notes, *_several(pool | chosen, patient_of_case)),
        ids={path: id for id, path in by_id.items()},
    )


def _of_split(
    config: TrainingConfig, cases: Collection[str]
) -> tuple[set[str], set[str], list[str]]:
    """The training and validation cases of a split, with notes on it.

    Raises:
        CaseError: If there is no patient for training, or for validation.
    """
    division = divide(config.data.split, cases)
    train, val = division.parts["train"], division.parts.get("val")
    train.check()
    notes = [*division.notes, *([train.missing] if train.missing else [])]
    if not config.validation.every:
        return set(train.cases), set(), notes
    named = config.validation.cases or config.validation.fraction
    if not named and (val is None or not val.cases):
        why = val.if_empty.partition(":")[0] if val else f"{division.name} has no validation part"
        raise CaseError(
            f"{why}: set validation.fraction or validation.cases, or validation.every to 0"
        )
    if val is None:
        return set(train.cases), set(), notes
    return set(train.cases), set(val.cases), [*notes, *([val.missing] if val.missing else [])]


def _nothing_left(config: TrainingConfig, count: int, notes: Sequence[str]) -> str:
    """Why there is no case for training, with notes on the split."""
    remarks = "".join(f"; {note}" for note in notes)
    ways = ["remove names from data.hold_out"] if config.data.hold_out else []
    ways += ["use fewer cases for validation"] if config.validation.every else []
    ways += ["give a folder with more patients"]
    return f"no case is left for training of {count}{remarks}: {', or '.join(ways)}"


def _check_known(
    what: str, names: Collection[str], patients: Collection[str], cases: Collection[str]
) -> None:
    """Refuse unknown names, since a misspelt case would be trained on but reported as unseen."""
    missing = sorted(name for name in set(names) if patient_of(name).id not in patients)
    if missing:
        raise CaseError(
            f"{what} names {first_few(missing, most=5)}, not among the {len(cases)} cases of the "
            "data: correct the names, or give the folder that contains them"
        )


def _named(names: Collection[str], patient_of_case: Mapping[str, str]) -> set[str]:
    """The cases with these names; for other names, all cases of the same patients."""
    published = {as_published(name) for name in names}
    exactly = {i for i in patient_of_case if as_published(i) in published}
    others = patients_of(names) - {patient_of_case[i] for i in exactly}
    return exactly | {i for i in patient_of_case if patient_of_case[i] in others}


def _drawn_whole(
    config: TrainingConfig,
    pool: Collection[str],
    patient_of_case: Mapping[str, str],
    patients_in_case: Mapping[str, frozenset[str]],
    *,
    taken: int,
) -> set[str]:
    """All cases of a random fraction of the patients, without mixed cases.

    Raises:
        CaseError: If there is none.
    """
    whole: dict[str, list[str]] = defaultdict(list)
    for i in sorted(pool):
        if patients_in_case[i] == {patient_of_case[i]}:
            whole[patient_of_case[i]].append(i)
    if not whole:
        raise CaseError(
            "every case is mixed from the same patients, so none can be used for validation: add "
            "cases of other patients, or set validation.fraction to 0"
        )
    v = config.validation
    room = len(whole) if v.limit is None else max(0, v.limit - taken)
    wanted = min(room, max(1, round(v.fraction * len(whole))))
    by_first = {cases[0]: cases for cases in whole.values()}
    drawn = _drawn(by_first, wanted, seed=config.seed)
    return {i for first in drawn for i in by_first[first]}


def _taken_from_split(
    config: TrainingConfig, drawn: Collection[str], *, from_split: int
) -> list[str]:
    """A note if a fraction for validation changes a published split."""
    split, fraction = config.data.split, config.validation.fraction
    if not split or is_by_site(split) or not drawn:
        return []
    own = f", in addition to the {from_split} of the split" if from_split else ""
    return [
        f"validation.fraction = {fraction:g} uses {len(drawn)} of the training part of {split} "
        f"for validation{own}: this is not the published split"
    ]


def _several(cases: Collection[str], patient_of_case: Mapping[str, str]) -> list[str]:
    """A note if a patient has several cases."""
    by_patient: dict[str, list[str]] = defaultdict(list)
    for i in sorted(cases):
        by_patient[patient_of_case[i]].append(i)
    several = [names for names in by_patient.values() if len(names) > 1]
    if not several:
        return []
    many = f"{len(several)} patients have" if len(several) > 1 else "1 patient has"
    return [f"{many} more than one case here, which stay together ({' and '.join(several[0][:2])})"]


def _drawn(ids: Collection[str], count: int, *, seed: int) -> set[str]:
    """A random choice, since names are sorted by hospital and grade."""
    return set(np.random.default_rng((seed, 11)).permutation(sorted(ids))[:count].tolist())
