"""One series of a study: the headers of its images, and their stack."""

from collections import Counter
from dataclasses import dataclass, field

from ccsd_core.dicom.instance import Acquisition, Instance
from ccsd_core.dicom.stack import Stack


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Images of one contrast in one stack.

    Args:
        label: Its name for the user: the scanner's series number, with a letter if the scanner's
            series holds several stacks or contrasts.
        instances: Its files, ordered by instance number.
        stack: The geometry of its slices.
        stated_images: Stated number of images in the acquisition (all stacks); None if not stated.
        received: Number of those images that are present.
    """

    label: str
    instances: tuple[Instance, ...] = field(repr=False)
    stack: Stack = field(repr=False)
    stated_images: int | None = None
    received: int = 0

    @property
    def first(self) -> Instance:
        return self.instances[0]

    @property
    def name(self) -> str:
        """Name in messages: `series 5 (T2 TSE tra)`."""
        return f"series {self.label}" + (f" ({self.description})" if self.description else "")

    @property
    def description(self) -> str:
        """Its description; the protocol's name if there is none."""
        return self.first.description or self.first.protocol

    @property
    def acquisition(self) -> Acquisition:
        return self.first.acquisition

    @property
    def count(self) -> int:
        """Number of images."""
        return sum(instance.frames for instance in self.instances)

    @property
    def is_enhanced(self) -> bool:
        """Whether its slices lie in multi-frame files."""
        return any(instance.is_enhanced for instance in self.instances)

    @property
    def is_3d(self) -> bool:
        """Whether it was acquired as one volume; inferred from thin slices if not stated."""
        stated = self.acquisition.dimension
        if stated:
            return stated == "3D"
        return 0 < self.stack.spacing_mm[2] <= THIN_MM and self.stack.position_count >= MANY_SLICES

    @property
    def started_s(self) -> float | None:
        """Start of its first image's acquisition, in seconds since midnight."""
        times = [i.started_s for i in self.instances if i.started_s is not None]
        return min(times, default=None)

    @property
    def missing(self) -> int:
        """Number of missing images, inferred from the headers of the others."""
        not_received = (self.stated_images or 0) - self.received
        return max(self.stack.missing, not_received, 0)

    @property
    def damaged(self) -> tuple[Instance, ...]:
        """Files with truncated pixel data."""
        return tuple(i for i in self.instances if i.lacks_bytes or not i.has_pixels)


THIN_MM = 2.0
MANY_SLICES = 60
"""Without a stated dimension, at least this many slices this thin count as 3-D."""


def labels_of(numbers: list[int | None]) -> list[str]:
    """Unique labels of series, in the given order.

    >>> labels_of([3, 5, 5, None])
    ['3', '5a', '5b', 'x']
    """
    bare = ["x" if number is None else str(number) for number in numbers]
    counts, seen = Counter(bare), Counter[str]()
    found: list[str] = []
    for name in bare:
        found.append(name + _letters(seen[name]) if counts[name] > 1 else name)
        seen[name] += 1
    return found


def _letters(index: int) -> str:
    """The index as a letter, then as two: a to z, aa, ab and so on."""
    rest, last = divmod(index, 26)
    return ("" if rest == 0 else _letters(rest - 1)) + chr(ord("a") + last)
