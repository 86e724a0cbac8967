"""A tilted and rotated head is set upright, as exactly as an average brain allows."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ccsd_core.domain.volume import Volume
from ccsd_core.preparation import upright
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.registration.search import LEVELS
from ccsd_core.preparation.rigid import Nudge
from ccsd_core.preparation.upright import grid_around, upright_axes
from ccsd_core.progress import drain

pytest.importorskip("SimpleITK", reason="needs the extra [scanner]")
NOD_TILT_TURN = (14.0, -6.0, 9.0)
WIDER = (1.06, 0.95, 1.03)
"""This head's proportions are not the average one's."""


@pytest.mark.slow
def test_a_turned_head_is_set_upright_within_two_degrees(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(upright, "LEVELS", LEVELS[:1])
    average = upright._average_brain()
    own = average.world_from_voxel @ np.diag([*WIDER, 1.0])
    own[:3, 3] = average.world_from_voxel[:3, 3] * WIDER
    bright = average.array.max()  # another contrast, as of T2
    head = average.with_array((1.2 * bright - average.array) * (average.array > 0))
    turn = Nudge(turn_degrees=NOD_TILT_TURN).matrix((0.0, -18.0, 10.0))
    lies = Volume(head.array, turn @ own)
    # As on a scanner's own grid, whose axes are those of the world.
    grid = grid_around(lies, lies.array > 0, np.eye(3))
    grid = Volume(grid.array[::3, ::3, ::3], grid.world_from_voxel @ np.diag([3.0, 3, 3, 1]))
    image = grid.with_array(sampled(lies, grid))

    axes, degrees = drain(upright_axes(image, image.array > 0.2 * bright))

    off = Rotation.from_matrix(turn[:3, :3].T @ axes).magnitude()
    assert np.degrees(off) < 2
    assert degrees == pytest.approx(
        np.degrees(Rotation.from_matrix(turn[:3, :3]).magnitude()), abs=2
    )
