"""The segmentation of a case by a model: regions, and their provenance."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import MISSING, NOT_OPENED, StoredGrid
from ccsd_core.domain.modality import Modality, ModalitySubset
from ccsd_core.domain.region import LabelScheme, Region
from ccsd_core.domain.volume import Volume

DISCLAIMER = "Research and teaching only, not for diagnosis."
SEEN_IN_TRAINING = "seen in training"
"""The note on a result if its model was trained on the case."""

NOTHING: Mapping[Modality, str] = MappingProxyType({})
"""No sequence is degraded."""


def describe_input(
    subset: ModalitySubset,
    available: ModalitySubset,
    not_opened: Collection[Modality | None],
    *,
    degraded: Mapping[Modality, str] = NOTHING,
) -> str:
    """The sequences given to the network, and why the others were not.

    Args:
        subset: The sequences given to the network.
        available: The sequences the case has.
        not_opened: Sequences whose files were not opened.
        degraded: What was done to sequences on purpose.

    >>> use, have = ModalitySubset.parse("FLAIR+T1"), ModalitySubset.parse("FLAIR+T1+T2")
    >>> describe_input(use, have, [])
    'input: FLAIR, T1 · T2 withheld · T1c missing'
    >>> describe_input(have, have, [Modality.T1C])
    'input: FLAIR, T1, T2 · T1c not opened'
    >>> describe_input(use, have, [], degraded={Modality.T1: "blur 2 mm"})
    'input: FLAIR, T1 [degraded: blur 2 mm] · T2 withheld · T1c missing'
    """
    withheld = [m.label for m in subset.missing if m in available]
    absent = [m for m in subset.missing if m not in available]
    unread = [m.label for m in absent if m in not_opened]
    missing = [m.label for m in absent if m not in not_opened]
    given = (f"{m.label} [degraded: {degraded[m]}]" if m in degraded else m.label for m in subset)
    parts = [f"input: {', '.join(given)}"]
    if withheld:
        parts.append(f"{', '.join(withheld)} withheld")
    if unread:
        parts.append(f"{', '.join(unread)} {NOT_OPENED}")
    if missing:
        parts.append(f"{', '.join(missing)} {MISSING}")
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Model, subset and software that a segmentation was made with.

    Args:
        case_id: Id of the case.
        model_name: The model's name, from its manifest.
        model_sha256: Hash of the weights file.
        subset: The sequences the network was given.
        available: The sequences the case has.
        software: Version of this program.
        seen_in_training: Whether the model was trained on this case.
        not_opened: Sequences whose files were not opened; None stands for the expert labels, which
            `as_dict` omits.
        degraded: What was done to sequences on purpose.
    """

    case_id: str
    model_name: str
    model_sha256: str
    subset: ModalitySubset
    available: ModalitySubset
    software: str
    seen_in_training: bool
    not_opened: frozenset[Modality | None] = frozenset()
    degraded: Mapping[Modality, str] = field(default_factory=dict[Modality, str])

    def as_dict(self) -> dict[str, object]:
        """The provenance as JSON values."""
        fields = asdict(self)
        del fields["degraded"]
        degraded = {m.label: text for m, text in self.degraded.items()}
        return {
            **fields,
            **({"degraded": degraded} if degraded else {}),
            "subset": str(self.subset),
            "available": str(self.available),
            "not_opened": [m.label for m in Modality if m in self.not_opened],
        }

    @property
    def lines(self) -> tuple[str, ...]:
        """The provenance as lines that users read."""
        seen = (SEEN_IN_TRAINING,) if self.seen_in_training else ()
        model = f"model: {self.model_name} {self.model_sha256}"
        return (f"case: {self.case_id}", self.describe_input(), model, self.software, *seen)

    @property
    def degraded_text(self) -> str:
        """What was done to sequences on purpose: `T1c: noise 9 %`; "" for nothing."""
        return "; ".join(f"{m.label}: {text}" for m, text in self.degraded.items())

    def describe_input(self) -> str:
        """The line about the input that every picture contains: see `describe_input`."""
        return describe_input(self.subset, self.available, self.not_opened, degraded=self.degraded)


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Nested regions predicted from one subset, on the case's canonical grid.

    Args:
        regions: Boolean (3, x, y, z) in the order WT, TC, ET, nested.
        grid: The case's grid (its array is not used).
        stored: The grid on disk that files are written to.
        scheme: Label scheme for files.
        provenance: Model, subset and software that it was made with.
    """

    regions: NDArray[np.bool_]
    grid: Volume
    stored: StoredGrid
    scheme: LabelScheme
    provenance: Provenance

    def __post_init__(self) -> None:
        assert self.regions.shape == (len(Region), *self.grid.shape), self.regions.shape

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The label map (x, y, z) in `scheme`."""
        return self.scheme.labels(self.regions)

    def volume_ml(self, region: Region) -> float:
        """Volume of one region in millilitres."""
        return int(self.regions[region].sum()) * self.grid.voxel_ml

    def volumes_ml(self) -> dict[str, float]:
        """Volume of every region by name, in millilitres."""
        return {region.name: self.volume_ml(region) for region in Region}
