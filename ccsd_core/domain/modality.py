"""MR modalities, and the subsets of them a patient may have.

A patient seldom has all four scans. Whatever depends on *which* scans there are (modality
dropout, the 15 rows of the results table, the toggles of the viewer) speaks of a
`ModalitySubset`.

    bit      3      2      1       0
          ┌──────┬──────┬──────┬───────┐
          │  T2  │ T1C  │  T1  │ FLAIR │     0b1001 is FLAIR+T2
          └──────┴──────┴──────┴───────┘

The bit of a modality is also its channel in every tensor of `ccsd_core`.
"""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

from ccsd_core.errors import EmptySubsetError, UnknownModalityError


class Modality(enum.IntEnum):
    """One MR sequence. Its value is its channel."""

    FLAIR = 0
    T1 = 1
    T1C = 2
    T2 = 3

    @property
    def label(self) -> str:
        """The name as radiologists write it: `T1c`, not `T1C`."""
        return "T1c" if self is Modality.T1C else self.name

    @classmethod
    def parse(cls, text: str) -> "Modality":
        """Read a name in any case, with the synonyms in common use.

        >>> Modality.parse("t1ce").label, Modality.parse("t2f").label
        ('T1c', 'FLAIR')

        Raises:
            UnknownModalityError: If the name is not a modality.
        """
        name = re.sub(r"[\s_+-]", "", text.strip().lower())
        for modality, names in SYNONYMS.items():
            if name in names:
                return modality
        raise UnknownModalityError(text.strip(), known=[m.label for m in cls])


SYNONYMS: dict[Modality, tuple[str, ...]] = {
    Modality.FLAIR: ("flair", "t2flair", "t2f", "fl"),
    Modality.T1: ("t1", "t1n", "t1w", "t1native"),
    Modality.T1C: ("t1c", "t1ce", "t1gd", "t1post", "t1cc", "t1wce", "t1contrast"),
    Modality.T2: ("t2", "t2w"),
}
"""Lower-case names of each modality in published data sets and common use, punctuation removed."""


@dataclass(frozen=True, slots=True)
class ModalitySubset:
    """A non-empty set of modalities, kept as a bitmask.

    >>> pair = ModalitySubset.of(Modality.FLAIR, Modality.T2)
    >>> bin(pair.bits), len(pair), str(pair)
    ('0b1001', 2, 'FLAIR+T2')
    >>> pair.issubset(ModalitySubset.full())
    True
    """

    bits: int

    def __post_init__(self) -> None:
        if self.bits == 0:
            raise EmptySubsetError
        assert 0 < self.bits < 1 << len(Modality), f"no such modality bits: {self.bits:#b}"

    @classmethod
    def of(cls, *modalities: Modality) -> Self:
        return cls(sum(1 << m for m in set(modalities)))

    @classmethod
    def full(cls) -> Self:
        return cls.of(*Modality)

    @classmethod
    def every(cls) -> "tuple[ModalitySubset, ...]":
        """All 15 subsets, by size and then by channel: the row order of every table we print."""
        return _subsets_of((1 << len(Modality)) - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `"FLAIR+T2"`: any order, any case, comma or plus, synonyms accepted.

        >>> str(ModalitySubset.parse("t1ce, flair"))
        'FLAIR+T1c'

        Raises:
            UnknownModalityError: If a name is not a modality.
            EmptySubsetError: If the text contains no name.
        """
        names = [name for name in re.split(r"[+,;\s]+", text) if name]
        return cls.of(*(Modality.parse(name) for name in names))

    @property
    def label(self) -> str:
        """With spaces, for text on screen: `FLAIR + T1c`. `str` has none, for files and tables."""
        return " + ".join(m.label for m in self)

    @property
    def missing(self) -> tuple[Modality, ...]:
        """The modalities that are not in it."""
        return tuple(m for m in Modality if m not in self)

    def subsets(self) -> tuple["ModalitySubset", ...]:
        """Every non-empty subset of this one (itself included), in table order."""
        return _subsets_of(self.bits)

    def of_size(self, count: int) -> tuple["ModalitySubset", ...]:
        """Its subsets with exactly `count` modalities, in table order."""
        return _subsets_of_size(self.bits, count)

    def toggled(self, modality: Modality) -> Self:
        """The subset with `modality` added if absent, removed if present.

        Raises:
            EmptySubsetError: If `modality` was the only one.
        """
        return type(self)(self.bits ^ (1 << modality))

    def issubset(self, other: "ModalitySubset") -> bool:
        return self.bits & ~other.bits == 0

    def __contains__(self, modality: Modality) -> bool:
        return bool(self.bits >> modality & 1)

    def __iter__(self) -> Iterator[Modality]:
        return (m for m in Modality if m in self)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __str__(self) -> str:
        return "+".join(m.label for m in self)


@cache
def _subsets_of(bits: int) -> tuple[ModalitySubset, ...]:
    """Non-empty subsets of `bits` in table order; cached, since every slice change needs them."""
    subsets = (ModalitySubset(b) for b in range(1, bits + 1) if not b & ~bits)
    return tuple(sorted(subsets, key=lambda s: (len(s), tuple(s))))


@cache
def _subsets_of_size(bits: int, count: int) -> tuple[ModalitySubset, ...]:
    return tuple(s for s in _subsets_of(bits) if len(s) == count)
