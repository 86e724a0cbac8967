"""Bringing volumes onto other grids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccsd_core.domain.volume import Volume
from ccsd_core.storage.nifti.resample import onto_grid, overlap

SHAPE = (6, 7, 8)


def grid_of(spacing: float = 1.0, *, origin=(0.0, 0.0, 0.0), shape=SHAPE) -> Volume:
    affine = np.diag([spacing, spacing, spacing, 1.0])
    affine[:3, 3] = origin
    return Volume(np.zeros(shape, np.float32), affine)


def with_ramp(grid: Volume, slope: tuple[float, float, float]) -> Volume:
    """Values that grow linearly in world space."""
    voxels = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    world = voxels @ grid.world_from_voxel[:3, :3].T + grid.world_from_voxel[:3, 3]
    return grid.with_array((world @ np.array(slope)).astype(np.float32))


@pytest.mark.parametrize("order", ["linear", "nearest"])
def test_the_own_grid_changes_nothing(order):
    volume = grid_of().with_array(np.random.default_rng(0).normal(size=SHAPE).astype(np.float32))
    assert np.allclose(onto_grid(volume, grid_of(), order=order).array, volume.array)


@given(
    slope=st.tuples(*[st.floats(-3, 3)] * 3),
    spacing=st.floats(0.3, 1.16),  # 1.5 + 3 · 1.16 still lies inside
    origin=st.tuples(*[st.floats(0.5, 1.5)] * 3),
)
def test_what_is_linear_in_the_patient_stays_so_on_any_grid_inside(slope, spacing, origin):
    target = grid_of(spacing, origin=origin, shape=(4, 4, 4))
    moved = onto_grid(with_ramp(grid_of(), slope), target, order="linear")
    assert np.allclose(moved.array, with_ramp(target, slope).array, atol=1e-3)
    assert moved.same_grid(target)


def test_nearest_makes_no_new_values():
    labels = grid_of().with_array(np.random.default_rng(0).choice([0, 1, 2, 4], SHAPE))
    moved = onto_grid(labels, grid_of(0.7, origin=(0.3, 0.2, 0.1)), order="nearest")
    assert set(np.unique(moved.array)) <= {0, 1, 2, 4}


def test_outside_is_what_was_asked_for():
    volume = grid_of().with_array(np.ones(SHAPE, np.float32))
    moved = onto_grid(volume, grid_of(origin=(4, 0, 0)), order="linear", outside=-5)
    assert (moved.array[:2] == 1).all()
    assert (moved.array[2:] == -5).all()


@pytest.mark.parametrize(("shift", "meet"), [(0, True), (4.5, True), (5.5, False), (-5.5, False)])
def test_volumes_meet_where_their_boxes_do(shift: float, meet: bool):
    assert overlap(grid_of(), grid_of(origin=(shift, 0, 0))) == meet
