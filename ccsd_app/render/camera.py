"""Points the camera of a plotter at the head: from the preset direction, or from a side."""

from typing import Any

import numpy as np

from ccsd_app.scene.view3d.viewpoint import PRESET, Direction, Side

FILL = 0.82
"""Camera distance, relative to the one at which the head's bounding sphere just fits."""


def look_at(plotter: Any, low: np.ndarray, high: np.ndarray, side: Side | None = None) -> None:
    """Look at a whole box.

    Args:
        plotter: The plotter.
        low: The box's lowest world coordinates.
        high: Its highest.
        side: From which side of the patient; None is the preset direction.
    """
    outwards: Direction = PRESET if side is None else side.outwards
    direction = np.asarray(outwards) / np.linalg.norm(outwards)
    radius = float(np.linalg.norm(high - low)) / 2
    distance = FILL * radius / np.sin(np.radians(plotter.camera.view_angle / 2))
    centre = (low + high) / 2
    plotter.camera.position = tuple((centre + distance * direction).tolist())
    plotter.camera.focal_point = tuple(centre.tolist())
    plotter.camera.up = (0.0, 0.0, 1.0) if side is None else side.up
    plotter.renderer.ResetCameraClippingRange()
