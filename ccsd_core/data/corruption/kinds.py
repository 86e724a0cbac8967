"""The kinds of corruption, their severities in physical units, and their notation.

    noise:3@T1c     kind, severity 1 to 5, sequence
    noise@T1c       all five severities of it

The amounts are our choice. They range from routine quality to scans that would be repeated: a
clinical image has noise of 3 to 5 % of its signal, slices of 3 to 6 mm, and bias fields of a factor
of 1.2 to 1.5 at 3 T.

Source: five severities of common corruptions follow D. Hendrycks and T. Dietterich, ICLR 2019
(arXiv:1903.12261), for photographs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ccsd_core.domain.modality import Modality
from ccsd_core.errors import BadInputError

SEVERITIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class CorruptionKind:
    """One kind of image corruption.

    Args:
        name: Name of the kind, as users write it.
        unit: Text for the amounts, with a placeholder for each.
        ladders: For each placeholder of `unit`, the amounts of the five severities.
        unchanged: For each placeholder, the amount that changes nothing: severity 0.
    """

    name: str
    unit: str
    ladders: tuple[tuple[float, ...], ...]
    unchanged: tuple[float, ...]

    def amounts(self, severity: float | int) -> tuple[float, ...]:
        """The amounts of one severity; between two whole severities they change linearly.

        >>> KINDS["misregistration"].amounts(2.5)
        (3.0, 2.5)
        """
        lower = min(int(severity), len(SEVERITIES) - 1)
        return tuple(
            _between((none, *ladder)[lower], ladder[lower], severity - lower)
            for none, ladder in zip(self.unchanged, self.ladders, strict=True)
        )

    def amount_text(self, severity: float | int) -> str:
        """The amount of one severity, with its unit.

        >>> KINDS["thick-slices"].amount_text(2)
        'slices of 3 mm'
        """
        return self.unit.format(*(f"{round(a, 2):g}" for a in self.amounts(severity)))

    @property
    def amounts_text(self) -> str:
        """The amounts of all severities, with their unit.

        >>> KINDS["thick-slices"].amounts_text
        'slices of 2, 3, 5, 7, 10 mm'
        """
        return self.unit.format(*(", ".join(f"{a:g}" for a in ladder) for ladder in self.ladders))


KINDS: dict[str, CorruptionKind] = {
    kind.name: kind
    for kind in (
        CorruptionKind(
            "noise",
            "sigma {} % of the mean brain intensity",
            ((3.0, 6.0, 12.0, 20.0, 30.0),),
            (0.0,),
        ),
        CorruptionKind(
            "motion",
            "{} mm and {}° in {} % of k-space",
            (
                (1.0, 2.0, 3.0, 5.0, 8.0),
                (1.0, 2.0, 3.0, 5.0, 8.0),
                (10.0, 20.0, 30.0, 40.0, 50.0),
            ),
            (0.0, 0.0, 0.0),
        ),
        CorruptionKind("bias", "field with max/min {}", ((1.2, 1.5, 2.0, 3.0, 5.0),), (1.0,)),
        CorruptionKind("blur", "FWHM {} mm", ((2.0, 3.0, 4.0, 6.0, 8.0),), (0.0,)),
        CorruptionKind("thick-slices", "slices of {} mm", ((2.0, 3.0, 5.0, 7.0, 10.0),), (1.0,)),
        CorruptionKind(
            "resolution", "in-plane voxels of {} mm", ((1.5, 2.0, 3.0, 4.0, 6.0),), (1.0,)
        ),
        CorruptionKind("contrast", "gamma {}", ((0.8, 0.65, 0.5, 0.35, 0.25),), (1.0,)),
        CorruptionKind(
            "misregistration",
            "{} mm and {}°",
            ((1.0, 2.0, 4.0, 6.0, 10.0), (1.0, 2.0, 3.0, 5.0, 8.0)),
            (0.0, 0.0),
        ),
    )
}
"""Every kind, by name. Each is implemented in the module of the same name; `apply` has the table of
functions."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One corruption of one sequence, at one severity.

    >>> str(Corruption.parse("noise:3@t1ce"))
    'noise:3@T1c'

    Args:
        kind: A name in `KINDS`.
        severity: 1 to 5.
        sequence: Sequence that is corrupted.

    Raises:
        BadInputError: If there is no such kind or severity.
    """

    kind: str
    severity: int
    sequence: Modality

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInputError(f"unknown corruption {self.kind!r}: use one of {', '.join(KINDS)}")
        if self.severity not in SEVERITIES:
            raise BadInputError(
                f"unknown severity {self.severity!r} of {self.kind}: use one of "
                f"{', '.join(map(str, SEVERITIES))}"
            )

    @classmethod
    def parse(cls, text: str) -> "Corruption":
        """Read what `str` writes: `noise:3@T1c`, with any synonym of the sequence.

        Raises:
            BadInputError: If it does not have that form, or a part of it is unknown.
        """
        found = cls.parse_all(text)
        if len(found) != 1:
            raise BadInputError(f"{text!r} has no severity: write for example {found[2]}")
        return found[0]

    @classmethod
    def parse_all(cls, text: str) -> "tuple[Corruption, ...]":
        """Read `noise:3@T1c`, or `noise@T1c` for all five severities of it.

        Raises:
            BadInputError: As `parse`.
        """
        what, at, sequence = text.partition("@")
        kind, colon, severity = (part.strip() for part in what.partition(":"))
        if not at or not sequence.strip():
            raise BadInputError(
                f"{text!r} names no sequence: write KIND:SEVERITY@SEQUENCE, for example noise:3@T1c"
            )
        try:
            modality = Modality.parse(sequence)
            if not colon:
                return tuple(cls(kind, s, modality) for s in SEVERITIES)
            return (cls(kind, _severity(kind, severity), modality),)
        except BadInputError as error:
            raise BadInputError(f"{text!r}: {error}") from error

    @property
    def amount(self) -> str:
        """The amount, in the kind's unit."""
        return KINDS[self.kind].amount_text(self.severity)

    def __str__(self) -> str:
        return f"{self.kind}:{self.severity}@{self.sequence.label}"


def parse_corruptions(texts: Iterable[str]) -> tuple[Corruption, ...]:
    """The unique corruptions of several texts, in order of first occurrence.

    >>> [str(c) for c in parse_corruptions(["blur:2@T2", "blur:1@T2", "blur:2@T2"])]
    ['blur:2@T2', 'blur:1@T2']

    Raises:
        BadInputError: As `Corruption.parse`.
    """
    return tuple(dict.fromkeys(c for text in texts for c in Corruption.parse_all(text)))


def severities_text() -> str:
    """Every kind with its five severities, for a help text."""
    return "; ".join(f"{kind.name} ({kind.amounts_text})" for kind in KINDS.values()) + "."


def _between(lower: float, upper: float, share: float | int) -> float:
    """A number between two others; exactly one of them at share 0 and 1."""
    return lower if share == 0 else upper if share == 1 else lower + share * (upper - lower)


def _severity(kind: str, text: str) -> int:
    """The severity as a number; other text is refused like a wrong severity."""
    try:
        return int(text)
    except ValueError:
        raise BadInputError(
            f"unknown severity {text!r} of {kind}: use one of {', '.join(map(str, SEVERITIES))}"
        ) from None
