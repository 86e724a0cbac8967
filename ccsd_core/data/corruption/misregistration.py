"""A sequence displaced from the others, as after a failed registration."""

import math

import numpy as np

from ccsd_core.data.corruption.pose import Pose, apply_each
from ccsd_core.data.corruption.scan import MIN_SHARE, Scan

HEAD_RADIUS_MM = 110.0
"""Distance in mm from the middle of a head to its surface."""


def margin_mm(shift_mm: float, degrees: float) -> float:
    """Largest displacement of a head's surface in mm."""
    return shift_mm + math.radians(degrees) * HEAD_RADIUS_MM


def misregistration(scan: Scan, rng: np.random.Generator, shift_mm: float, degrees: float) -> Scan:
    """An image that is displaced together with its background.

    Args:
        scan: Image of the sequence.
        rng: Random number generator, for direction and axis.
        shift_mm: Length of the shift.
        degrees: Angle of the rotation about the middle of the head.
    """
    pose = Pose.draw(rng, shift_mm=shift_mm, degrees=degrees)
    if scan.inside.all():
        return scan.with_signal(pose.apply(scan.signal, spacing_mm=scan.spacing_mm))
    both = [(pose, scan.inside.astype(np.float32)), (pose, scan.signal)]
    share, moved = apply_each(both, spacing_mm=scan.spacing_mm)
    signal = np.divide(moved, share, out=np.zeros_like(moved), where=share > MIN_SHARE)
    return Scan(signal, share >= 0.5, scan.spacing_mm).with_signal(signal)
