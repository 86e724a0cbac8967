"""Applying a corruption to a case.

    case ──the sequence──▶ values ──crop to the head──▶ Scan ──kind──▶ Scan ──put back──▶ case

It acts on raw values, before any normalisation; labels, other sequences and the grid do not change.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ccsd_core.data.corruption.bias import bias
from ccsd_core.data.corruption.blur import blur
from ccsd_core.data.corruption.contrast import contrast
from ccsd_core.data.corruption.kinds import KINDS, Corruption
from ccsd_core.data.corruption.misregistration import margin_mm, misregistration
from ccsd_core.data.corruption.motion import motion
from ccsd_core.data.corruption.noise import noise
from ccsd_core.data.corruption.resolution import resolution
from ccsd_core.data.corruption.scan import Scan, signal_levels
from ccsd_core.data.corruption.thick_slices import thick_slices
from ccsd_core.domain.box import tight_box
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.errors import CaseError

FUNCTIONS: dict[str, Callable[..., Scan]] = {
    "noise": noise,
    "motion": motion,
    "bias": bias,
    "blur": blur,
    "thick-slices": thick_slices,
    "resolution": resolution,
    "contrast": contrast,
    "misregistration": misregistration,
}
"""The function of each kind in `KINDS`, from a scan, random numbers and the amounts of a
severity."""

MARGINS_MM: dict[str, Callable[..., float]] = {"misregistration": margin_mm}
"""Margin around the head for kinds that move it, from the amounts of a severity."""


def corrupted(case: Case, corruption: Corruption, *, seed: int = 0) -> Case:
    """The case with one sequence corrupted; everything else is unchanged.

    The result depends only on the arguments. A seed gives different artefacts for each case, kind
    and sequence, but the same for all severities, so that the artefact grows with the severity.

    Args:
        case: The case.
        corruption: The corruption.
        seed: Seed of the random numbers.

    Raises:
        CaseError: If the case does not have the sequence.
    """
    if corruption.sequence not in case.volumes:
        raise CaseError(
            f"case {case.id!r} has no {corruption.sequence.label} to corrupt ({corruption}): "
            f"it has {case.available.label}"
        )
    volume = corrupted_volume(
        case.volumes[corruption.sequence],
        corruption.kind,
        KINDS[corruption.kind].amounts(corruption.severity),
        random_numbers(case.id, corruption.kind, corruption.sequence, seed=seed),
    )
    bad = f"{corruption.kind}, {corruption.amount}"
    note = f"{corruption.sequence.label} was corrupted on purpose: {bad}"
    return replace(
        case,
        volumes={**case.volumes, corruption.sequence: volume},
        notes=(*case.notes, note),
    )


def random_numbers(
    case_id: str, kind: str, sequence: Modality, *, seed: int = 0
) -> np.random.Generator:
    """The random numbers of one kind on one sequence of a case."""
    names = (zlib.crc32(text.encode()) for text in (case_id, kind))
    return np.random.default_rng([seed, sequence, *names])


def corrupted_volume(
    volume: Volume, kind: str, amounts: tuple[float, ...], rng: np.random.Generator
) -> Volume:
    """One sequence with one corruption.

    Args:
        volume: The sequence.
        kind: A name in `KINDS`.
        amounts: How much, as `CorruptionKind.amounts` gives it.
        rng: Random numbers.
    """
    image = volume.array.astype(np.float32, copy=False)
    outside, inside, zero = signal_levels(image)
    margin_mm = MARGINS_MM[kind](*amounts) if kind in MARGINS_MM else 0.0
    head = tight_box(inside, margin=math.ceil(margin_mm / min(volume.spacing_mm)))
    if head is None:
        return volume
    signal = np.where(inside[head], image[head] - np.float32(zero), np.float32(0))
    scan = Scan(signal, inside[head], volume.spacing_mm)
    bad = FUNCTIONS[kind](scan, rng, *amounts)
    result = np.full(image.shape, outside, np.float32)
    result[head] = np.where(bad.inside, bad.signal + np.float32(zero), np.float32(outside))
    return volume.with_array(result)
