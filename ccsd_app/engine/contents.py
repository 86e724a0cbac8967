"""What a case contains, as digests: the key of results that are kept, and the check of sessions."""

import hashlib
from collections.abc import Mapping

import numpy as np

from ccsd_core.domain.case import Case
from ccsd_core.domain.volume import Volume

LABELS = "labels"
"""The key of the expert labels beside the names of sequences."""
_BYTES = 16

Contents = Mapping[str, str]
"""A digest of voxels and grid by the name of the sequence, or `labels`."""


def contents_of(case: Case) -> Contents:
    """Digests of what a case contains; two cases with the same ones have the same results."""
    found = {
        modality.name: _digest(case.volumes[modality], b"") for modality in sorted(case.volumes)
    }
    if case.reference is not None:
        found[LABELS] = _digest(case.reference, repr(case.scheme).encode())
    return found


def _digest(volume: Volume, more: bytes) -> str:
    digest = hashlib.blake2b(more, digest_size=_BYTES)
    digest.update(repr((volume.shape, volume.array.dtype.str)).encode())
    digest.update(np.ascontiguousarray(volume.world_from_voxel, np.float64).tobytes())
    digest.update(np.ascontiguousarray(volume.array).data)
    return digest.hexdigest()
