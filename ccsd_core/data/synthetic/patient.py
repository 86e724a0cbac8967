"""One made-up patient: head, tumour, four scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.synthetic.anatomy import draw_anatomy
from ccsd_core.data.synthetic.contrast import draw_sequence
from ccsd_core.data.synthetic.scanner import scan, stripped, to_integers
from ccsd_core.data.synthetic.tumour import displacement, draw_plan, grow
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.region import BRATS2021


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """Four scans and exact labels on one grid, canonical axes.

    Args:
        images: Int16 intensities by sequence.
        labels: BraTS 2021 labels.
        spacing_mm: Isotropic voxel edge.
    """

    images: dict[Modality, NDArray[np.int16]]
    labels: NDArray[np.uint8]
    spacing_mm: float


def draw_patient(seed: int, *, spacing_mm: float = 1.0) -> Patient:
    """A patient that depends on `seed` alone.

    Args:
        seed: Any non-negative integer.
        spacing_mm: Voxel edge; 1 mm as in BraTS, coarser for training on a coarse grid.
    """
    rng = np.random.default_rng(seed)
    bend = int(rng.integers(2**31))
    head = draw_anatomy(np.random.default_rng(bend), spacing_mm=spacing_mm)
    plan = draw_plan(rng, head)
    push = displacement(plan, rng, head)
    head = draw_anatomy(np.random.default_rng(bend), spacing_mm=spacing_mm, push=push)
    tumour = grow(plan, rng, head)
    brain = stripped(rng, head.brain | tumour.whole, spacing_mm=spacing_mm)
    images = {
        m: to_integers(
            rng, scan(rng, draw_sequence(m, rng, head, tumour), brain, spacing_mm=spacing_mm)
        )
        for m in Modality
    }
    scheme = BRATS2021
    labels = np.zeros(head.shape, np.uint8)
    labels[tumour.oedema] = scheme.oedema
    labels[tumour.necrosis] = scheme.necrosis
    labels[tumour.enhancing] = scheme.enhancing
    labels[~brain] = 0
    return Patient(images, labels, spacing_mm)
