"""Checking disk space and memory of a run before the first case is opened.

The size of a prepared case is known only after reading, so that of a typical brain is assumed;
without enough space, the run would fail after hours.
"""

import shutil
from pathlib import Path

import torch

from ccsd_core.errors import ResourceError
from ccsd_core.inference.memory import free_bytes
from ccsd_core.training.config.config import TrainingConfig
from ccsd_core.training.run.run_folder import CACHE
from ccsd_core.training.run.snapshot import FOLDER

BRAIN_BOX_MM = (144.0, 176.0, 144.0)
"""Sides of the box around a typical brain."""

BYTES_A_VOXEL = 4 * 2 + 3
"""Four sequences in half precision, three regions as bytes."""

COPIES_A_CHECKPOINT = 4
"""The network, its running average, and Adam's two moments."""

BYTES_A_PARAMETER = 4


def check_free_space(config: TrainingConfig, *, cases: int, parameters: int, run: Path) -> None:
    """Refuse a run if its cases or checkpoints will not fit.

    Args:
        config: Configuration of the run.
        cases: Number of cases that are read, including validation cases.
        parameters: Number of the network's parameters.
        run: Folder of the run.

    Raises:
        ResourceError: If disk space or memory is too small; the message names sizes and settings.
    """
    engine = config.engine
    voxels = 1.0
    for side_mm in BRAIN_BOX_MM:
        voxels *= side_mm / config.model.spacing_mm
    prepared = int(cases * voxels * BYTES_A_VOXEL)
    # one more than kept, while the newest is written, and the run's two models
    kept = (engine.keep + 1) * COPIES_A_CHECKPOINT + 2
    checkpoints = parameters * BYTES_A_PARAMETER * kept
    needs = [(run, checkpoints - _written(run / FOLDER, checkpoints))]
    if engine.cache == "disk":
        folder = Path(engine.cache_dir) if engine.cache_dir else run / CACHE
        needs.append((folder, prepared - _written(folder, prepared)))
    elif prepared > (free := free_bytes(torch.device("cpu"))):
        raise ResourceError(
            f"{cases} prepared cases take about {_gb(prepared)} of memory, {_gb(free)} are free: "
            "set engine.cache = 'disk', or train on fewer cases"
        )
    on_disk: dict[int, int] = {}
    for folder, needed in needs:
        place = _existing(folder)
        disk = place.stat().st_dev
        needed = on_disk[disk] = on_disk.get(disk, 0) + needed
        free = shutil.disk_usage(place).free
        if needed > free:
            raise ResourceError(
                f"{place} has {_gb(free)} free, and this run needs about {_gb(needed)} for "
                f"checkpoints ({_gb(checkpoints)}) and prepared cases: free some space, choose "
                "another --out or engine.cache_dir, or set engine.keep lower"
            )


def _existing(folder: Path) -> Path:
    """The folder, or its nearest existing parent."""
    folder = folder.absolute()
    return next(f for f in (folder, *folder.parents) if f.is_dir())


def _written(folder: Path, wanted: int) -> int:
    """Bytes that the folder already contains, at most what this run would write."""
    if not folder.is_dir():
        return 0
    return min(wanted, sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()))


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
