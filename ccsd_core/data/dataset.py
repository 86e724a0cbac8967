"""Opening the labelled cases of a run: each is read and prepared once, by several processes.

    paths ──choose──▶ keys ───────▶ ┌ process ┐ ──▶ in memory           ┐
              │                       └ process ┘ ──▶ or files on a disk  ┴──▶ CaseSet
              └─ no labels: skipped

A case on a 2 mm grid takes about 7 MB, on a 1 mm grid about 50: a thousand cases fit into the
memory of a server at 2 mm, and onto its disk at 1 mm.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import torch

from ccsd_core.data.cache_limit import limit_cache, mark_used
from ccsd_core.data.case_set import CaseSet, TrainingCase, check_unique
from ccsd_core.data.case_store import CaseStore
from ccsd_core.data.preparation_key import PreparationKey, preparation_key
from ccsd_core.data.processes import call_in_processes
from ccsd_core.data.refused_cases import Refusal, RefusedCase, ReturnRefusals, check_refused
from ccsd_core.domain.region import LabelScheme
from ccsd_core.errors import CaseError
from ccsd_core.progress import Progress, Steps
from ccsd_core.storage.cases.choose import choose
from ccsd_core.storage.cases.inventory import inventory
from ccsd_core.storage.cases.label_folders import with_labels_from
from ccsd_core.storage.names.identity import unique_ids

__all__ = ["CaseSet", "TrainingCase", "case_ids", "open_cases"]


def case_ids(paths: Sequence[Path]) -> dict[str, Path]:
    """The cases by unique name, in their order, without opening a file."""
    return {name: path for path, name in unique_ids(paths).items()}


def open_cases(
    paths: Sequence[Path],
    *,
    spacing_mm: float,
    lattice: tuple[int, int, int] = (16, 16, 16),
    cache: Literal["memory", "disk"] = "memory",
    cache_dir: Path | None = None,
    cache_limit: int | None = None,
    workers: int = 0,
    ids: Mapping[Path, str] | None = None,
    scheme: LabelScheme | None = None,
    labels: Path | None = None,
) -> Steps[CaseSet]:
    """Read and prepare every labelled case; unlabelled ones are skipped.

    Args:
        paths: Path of each case.
        spacing_mm: The network's voxel edge.
        lattice: Boxes begin and end at multiples of these voxels.
        cache: Whether prepared cases are kept in memory, or on disk for later runs.
        cache_dir: Folder of the prepared cases; for `disk`.
        cache_limit: Bytes that it may take: cases that this run does not need are removed, those
            used longest ago first. None: no limit.
        workers: Number of processes; 0 for the current process.
        scheme: Label scheme if the layout does not determine it.
        labels: Folder of the expert labels, if they are not with the images.
        ids: Names of the cases, if they have to be unique among further cases.

    Raises:
        CaseError: If no case has labels.
        BadInputError: If cases cannot be used; the message names them.
        ResourceError: If the cache cannot be written, or a process dies.
    """
    keys, skipped = [], []
    ids = unique_ids(paths) if ids is None else ids
    for i, path in enumerate(paths):
        yield Progress(i, len(paths), f"checking {path.name}")
        files = with_labels_from(choose(inventory(path)).named(ids[path]), labels)
        if files.labels is None:
            skipped.append(files.id)
        else:
            key = preparation_key(
                path,
                files,
                spacing_mm=spacing_mm,
                lattice=lattice,
                scheme=scheme,
                elsewhere=labels is not None,
            )
            keys.append(key)
    if not keys:
        raise CaseError("no labelled case to train on: give a folder of cases with label files")
    check_unique([key.id for key in keys])
    if cache == "disk":
        assert cache_dir is not None, "a cache on disk has a folder"
        cases = yield from _on_disk(keys, skipped, folder=cache_dir, workers=workers)
        names = {key.name for key in keys}
        mark_used(names, folder=cache_dir)
        if cache_limit is not None:
            limit_cache(cache_dir, limit=cache_limit, keep=names)
    else:
        cases = yield from _in_memory(keys, skipped, workers=workers)
    yield Progress(len(keys), len(keys), f"{len(keys)} cases ready")
    return cases


def _in_memory(
    keys: Sequence[PreparationKey], skipped: Sequence[str], *, workers: int
) -> Steps[CaseSet]:
    cases: list[TrainingCase] = []
    notes: list[str] = []
    refused: list[RefusedCase] = []
    prepare = ReturnRefusals(PreparationKey.prepare)
    prepared = call_in_processes(prepare, keys, workers=min(workers, len(keys)))
    for i, key in enumerate(keys):
        yield Progress(i, len(keys), f"reading {key.id}")
        arrays = next(prepared)
        if isinstance(arrays, Refusal):
            refused.append(RefusedCase(key.id, arrays))
            continue
        if refused:
            continue  # training will not start, but other problems are still collected
        images, regions = (torch.from_numpy(arrays[name]) for name in ("images", "regions"))
        cases.append(TrainingCase(key.id, images, torch.tensor(arrays["present"]), regions))
        notes += [f"{key.id}: {note}" for note in arrays["notes"]]
    check_refused(refused, of=len(keys))
    return CaseSet.of(cases, skipped=skipped, notes=notes)


def _on_disk(
    keys: Sequence[PreparationKey], skipped: Sequence[str], *, folder: Path, workers: int
) -> Steps[CaseSet]:
    store = CaseStore(keys, folder=folder)
    missing = store.missing()
    refused: list[RefusedCase] = []
    fill = ReturnRefusals(store.fill)
    filled = call_in_processes(fill, missing, workers=min(workers, len(missing)))
    for i, index in enumerate(missing):
        yield Progress(i, len(missing), f"preparing {keys[index].id}")
        if isinstance(answer := next(filled), Refusal):
            refused.append(RefusedCase(keys[index].id, answer))
    check_refused(refused, of=len(keys))
    about = [store.about(i) for i in range(len(keys))]
    present = torch.tensor([present for present, _ in about])
    noted = zip(keys, (notes for _, notes in about), strict=True)
    notes = tuple(f"{key.id}: {note}" for key, notes in noted for note in notes)
    return CaseSet(tuple(key.id for key in keys), present, store.read, tuple(skipped), notes)
