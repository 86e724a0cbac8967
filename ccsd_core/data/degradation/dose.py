"""Less contrast agent: T1c moves towards T1.

    T1c′ = T1* + dose · (T1c − T1*),   T1* = a · T1 + b, T1 on the scale of T1c

Signal of T1c beyond that of T1 is enhancement (and whatever else differs between the two scans: a
sequence with other timing enhances a little everywhere). The line through the tissues that do not
enhance is fitted to the voxels of both scans, those far from the line left out.

Source: T1c at a share of the dose as the weighted mean of T1 and T1c is a first-order model. For
low concentrations the signal of a T1-weighted image grows about linearly with the concentration
of the agent; at full dose it saturates, so that half a dose gives more than half the enhancement.
"""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.corruption.scan import signal_levels
from ccsd_core.domain.volume import Volume

ROUNDS = 4
"""Number of times the line is fitted again without the voxels far from it."""
FAR = 2.5
"""Standard deviations from the line (as of normal noise) at which a voxel is left out."""
MAD = 1.4826
"""Standard deviation of normal noise in median absolute deviations."""
SAMPLED = 200_000
"""Approximate number of voxels used for the fit."""

Floats = NDArray[np.float64]


def reduced_dose(t1c: Volume, t1: Volume, percent: float) -> Volume:
    """T1c as with a fraction of the contrast dose.

    Args:
        t1c: The scan after the full dose.
        t1: The scan without contrast agent, on the same grid.
        percent: Dose in percent of that given: 100 changes nothing, 0 gives T1 on T1c's scale.
    """
    image, plain = (v.array.astype(np.float32, copy=False) for v in (t1c, t1))
    _, inside, _ = signal_levels(image)
    _, inside_t1, _ = signal_levels(plain)
    both = inside & inside_t1
    if not both.any() or percent == 100:
        return t1c
    every = max(int(both.sum()) // SAMPLED, 1)
    gain, offset = fitted_line(
        plain[both][::every].astype(np.float64), image[both][::every].astype(np.float64)
    )
    without = np.float32(gain) * plain + np.float32(offset)
    share = np.float32(percent / 100)
    return t1c.with_array(np.where(both, without + share * (image - without), image))


def fitted_line(x: Floats, y: Floats) -> tuple[float, float]:
    """Gain and offset of the line y = gain · x + offset through most points (x, y).

    The gain is the ratio of the deviations, as noise in x would flatten a regression.
    """
    gain, offset = _line(x, y)
    for _ in range(ROUNDS):
        off = np.abs(y - gain * x - offset)
        kept = off <= FAR * MAD * np.median(off)
        gain, offset = _line(x[kept], y[kept])
    return gain, offset


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    deviation = float(x.std())
    gain = float(y.std()) / deviation if deviation > 0 else 0.0
    return gain, float(np.median(y) - gain * np.median(x))
