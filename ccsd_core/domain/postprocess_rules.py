"""Post-processing rules, applied to a network's output before regions are shown and scored.

A model's manifest lists its rules (`postprocess`), each as text; segmentation, validation and
evaluation apply exactly these rules to the output.

    rule                    what it does
    within_images           no tumour where all given sequences are background
    threshold:ET=0.6        a voxel is ET above a probability of 0.6 instead of one half
    nested                  a voxel of ET also belongs to TC, and a voxel of TC to WT
    min_component:WT=0.5    connected parts of WT (26 neighbours) below 0.5 mL are removed
    min_volume:ET=0.2       an ET of less than 0.2 mL in total is removed; its voxels stay in TC

They act in this order, whatever the order of the list. The last two act on nested regions and
need `nested`. ``none`` alone leaves the network's output unchanged; each region is thresholded
independently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

from ccsd_core.domain.region import Region
from ccsd_core.errors import BadInputError

RuleName = Literal["within_images", "threshold", "nested", "min_component", "min_volume"]

PLAIN: tuple[RuleName, ...] = ("within_images", "nested")
"""Rules without region or amount."""

HALF = 0.5
"""The probability threshold unless a rule sets another."""

BY_REGION: tuple[RuleName, ...] = ("threshold", "min_component", "min_volume")
"""Rules with a region and an amount: a probability, or mL."""

NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of post-processing.

    Args:
        name: Name of the rule.
        region: The region it concerns; None if it concerns all.
        amount: A probability between 0 and 1, or a volume in mL.
    """

    name: RuleName
    region: Region | None = None
    amount: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            BadInputError: If the text is not a rule.
        """
        name, colon, rest = text.strip().partition(":")
        if not colon and name in PLAIN:
            return cls(name)
        region, equals, amount = rest.partition("=")
        if name not in BY_REGION or not equals or region.upper() not in Region.__members__:
            raise BadInputError(_unknown(text))
        try:
            value = float(amount)
        except ValueError:
            raise BadInputError(_unknown(text)) from None
        if not (0 < value < 1 if name == "threshold" else 0 < value < 1e4):
            wanted = "a probability between 0 and 1" if name == "threshold" else "a volume in mL"
            raise BadInputError(f"post-processing {text!r}: {amount} is not {wanted}")
        return cls(name, Region[region.upper()], value)

    def __str__(self) -> str:
        if self.region is None:
            return self.name
        return f"{self.name}:{self.region.name}={self.amount:g}"


@dataclass(frozen=True, slots=True)
class Postprocess:
    """A list of rules; an empty list leaves the output unchanged.

    >>> str(Postprocess.parse("nested, within_images, min_volume:et=0.2"))
    'nested, within_images, min_volume:ET=0.2'
    >>> Postprocess.parse("none").rules
    ()
    """

    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        for rule in self.rules:
            if rule.name in ("min_component", "min_volume") and not self.has("nested"):
                raise BadInputError(
                    f"post-processing {str(rule)!r} acts on nested regions: add nested"
                )
        cut = [rule.region for rule in self.named("threshold")]
        for region in Region:
            if cut.count(region) > 1:
                raise BadInputError(
                    f"post-processing {str(self)!r} has several thresholds of {region.name}: "
                    "keep one"
                )

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Rules from a manifest's list of strings.

        Raises:
            BadInputError: If one of them is not a rule.
        """
        return cls(tuple(Rule.parse(text) for text in texts))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Rules from one line, separated by commas, or `none`.

        Raises:
            BadInputError: If one of them is not a rule.
        """
        if text.strip().lower() == NONE:
            return cls()
        return cls.of(part for part in text.split(",") if part.strip())

    def has(self, name: RuleName) -> bool:
        """Whether such a rule is in the list."""
        return any(rule.name == name for rule in self.rules)

    def named(self, name: RuleName) -> tuple[Rule, ...]:
        """The rules of a name, in the order of the list."""
        return tuple(rule for rule in self.rules if rule.name == name)

    def threshold(self, region: Region) -> float:
        """The probability above which a voxel belongs to the region."""
        return next((r.amount for r in self.named("threshold") if r.region is region), HALF)

    def __str__(self) -> str:
        return ", ".join(map(str, self.rules)) or NONE


DEFAULT_POSTPROCESS = Postprocess.of(("within_images", "nested"))
"""The rules of models whose manifest lists none."""


def _unknown(text: str) -> str:
    regions = ", ".join(f"{name}:REGION=AMOUNT" for name in BY_REGION)
    return f"post-processing {text!r} is not known: write none, {', '.join(PLAIN)}, {regions}"
