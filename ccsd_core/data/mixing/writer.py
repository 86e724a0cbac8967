"""Writing mixed patients as a data set in BraTS 2021 layout."""

from collections.abc import Iterable
from pathlib import Path

from ccsd_core.data.mixing.mixed import draw_mixed
from ccsd_core.data.mixing.pool import read_pool
from ccsd_core.data.synthetic.patient import Patient
from ccsd_core.data.synthetic.writer import new_folders, write_drawn
from ccsd_core.domain.case import SYNTHETIC_PREFIX
from ccsd_core.domain.region import LabelScheme
from ccsd_core.progress import Steps

MIXED_PREFIX = f"{SYNTHETIC_PREFIX}Mixed_"
"""Prefix of the ids of mixed cases: synthetic, but a model trained on them has seen real
patients."""


def write_mixed_cases(
    out: Path,
    *,
    real: Path,
    count: int,
    seed: int,
    spacing_mm: float = 1.0,
    leave_out: Iterable[str] = (),
    shapes: Path | None = None,
    scheme: LabelScheme | None = None,
) -> Steps[list[Path]]:
    """Write `count` cases mixed from real ones; case i depends only on `seed` + i and these.

    Args:
        out: Folder for the case folders; created if missing.
        real: Folder of real cases with all four sequences and labels.
        count: Number of cases.
        seed: Seed of the first case; each following case uses the next one.
        spacing_mm: Edge of the isotropic voxels in mm.
        leave_out: Ids of real cases of patients to exclude.
        shapes: File of label maps of additional patients; see
            `ccsd_core.data.mixing.shape_library`.
        scheme: Label scheme of the real cases if the layout does not determine it.

    Raises:
        BadInputError: If `count` is not positive or a case folder exists already.
        PoolError: If the real cases cannot be mixed from.
        ResourceError: If a file cannot be written.
    """
    folders = new_folders(out, MIXED_PREFIX, count=count, seed=seed)
    pool = yield from read_pool(
        real, spacing_mm=spacing_mm, leave_out=leave_out, shapes=shapes, scheme=scheme
    )

    def draw(one: int) -> Patient:
        return draw_mixed(one, pool)

    return (yield from write_drawn(folders, seed=seed, draw=draw))
