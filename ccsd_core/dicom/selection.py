"""Which series is used for which sequence: the best of several, or the one the user chose.

only complete series ▶ certain before doubtful ▶ original before derived ▶ 3-D before 2-D
▶ thinner slices ▶ axial before other planes ▶ smaller pixels ▶ the later one (a repeat)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ccsd_core.dicom.problems import problem_of
from ccsd_core.dicom.recognition.guess import Guess, recognise
from ccsd_core.dicom.series import Series
from ccsd_core.dicom.stack import overlap
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.word_list import first_few
from ccsd_core.errors import DicomError

Overrides = Mapping[Modality, str | None]
"""The label of the series that the user chose for a sequence; None to use no series."""

LEAST_OVERLAP = 0.25
"""Bounding boxes of series of one head overlap more than this, even if oblique."""
_THINNER_MM = 0.2
SHOWN = 3
"""Number of series for which an error message states the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A series, its recognised sequence, and its use.

    Args:
        series: The series.
        guess: The recognised sequence or other kind.
        problem: Its problem, in one sentence; empty if there is none.
        used_as: The sequence it is used for; None if it is not used.
        why: Why it is used or not.
    """

    series: Series
    guess: Guess
    problem: str = ""
    used_as: Modality | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """All series of a study, each with its use.

    Args:
        rows: In the scanner's order.
    """

    rows: tuple[Row, ...] = field(default=())

    @property
    def used(self) -> dict[Modality, Series]:
        """The series by sequence, in channel order."""
        found = {row.used_as: row.series for row in self.rows if row.used_as is not None}
        return {m: found[m] for m in sorted(found)}


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule of preference: a smaller value is better."""

    value: Callable[[Row], float]
    reason: str


_RULES = (
    _Rule(lambda row: row.guess.doubtful, "consistent header"),
    _Rule(lambda row: row.series.acquisition.is_derived, "original before derived"),
    _Rule(lambda row: not row.series.is_3d, "3-D before 2-D"),
    _Rule(lambda row: _step(row.series.stack.spacing_mm[2], _THINNER_MM), "thinner slices"),
    _Rule(lambda row: row.series.stack.plane != "axial", "axial before other planes"),
    _Rule(lambda row: _step(row.series.stack.spacing_mm[0], 0.05), "smaller pixels"),
    _Rule(lambda row: -(row.series.first.series_number or 0), "later of two similar series"),
)


def select(series: Sequence[Series], overrides: Overrides | None = None) -> Selection:
    """Recognise every series and choose one for each sequence.

    Args:
        series: All series of one study.
        overrides: The user's choice; it applies even if the headers contradict it.

    Raises:
        DicomError: If an override names a series that is not in the study, or the same one twice,
            or if two chosen series do not overlap and it is unclear which is wrong.
    """
    overrides = overrides or {}
    rows = [_row(one) for one in series]
    forced = _forced(rows, overrides)
    for modality in Modality:
        if modality not in overrides:
            rows = _with_best(rows, modality, taken=frozenset(forced.values()))
        else:
            label = overrides[modality]
            why = f"not used: {'nothing' if label is None else f'series {label}'} was chosen"
            rows = [replace(r, why=why) if r.guess.modality is modality else r for r in rows]
    for modality, index in forced.items():
        rows[index] = replace(rows[index], used_as=modality, why="chosen by user")
    return Selection(tuple(_without_displaced(rows)))


def checked(selection: Selection) -> Selection:
    """The selection, if it uses any series.

    Raises:
        DicomError: If no series is used; the message states why, for the first few.
    """
    if selection.used:
        return selection
    refusals = (f"{row.series.name}: {row.problem or row.guess.reason}" for row in selection.rows)
    listed = first_few(refusals, most=SHOWN, between="; ")
    raise DicomError(
        f"no series here can be used as FLAIR, T1, T1c or T2 ({listed}): "
        "give the folder of a brain MR study, or choose the series manually"
    )


def _row(series: Series) -> Row:
    guess = recognise(series)
    problem = problem_of(series) if guess.modality is not None else ""
    why = problem if guess.modality is not None else f"set aside: {guess.label}"
    return Row(series, guess, problem, why=why)


def _forced(rows: Sequence[Row], overrides: Overrides) -> dict[Modality, int]:
    labels = {row.series.label: index for index, row in enumerate(rows)}
    found: dict[Modality, int] = {}
    for modality, label in overrides.items():
        if label is None:
            continue
        if label not in labels:
            raise DicomError(
                f"{modality.label}: there is no series {label!r}, choose one of {', '.join(labels)}"
            )
        if labels[label] in found.values():
            raise DicomError(f"series {label} is chosen twice: choose one sequence for it")
        found[modality] = labels[label]
    return found


def _with_best(rows: list[Row], modality: Modality, *, taken: frozenset[int]) -> list[Row]:
    """Rows in which the best candidate for a sequence is marked, with the reasons."""
    candidates = [
        i for i, row in enumerate(rows) if row.guess.modality is modality and i not in taken
    ]
    fit = [i for i in candidates if not rows[i].problem]
    if not fit:
        return rows
    best = min(fit, key=lambda i: tuple(rule.value(rows[i]) for rule in _RULES))
    reasons: list[str] = []
    result = list(rows)
    for i in fit:
        if i == best:
            continue
        reason = _preference(rows[best], rows[i])
        reasons.append(f"{reason} (series {rows[i].series.label})")
        result[i] = replace(
            rows[i], why=f"not needed: series {rows[best].series.label} is used, {reason}"
        )
    only = f"the only {modality.label}" + (
        " that is complete" if len(candidates) > len(fit) else ""
    )
    why = f"chosen: {'; '.join(reasons)}" if reasons else only
    result[best] = replace(rows[best], used_as=modality, why=why)
    return result


def _preference(better: Row, other: Row) -> str:
    """The first rule by which one row is preferred to another."""
    for rule in _RULES:
        if rule.value(better) < rule.value(other):
            return rule.reason
    return "first of two similar series"


def _step(value: float, size: float) -> float:
    """A length rounded to steps of `size`; infinite if not stated."""
    return round(value / size) if value > 0 else float("inf")


def _without_displaced(rows: list[Row]) -> list[Row]:
    """Rows in which series that do not overlap the others are no longer used.

    Raises:
        DicomError: If it is unclear which series is displaced.
    """
    used = [i for i, row in enumerate(rows) if row.used_as is not None]
    near = {
        i: [j for j in used if overlap(rows[i].series.stack, rows[j].series.stack) >= LEAST_OVERLAP]
        for i in used
    }
    if all(len(neighbours) == len(used) for neighbours in near.values()):
        return rows
    most = max(len(neighbours) for neighbours in near.values())
    groups = {tuple(n) for n in near.values() if len(n) == most}
    if len(groups) > 1 and most * 2 <= len(used):
        one, other = (rows[group[0]].series for group in sorted(groups)[:2])
        raise DicomError(
            f"{one.name} and {other.name} do not overlap in space: they are not of one head, "
            "or one of them was repositioned; choose other series, or use one alone"
        )
    kept = max(near.values(), key=len)
    result = list(rows)
    for i in used:
        if i not in kept:
            others = ", ".join(rows[j].series.label for j in kept)
            why = f"not used: it does not overlap series {others} in space"
            result[i] = replace(rows[i], used_as=None, problem=why, why=why)
    return result
