"""A tumour for painting, with the shape of a real, strongly deformed label map."""

import numpy as np

from ccsd_core.data.synthetic.anatomy import Anatomy
from ccsd_core.data.synthetic.fields import block_of, block_shape, blur, depth_mm
from ccsd_core.data.synthetic.noise import rough_noise
from ccsd_core.data.synthetic.tumour import Tumour
from ccsd_core.domain.region import BRATS2021


def tumour_of_labels(labels: np.ndarray, rng: np.random.Generator, head: Anatomy) -> Tumour:
    """Tissues from a label map on the head's grid.

    The oedema fades from the core to the expert's outline, and slightly beyond it. It excludes
    fluid of the new head. Sometimes the enhancing part does not take up contrast and counts as the
    rest of the core.

    Args:
        labels: BraTS 2021 labels, at least one of them not 0.
        rng: Generator of random numbers.
        head: Anatomy that contains the tumour.
    """
    mm = head.spacing_mm
    block = block_of(labels > 0, margin=int(np.ceil(6 / mm)))
    here = np.where(head.brain[block], labels[block], 0)
    enhancing = here == BRATS2021.enhancing
    if rng.random() < 0.15:
        enhancing = np.zeros_like(enhancing)
    core = (here == BRATS2021.enhancing) | (here == BRATS2021.necrosis)
    oedema = (here == BRATS2021.oedema) & (head.fluid[block] < 0.6)
    whole = core | oedema
    to_core = depth_mm(~core, spacing_mm=mm) if core.any() else np.full(here.shape, mm, np.float32)
    to_edge = depth_mm(whole, spacing_mm=mm)
    ratio = to_core / np.maximum(to_core + to_edge, mm)
    inside = np.clip(1 - 0.5 * ratio ** rng.uniform(0.6, 2.0), 0.5, 1)
    near = blur(whole.astype(np.float32), sigma_mm=rng.uniform(0.8, 2.0), spacing_mm=mm)
    beyond = np.minimum(0.8 * near, 0.49) * (1 - head.fluid[block]) * head.brain[block]
    infiltration = np.where(whole, inside, beyond).astype(np.float32)
    mottle = rough_noise(rng, block_shape(block), scale_mm=10.0, spacing_mm=mm)
    liquid = np.clip(rng.uniform(0, 1) + rng.uniform(0.02, 0.3) * mottle, 0, 1) * core
    return Tumour(
        block, oedema, core & ~enhancing, enhancing, infiltration, liquid.astype(np.float32)
    )
