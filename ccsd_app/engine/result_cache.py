"""Results of subsets on disk, so that a case opened again shows them at once.

    CACHE/results/KEY/FLAIR+T2.npz      one subset: cropped labels and numbers
                  └── contents of the case, model, its post-processing, version

Results of the cases used longest ago are deleted if the folder is too large. A result whose file is
damaged is computed again.
"""

import contextlib
import hashlib
import io
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ccsd_app.engine.contents import Contents
from ccsd_app.session.result import SubsetResult
from ccsd_core.data.degradation.degradations import Degradations
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.domain.region import Region
from ccsd_core.errors import CcsdError, ResourceError
from ccsd_core.storage.atomic import write_bytes
from ccsd_core.storage.npz import DAMAGED_ARCHIVE
from ccsd_core.user_cache import user_cache
from ccsd_core.version import VERSION

FORMAT = 1
DEFAULT_CAP_MB = 500
_MB = 1_000_000
_KEY_BYTES = 20


def results_folder() -> Path:
    """The folder of stored results."""
    return user_cache() / "results"


def result_key(
    contents: Contents, *, model_sha256: str, postprocess: str, as_scanned: bool = False
) -> str:
    """The name under which the results of a case are stored.

    Args:
        contents: Digests of the images.
        model_sha256: Hash of the model.
        postprocess: The post-processing rules of its predictions.
        as_scanned: Whether a raw case was used as scanned, though it would be prepared by default.
    """
    key_parts = (FORMAT, VERSION, sorted(contents.items()), model_sha256, postprocess, as_scanned)
    return hashlib.blake2b(repr(key_parts).encode(), digest_size=_KEY_BYTES).hexdigest()


def degraded_key(key: str, degradations: Degradations, *, case_id: str) -> str:
    """The name under which results of degraded images are stored.

    Args:
        key: The key of the results of the original images.
        degradations: The degradations of the images.
        case_id: The case's id, which seeds the random numbers.
    """
    key_parts = (key, str(degradations), case_id)
    return hashlib.blake2b(repr(key_parts).encode(), digest_size=_KEY_BYTES).hexdigest()


class ResultCache:
    """Stores results on disk.

    Args:
        folder: Their folder, made when it is first needed.
        cap_mb: Its largest size in MB; 0 stores nothing.
    """

    def __init__(self, folder: Path, *, cap_mb: int = DEFAULT_CAP_MB) -> None:
        self._folder = folder
        self.cap_mb = cap_mb

    def load(self, key: str) -> dict[ModalitySubset, SubsetResult]:
        """The results of a key, which counts as used now."""
        folder = self._folder / key
        found: dict[ModalitySubset, SubsetResult] = {}
        for path in sorted(folder.glob("*.npz")):
            result = _read(path)
            if result is None:
                with contextlib.suppress(OSError):
                    path.unlink()
            else:
                found[result.subset] = result
        if found:
            with contextlib.suppress(OSError):
                os.utime(folder)
        return found

    def save(self, key: str, result: SubsetResult) -> None:
        """Store a result; if it cannot be written, it is computed again the next time."""
        if self.cap_mb > 0:
            with contextlib.suppress(ResourceError):
                write_bytes(self._folder / key / f"{result.subset}.npz", _bytes(result))

    def prune(self) -> None:
        """Delete the results of the cases used longest ago, until the folder is small enough."""
        folders = sorted(self._folders(), key=lambda folder: folder.stat().st_mtime, reverse=True)
        total = 0
        for folder in folders:
            total += _size(folder)
            if total > self.cap_mb * _MB:
                shutil.rmtree(folder, ignore_errors=True)

    def clear(self) -> None:
        """Delete all results."""
        for folder in self._folders():
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def size_mb(self) -> float:
        """Size of the folder in MB."""
        return sum(map(_size, self._folders())) / _MB

    def _folders(self) -> list[Path]:
        try:
            return [folder for folder in self._folder.iterdir() if folder.is_dir()]
        except OSError:
            return []


def _bytes(result: SubsetResult) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        nested_labels=result.nested_labels,
        offset_voxel=np.array(result.offset_voxel, np.int64),
        volumes_ml=_row(result.volumes_ml),
        dice=_row(result.dice),
        agreement=_row(result.agreement),
        milliseconds=np.array([result.milliseconds]),
        subset=np.array([result.subset.bits], np.int64),
    )
    return buffer.getvalue()


def _read(path: Path) -> SubsetResult | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            subset = ModalitySubset(int(file["subset"][0]))
            labels = np.asarray(file["nested_labels"])
            x, y, z = (int(v) for v in file["offset_voxel"])
            volumes = _by_region(file["volumes_ml"])
            valid = labels.dtype == np.uint8 and labels.ndim == 3 and str(subset) == path.stem
            if not valid or volumes is None or min(x, y, z) < 0:
                return None
            return SubsetResult(
                subset,
                labels,
                (x, y, z),
                volumes,
                _by_region(file["dice"]),
                _by_region(file["agreement"]),
                float(file["milliseconds"][0]),
            )
    except (*DAMAGED_ARCHIVE, CcsdError):
        return None


def _row(values: Mapping[Region, float] | None) -> NDArray[np.float64]:
    """Three numbers, in the order of regions; none where there are none."""
    return np.array([] if values is None else [values[region] for region in Region], np.float64)


def _by_region(row: NDArray[np.float64]) -> dict[Region, float] | None:
    if row.size == 0:
        return None
    return {region: float(value) for region, value in zip(Region, row, strict=True)}


def _size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.glob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
