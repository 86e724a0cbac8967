"""A cache of prepared studies; the key is a hash of their inputs.

key = SHA-256 of the images, the user's adjustments, and the versions of the method, this software
and the libraries

    cache/prepared/KEY/images.npz, record.json     (the user's cache folder, or $CCSD_CACHE)

An entry is written to a temporary folder and moved when complete; an unreadable one is made again.
Entries beyond `MAX_STUDIES` are removed, those used longest ago first.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.adjustments import Adjustments, Step
from ccsd_core.preparation.libraries import versions
from ccsd_core.preparation.needs import needs_of
from ccsd_core.preparation.prepare import prepare
from ccsd_core.preparation.prepared import Original, Prepared, as_brats
from ccsd_core.preparation.record import FORMAT, Done, Record
from ccsd_core.preparation.scans import Scans, check
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.documents import parsed_json
from ccsd_core.storage.npz import DAMAGED_ARCHIVE
from ccsd_core.user_cache import user_cache
from ccsd_core.version import software_version

MAX_STUDIES = 20
"""Number of studies that are kept; each takes 30 to 60 MB."""
METHOD = 3
"""Version of the method: to be raised when `prepare` gives other images for the same study."""
_IMAGES, _RECORD = "images.npz", "record.json"


def prepared_folder() -> Path:
    """The folder of prepared studies."""
    return user_cache() / "prepared"


def prepare_once(
    scans: Scans, adjustments: Adjustments | None = None, *, folder: Path | None = None
) -> Steps[Prepared]:
    """As `prepare`, but from the cache if the study was prepared before.

    Args:
        scans: The study.
        adjustments: The user's adjustments.
        folder: Folder of the cache; `prepared_folder()` if not given.

    Raises:
        CaseError: If the sequences are not of one head.
        MissingLibraryError: If a library that is needed is not installed.
    """
    adjustments = adjustments or Adjustments()
    check(scans)
    if needs_of(scans.volumes).nothing and not adjustments.changes_anything:
        return (yield from prepare(scans, adjustments))
    folder = prepared_folder() if folder is None else folder
    entry = folder / key_of(scans, adjustments)
    known = _read(entry, scans, adjustments)
    if known is not None:
        yield Progress(1, 1, "prepared before")
        return known
    made = yield from prepare(scans, adjustments)
    with contextlib.suppress(OSError):  # without disk space, the work is repeated next time
        _write(entry, made)
        _remove_oldest(folder)
    return made


def key_of(scans: Scans, adjustments: Adjustments) -> str:
    """The key of a prepared study."""
    digest = hashlib.sha256()
    about = (METHOD, FORMAT, software_version(), versions(), adjustments.as_json())
    digest.update(json.dumps(about, sort_keys=True).encode())
    for m, volume in scans.volumes.items():
        digest.update(f"{m.label} {volume.shape} {volume.array.dtype}".encode())
        digest.update(np.round(volume.world_from_voxel, 6).tobytes())
        digest.update(np.ascontiguousarray(volume.array).tobytes())
    return digest.hexdigest()


def _write(entry: Path, made: Prepared) -> None:
    entry.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=entry.parent))
    try:
        arrays: dict[str, Any] = {m.label: v.array for m, v in made.volumes.items()}
        if made.brain is not None:
            arrays["brain"] = made.brain.array
        np.savez_compressed(temporary / _IMAGES, **arrays)
        content = made.record.as_json()
        content["sha256"] = _sha256(temporary / _IMAGES)
        content["kept_grid"] = not made.record.grid_is_new
        (temporary / _RECORD).write_text(json.dumps(content), encoding="utf-8")
        if entry.exists():
            shutil.rmtree(entry)
        temporary.rename(entry)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _read(entry: Path, scans: Scans, adjustments: Adjustments) -> Prepared | None:
    """A cached study; None if there is none, or it is incomplete."""
    try:
        content = parsed_json((entry / _RECORD).read_text(encoding="utf-8"))
        if content["sha256"] != _sha256(entry / _IMAGES):
            return None
        with (entry / _IMAGES).open("rb") as file, np.load(file) as arrays:
            images = {name: arrays[name] for name in arrays.files}
        os.utime(entry)
        return _prepared(content, images, scans, adjustments)
    except DAMAGED_ARCHIVE:
        return None


def _prepared(
    content: dict[str, Any], images: dict[str, Any], scans: Scans, adjustments: Adjustments
) -> Prepared:
    affine = np.asarray(content["grid"]["world_from_voxel"], np.float64)
    x, y, z = content["grid"]["shape"]
    a, b, c = map(float, content["centre_mm"])
    by_label = {m.label: m for m in Modality}
    transforms = {by_label[k]: np.asarray(t, np.float64) for k, t in content["transforms"].items()}
    reference = by_label[content["reference"]["sequence"]]
    record = Record(
        scans.id,
        reference,
        content["reference"]["why"],
        tuple(_done(step, by_label) for step in content["steps"]),
        transforms,
        tuple(content["warnings"]),
        adjustments.as_json(),
        ((x, y, z), affine),
        (a, b, c),
    )
    volumes = {m: Volume(images[m.label], affine) for m in scans.volumes}
    grid = volumes[reference]
    originals = {
        m: Original(i.stored, i.volume.world_from_voxel, i.volume.shape, transforms[m])
        for m, i in scans.images.items()
    }
    stored = scans.images[reference].stored if content["kept_grid"] else as_brats(grid)
    brain = Volume(images["brain"], affine) if "brain" in images else None
    return Prepared(volumes, brain, originals, record, stored, scans.notes)


def _done(step: dict[str, Any], by_label: dict[str, Modality]) -> Done:
    known = {"step", "done", "why", "sequence"}
    numbers = {name: float(value) for name, value in step.items() if name not in known}
    of = by_label[step["sequence"]] if "sequence" in step else None
    return Done(Step(step["step"]), step["done"], step["why"], of, numbers)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _remove_oldest(folder: Path) -> None:
    entries = [e for e in folder.iterdir() if e.is_dir() and not e.name.startswith(".")]
    entries.sort(key=lambda e: e.stat().st_mtime, reverse=True)
    for old in entries[MAX_STUDIES:]:
        shutil.rmtree(old, ignore_errors=True)
