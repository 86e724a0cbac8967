"""Time of a toggle of the bundled model, compared with a full forward of ShaSpec's backbone.

The published network works at 1 mm. Its weights do not matter for its speed, so they are random.
"""

from statistics import median

from ccsd_app.benchmark.clock import seconds
from ccsd_app.benchmark.measured import Measurement, Measurements
from ccsd_app.benchmark.memory import free_memory_mb
from ccsd_app.benchmark.timed_model import TimedModel, timed_model
from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import ModalitySubset
from ccsd_core.model.build import build_network
from ccsd_core.model.config import ModelConfig
from ccsd_core.model.network import CcsdNetwork

BYTES_PER_VOXEL = 1600
"""Memory of one fp32 forward per voxel of the brain's box, estimated generously."""
KEY = "ratio_toggle_vs_shaspec"


def against_shaspec(
    ours: TimedModel, case: Case, *, network: CcsdNetwork | None = None
) -> Measurements:
    """Time ShaSpec's forward once, after a small warm-up; not at all if memory is short.

    Args:
        ours: The model whose toggle is timed.
        case: The same case.
        network: A network in place of ShaSpec's, for tests; None is ShaSpec's.
    """
    config = ModelConfig(backbone="shaspec")
    theirs = timed_model(network or build_network(config), config, case, ours.device)
    voxels = theirs.images[0].numel()
    needed, free = voxels * BYTES_PER_VOXEL / 1e6, free_memory_mb()
    box = " × ".join(map(str, theirs.shape))
    if ours.device.type == "cpu" and free is not None and free < needed:
        reason = f"not enough memory: {box} takes {needed:,.0f} MB, {free:,.0f} MB are free"
        return {KEY: Measurement(None, reason)}
    x, y, z = config.divisors
    corner = tuple(image[..., :x, :y, :z] for image in theirs.images)
    full = ModalitySubset.full()
    TimedModel(theirs.network, corner, theirs.device, theirs.dtype).forward(full)
    forward = seconds(lambda: theirs.forward(full), theirs.device)
    encoding = ours.encode()
    toggles = [seconds(lambda s=s: ours.decode(encoding, s), ours.device) for s in full.subsets()]
    remark = f"{forward:.1f} s on {box} voxels, once : {1e3 * median(toggles):.0f} ms"
    return {KEY: Measurement(forward / median(toggles), remark)}
