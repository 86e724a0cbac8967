"""Digests of the images of a case: the key of stored results, and the check of sessions."""

import hashlib
from collections.abc import Mapping

import numpy as np

from ccsd_core.domain.case import Case
from ccsd_core.domain.volume import Volume

LABELS = "labels"
"""The key of the expert labels, next to the names of sequences."""
_BYTES = 16

Contents = Mapping[str, str]
"""A digest of voxels and grid, by name of the sequence or `labels`."""


def contents_of(case: Case) -> Contents:
    """Digests of the images of a case; cases with equal digests have equal results."""
    found = {
        modality.name: _digest(case.volumes[modality], b"") for modality in sorted(case.volumes)
    }
    if case.reference is not None:
        found[LABELS] = _digest(case.reference, repr(case.scheme).encode())
    return found


def _digest(volume: Volume, prefix: bytes) -> str:
    digest = hashlib.blake2b(prefix, digest_size=_BYTES)
    digest.update(repr((volume.shape, volume.array.dtype.str)).encode())
    digest.update(np.ascontiguousarray(volume.world_from_voxel, np.float64).tobytes())
    digest.update(np.ascontiguousarray(volume.array).data)
    return digest.hexdigest()
