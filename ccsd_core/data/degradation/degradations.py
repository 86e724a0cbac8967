"""Degradations of some sequences of a case, as a value that is compared, written and read.

T1c:dose=5, T1c:noise=2.5, FLAIR:blur=1      sequence, kind, severity
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ccsd_core.data.degradation.kinds import DOSE, KINDS, MAX_SEVERITY, SHORT, STEP
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Degradation:
    """One kind of degradation of one sequence.

    >>> str(Degradation.parse("t1ce:noise=2.5"))
    'T1c:noise=2.5'

    Args:
        sequence: The sequence.
        kind: A name in `KINDS`.
        severity: Above 0, up to 5; rounded to tenths.

    Raises:
        BadInputError: If there is no such kind or severity, or the kind cannot be applied to the
            sequence.
    """

    sequence: Modality
    kind: str
    severity: float | int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInputError(f"unknown degradation {self.kind!r}: use one of {', '.join(KINDS)}")
        if not 0 < self.severity <= MAX_SEVERITY:
            raise BadInputError(
                f"unknown severity {self.severity:g} of {self.kind}: use a number above 0, up to "
                f"{MAX_SEVERITY:g}"
            )
        if self.kind == DOSE.name and self.sequence is not Modality.T1C:
            raise BadInputError(
                f"{self.sequence.label} has no contrast dose: use dose with T1c alone"
            )
        object.__setattr__(self, "severity", max(rounded(self.severity), STEP))

    @classmethod
    def parse(cls, text: str) -> "Degradation":
        """Read what `str` writes: `T1c:noise=2.5`, with any synonym of the sequence.

        Raises:
            BadInputError: If it is not of that form, or a part of it is unknown.
        """
        sequence, colon, what = text.partition(":")
        kind, equals, severity = (part.strip() for part in what.partition("="))
        if not colon or not equals:
            raise BadInputError(
                f"{text!r} is not a degradation: write SEQUENCE:KIND=SEVERITY, for example "
                "T1c:noise=3"
            )
        try:
            number = float(severity)
        except ValueError:
            raise BadInputError(
                f"{text!r}: {severity!r} is not a number: write for example T1c:noise=3"
            ) from None
        try:
            return cls(Modality.parse(sequence.strip()), kind, number)
        except BadInputError as error:
            raise BadInputError(f"{text!r}: {error}") from error

    @property
    def amount(self) -> str:
        """The amount, in the kind's unit."""
        return KINDS[self.kind].amount_text(self.severity)

    @property
    def label(self) -> str:
        """The kind with the first of its amounts, for captions."""
        first = KINDS[self.kind].amounts(self.severity)[0]
        return SHORT[self.kind].format(f"{round(first, 2):g}")

    def __str__(self) -> str:
        return f"{self.sequence.label}:{self.kind}={self.severity:g}"


@dataclass(frozen=True, slots=True)
class Degradations:
    """Degradations of a case, at most one of each kind and sequence.

    >>> both = Degradations().with_severity(Modality.T1C, "noise", 2.5)
    >>> str(both.with_severity(Modality.T1C, "dose", 5))
    'T1c:dose=5, T1c:noise=2.5'
    >>> both.with_severity(Modality.T1C, "noise", 0) == Degradations()
    True

    Args:
        entries: The degradations, by sequence in the order in which they act: use `of`.
    """

    entries: tuple[Degradation, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Degradation]) -> "Degradations":
        """Degradations in any order; the last one of the same kind and sequence counts."""
        last = {(one.sequence, one.kind): one for one in entries}
        order = list(KINDS)
        return cls(tuple(sorted(last.values(), key=lambda d: (d.sequence, order.index(d.kind)))))

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Degradations":
        """Read several texts such as `T1c:noise=2.5`.

        Raises:
            BadInputError: As `Degradation.parse`.
        """
        return cls.of(map(Degradation.parse, texts))

    def severity(self, sequence: Modality, kind: str) -> float:
        """The severity of a kind; 0 if there is none."""
        found = (d.severity for d in self.entries if (d.sequence, d.kind) == (sequence, kind))
        return next(found, 0.0)

    def of_sequence(self, sequence: Modality) -> tuple[Degradation, ...]:
        """The degradations of one sequence."""
        return tuple(d for d in self.entries if d.sequence is sequence)

    def with_severity(self, sequence: Modality, kind: str, severity: float | int) -> "Degradations":
        """The degradations with another severity of one kind; 0 removes it."""
        others = self.without(sequence, kind)
        if rounded(severity) == 0:
            return others
        return self.of([*others.entries, Degradation(sequence, kind, severity)])

    def without(self, sequence: Modality, kind: str = "") -> "Degradations":
        """The degradations without those of a sequence, or without one kind of it."""

        def goes(one: Degradation) -> bool:
            return one.sequence is sequence and kind in ("", one.kind)

        return type(self)(tuple(d for d in self.entries if not goes(d)))

    def touch(self, subset: ModalitySubset) -> bool:
        """Whether a sequence of a subset is degraded."""
        return any(d.sequence in subset for d in self.entries)

    @property
    def sequences(self) -> tuple[Modality, ...]:
        """The sequences that are degraded."""
        return tuple(dict.fromkeys(d.sequence for d in self.entries))

    @property
    def labels(self) -> dict[Modality, str]:
        """What is done to each degraded sequence, for captions."""
        return {m: ", ".join(d.label for d in self.of_sequence(m)) for m in self.sequences}

    @property
    def text(self) -> str:
        """All as one text: `FLAIR: blur 2 mm; T1c: dose 0 %, noise 9 %`; "" for none."""
        return "; ".join(f"{m.label}: {label}" for m, label in self.labels.items())

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __str__(self) -> str:
        return ", ".join(map(str, self.entries))


UNDEGRADED = Degradations()
"""Nothing is done to any sequence."""


def rounded(severity: float | int) -> float:
    """A severity in steps of `STEP`."""
    return round(severity / STEP) / round(1 / STEP)
