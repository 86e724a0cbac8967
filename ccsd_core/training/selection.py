"""Which cases of a folder are trained on, which validate, and which are left alone.

all cases ── hold_out, the split's test part ──▶ left alone
          ── validation.cases, the split's validation part, a fraction ──▶ validate
          ── the rest (with a split: its training part) ──▶ trained on

Nobody is trained on who is left alone or validates, nor any case that was mixed from him, nor,
where a mixed case validates, anybody within it. Mixed cases are not drawn to validate.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ccsd_core.data.dataset import case_ids
from ccsd_core.data.splits import read_split
from ccsd_core.errors import CaseError
from ccsd_core.storage.origin import sources_of
from ccsd_core.training.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class Selection:
    """Paths of the cases, by what they are for.

    Args:
        training: Trained on.
        validation: Scored while training; empty without validation.
    """

    training: tuple[Path, ...]
    validation: tuple[Path, ...]


def select(config: TrainingConfig, paths: Sequence[Path]) -> Selection:
    """Sort the cases of a folder by what the configuration does with them.

    Args:
        config: The run.
        paths: Every case of the folder.

    Raises:
        CaseError: If a case that the configuration names is not there, or none is left.
    """
    d, v = config.data, config.validation
    by_id = case_ids(paths)
    within = {i: {i} | sources_of(path) for i, path in by_id.items()}
    named = {"data.hold_out": d.hold_out, "validation.cases": v.cases}
    pool = set(by_id)
    validating = set(v.cases)
    if d.split:
        split = read_split(d.split)
        named |= {f"the training part of {d.split}": split.train}
        pool = set(split.train)
        if v.every:
            named |= {f"the validation part of {d.split}": split.val}
            validating |= set(split.val)
    for what, ids in named.items():
        _check_there(what, ids, by_id)
    held_out = set(d.hold_out)
    pool -= held_out | validating
    validating -= held_out
    if v.every and v.fraction:
        whole = {i for i in pool if within[i] == {i}}
        if not whole:
            raise CaseError(
                "every case is mixed from the same patients, so none can validate: add cases of "
                "other patients, or set validation.fraction to 0"
            )
        room = len(whole) if v.limit is None else max(0, v.limit - len(validating))
        wanted = min(room, max(1, round(v.fraction * len(whole))))
        drawn = _drawn(whole, wanted, seed=config.seed)
        pool, validating = pool - drawn, validating | drawn
    unseen = held_out.union(*(within[i] for i in validating))
    pool = {i for i in pool if unseen.isdisjoint(within[i])}
    if not pool:
        raise CaseError(f"no case is left to train on of {len(by_id)}: hold out fewer")
    chosen = set[str]()
    if v.every:
        chosen = _drawn(validating, v.limit or len(validating), seed=config.seed)
    return Selection(*(tuple(by_id[i] for i in sorted(ids)) for ids in (pool, chosen)))


def _check_there(what: str, ids: Collection[str], there: Collection[str]) -> None:
    """A misspelt name would be trained on and then reported as unseen."""
    missing = sorted(set(ids) - set(there))
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise CaseError(
            f"{what} names {', '.join(missing[:5])}{more}, not among the {len(there)} cases of the "
            "data: correct the names, or give the folder that has them"
        )


def _drawn(ids: Collection[str], count: int, *, seed: int) -> set[str]:
    """Some of them by chance: names go by hospital and grade, so the first would be alike."""
    return set(np.random.default_rng((seed, 11)).permutation(sorted(ids))[:count].tolist())
