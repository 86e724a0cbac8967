"""Patient motion: some lines of k-space were read while the head was displaced.

    lines  ───══──══────────══─────────══──────══──────   ══ read while the head was displaced
                              ↑ the centre, read at rest
    image  =  | Σ over positions  F⁻¹ ( lines read there · F (head there) ) |

Lines are along one in-plane axis (phase encoding). The patient moves several times, to one of
several positions, and back, so the image as a whole does not move, but edges repeat as ghosts. Real
images also have ghosts of skull and scalp, which skull-stripped data do not contain.

Source: R. Shaw et al., MIDL 2019 (the k-space motion model); TorchIO's `RandomMotion` is another
form of it (Pérez-García et al., CMPB 2021, doi:10.1016/j.cmpb.2021.106236). Here the centre of
k-space is read at rest, and the fraction of lines is specified.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ccsd_core.data.corruption.pose import Pose, apply_each
from ccsd_core.data.corruption.scan import Scan, apply_along

POSITIONS = 2
"""Number of positions other than the one at rest."""
MOVEMENTS = 8
"""Number of movements."""
AT_REST = 0.03
"""Fraction of the lines, at the centre, that are read at rest."""
FIELD_OF_VIEW = 1.3
"""Field of view in extents of the head along the lines' axis: ghosts wrap around."""


def motion(
    scan: Scan, rng: np.random.Generator, shift_mm: float, degrees: float, lines_percent: float
) -> Scan:
    """An image with ghosts.

    Args:
        scan: Image of the sequence.
        rng: Random number generator, for axis, times and positions.
        shift_mm: Length of the shift.
        degrees: Angle of the rotation.
        lines_percent: Percentage of the lines read while displaced.
    """
    axis = int(rng.integers(2))
    n = scan.signal.shape[axis]
    lines = draw_moved_lines(rng, math.ceil(FIELD_OF_VIEW * n), share=lines_percent / 100)
    # By linearity, the changes of the other positions are added to the image at rest.
    real, imaginary = scan.signal, np.zeros(1, np.float32)
    poses = [Pose.draw(rng, shift_mm=shift_mm, degrees=degrees) for _ in range(POSITIONS)]
    moved = apply_each([(pose, scan.signal) for pose in poses], spacing_mm=scan.spacing_mm)
    for position in range(POSITIONS):
        change = moved[position] - scan.signal
        seen = partial_fourier_matrix(np.logical_or.reduce(lines[position::POSITIONS]), n)
        real = real + apply_along(change, seen.real, axis)
        imaginary = imaginary + apply_along(change, seen.imag, axis)
    return scan.with_signal(np.hypot(real, imaginary))


def partial_fourier_matrix(lines: NDArray[np.bool_], n: int) -> NDArray[np.complex64]:
    """The image along an axis from only some lines of k-space: F⁻¹ · lines · F, a matrix (n, n).

    Args:
        lines: Whether each line is read, (n,), with the centre of k-space in the middle.
        n: Number of voxels of the axis; the field of view has as many voxels as there are lines.
    """
    count = len(lines)
    frequencies = np.flatnonzero(lines) - count // 2
    waves = np.exp(2j * np.pi / count * np.outer(np.arange(n), frequencies))
    return (waves @ waves.conj().T / count).astype(np.complex64)


def draw_moved_lines(rng: np.random.Generator, count: int, *, share: float) -> NDArray[np.bool_]:
    """For each movement, the lines that are read while the head is displaced: (movement, count).

    Lines are in the order of acquisition, with the centre of k-space at count // 2.

    Args:
        rng: Generator of random numbers.
        count: Number of lines.
        share: Fraction of all lines that are read while displaced, 0 to 1.
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
