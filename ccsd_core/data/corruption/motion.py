"""A patient who moved: some lines of k-space were read while the head lay elsewhere.

    lines  ───══──══────────══─────────══──────══──────   ══ read while the head was elsewhere
                              ↑ the very middle, read at rest
    image  =  | Σ over positions  F⁻¹ ( lines read there · F (head there) ) |

Lines lie along one in-plane axis (phase encoding). The patient leaves the place several times, to
one or another position, and comes back, so the image as a whole does not move; edges repeat as
ghosts. Real images also have
ghosts of skull and scalp, which skull-stripped data do not contain.

Source: R. Shaw et al., MIDL 2019 (the k-space motion model); TorchIO's `RandomMotion` is another
form of it (Pérez-García et al., CMPB 2021, doi:10.1016/j.cmpb.2021.106236). Ours has the very
middle of k-space at rest, and the share of lines is stated.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.corruption.pose import Pose
from ccsd_core.data.corruption.scan import Scan, apply_along

POSITIONS = 2
"""Number of positions other than that at rest."""
MOVEMENTS = 8
"""Times that the head leaves its place."""
AT_REST = 0.03
"""Share of the lines, in the middle, that are read at rest."""
FIELD_OF_VIEW = 1.3
"""Field of view in extents of the head along the lines' axis: ghosts wrap around."""


def motion(
    scan: Scan, rng: np.random.Generator, shift_mm: float, degrees: float, lines_percent: float
) -> Scan:
    """An image with ghosts.

    Args:
        scan: Image of the sequence.
        rng: Random numbers: axis, when, and where to.
        shift_mm: How far the head moves.
        degrees: How far it turns.
        lines_percent: Share of the lines read elsewhere.
    """
    axis = int(rng.integers(2))
    n = scan.signal.shape[axis]
    lines = draw_moved_lines(rng, math.ceil(FIELD_OF_VIEW * n), share=lines_percent / 100)
    # By linearity: what the other positions change is added to the image at rest.
    real, imaginary = scan.signal, np.zeros(1, np.float32)
    for position in range(POSITIONS):
        pose = Pose.draw(rng, shift_mm=shift_mm, degrees=degrees)
        change = pose.apply(scan.signal, spacing_mm=scan.spacing_mm) - scan.signal
        seen = partial_fourier_matrix(np.logical_or.reduce(lines[position::POSITIONS]), n)
        real = real + apply_along(change, seen.real, axis)
        imaginary = imaginary + apply_along(change, seen.imag, axis)
    return scan.with_signal(np.hypot(real, imaginary))


def partial_fourier_matrix(lines: NDArray[np.bool_], n: int) -> NDArray[np.complex64]:
    """The image along an axis from some lines of k-space alone: F⁻¹ · lines · F, a matrix (n, n).

    Args:
        lines: Which lines are read, (n,), the middle of k-space at the middle.
        n: Voxels of the axis, within a field of view of as many voxels as there are lines.
    """
    count = len(lines)
    frequencies = np.flatnonzero(lines) - count // 2
    waves = np.exp(2j * np.pi / count * np.outer(np.arange(n), frequencies))
    return (waves @ waves.conj().T / count).astype(np.complex64)


def draw_moved_lines(rng: np.random.Generator, count: int, *, share: float) -> NDArray[np.bool_]:
    """When the head lay elsewhere: for each time it left, the lines (leave, count) then read.

    Lines are in the order in which they are read, the middle of k-space at count // 2.

    Args:
        rng: Generator of random numbers.
        count: How many lines there are.
        share: Share of all lines that are read elsewhere, 0 to 1.
    """
    rest = max(1, round(AT_REST * count))
    first = count // 2 - rest // 2
    free = np.delete(np.arange(count), slice(first, first + rest))
    moved = min(round(share * count), len(free))
    ends = np.round(np.linspace(0, moved, MOVEMENTS + 1)).astype(int)
    pauses = rng.dirichlet(np.ones(MOVEMENTS + 1))[:-1] * (len(free) - moved)
    starts = np.floor(np.cumsum(pauses)).astype(int) + ends[:-1]
    lines = np.zeros((MOVEMENTS, count), bool)
    for leave, (start, length) in enumerate(zip(starts, np.diff(ends), strict=True)):
        lines[leave, free[start : start + length]] = True
    return lines
