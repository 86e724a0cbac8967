"""Each severity does what its unit says."""

import numpy as np
import pytest
from scipy import ndimage

from ccsd_core.data.corruption.apply import FUNCTIONS
from ccsd_core.data.corruption.kinds import KINDS, SEVERITIES
from ccsd_core.data.corruption.misregistration import margin_mm
from ccsd_core.data.corruption.motion import (
    AT_REST,
    FIELD_OF_VIEW,
    MOVEMENTS,
    POSITIONS,
    draw_moved_lines,
    partial_fourier_matrix,
)
from ccsd_core.data.corruption.pose import Pose
from ccsd_core.data.corruption.scan import Scan
from ccsd_core.data.corruption.voxels import resampling_matrix

MM = (1.0, 2.0, 1.5)


def flat(value: float = 100.0, shape=(30, 24, 20)) -> Scan:
    return Scan(np.full(shape, value, np.float32), np.ones(shape, bool), MM)


def done(kind: str, scan: Scan, severity: int, seed: int = 0) -> Scan:
    return FUNCTIONS[kind](scan, np.random.default_rng(seed), *KINDS[kind].amounts(severity))


def amounts(kind: str) -> list[tuple[int, tuple[float, ...]]]:
    return [(severity, KINDS[kind].amounts(severity)) for severity in SEVERITIES]


def test_noise_is_rician_with_the_stated_sigma():
    for severity, (percent,) in amounts("noise"):
        values = done("noise", flat(), severity).signal
        assert values.std() == pytest.approx(percent, rel=0.05)
    half = flat(200.0)
    half.signal[..., 10:] = 0
    nothing = done("noise", half, 3).signal[..., 10:]
    assert nothing.mean() == pytest.approx(12 * np.sqrt(np.pi / 2), rel=0.02), "never negative"


def test_the_field_of_bias_spans_the_stated_ratio_about_1():
    for severity, (ratio,) in amounts("bias"):
        field = done("bias", flat(), severity).signal / 100
        assert field.max() / field.min() == pytest.approx(ratio, rel=1e-3)
        assert field.max() * field.min() == pytest.approx(1, rel=1e-3)
        assert np.abs(np.diff(field, axis=0)).max() < 0.1 * (field.max() - field.min()), "smooth"


def test_a_point_is_blurred_to_the_stated_width():
    shape = (61, 41, 51)
    point = np.zeros(shape, np.float32)
    point[30, 20, 25] = 1
    for severity, (fwhm,) in amounts("blur"):
        spread = done("blur", Scan(point, np.ones(shape, bool), MM), severity).signal
        assert spread.sum() == pytest.approx(1, abs=1e-3)
        if fwhm < 3:
            continue  # narrower than the coarsest voxel: too few samples for a second moment
        for axis, mm in enumerate(MM):
            along_axis = spread.sum(axis=tuple(a for a in range(3) if a != axis))
            at = (np.arange(shape[axis]) - shape[axis] // 2) * mm
            sigma = np.sqrt(np.sum(along_axis * at**2) / along_axis.sum())
            assert sigma * 2.3548 == pytest.approx(fwhm, rel=0.05)


@pytest.mark.parametrize("kind", ["thick-slices", "resolution"])
def test_larger_voxels_are_those_of_the_stated_axes(kind):
    axes = (2,) if kind == "thick-slices" else (0, 1)
    shape = (36, 36, 36)
    for severity, (edge,) in amounts(kind):
        for axis in range(3):
            ramp = np.zeros(shape, np.float32)
            np.moveaxis(ramp, axis, 0)[18:] = 1
            bad = done(kind, Scan(ramp, np.ones(shape, bool), (1.0, 1.0, 1.0)), severity).signal
            # a step gets as wide as the voxels are, and no axis else is touched
            width = np.count_nonzero((bad > 0.02) & (bad < 0.98)) / 36**2
            assert width == 0 if axis not in axes else edge - 2 <= width <= 2 * edge


def test_a_larger_voxel_holds_the_mean_of_what_it_covers():
    matrix = resampling_matrix(9, spacing_mm=1.0, edge_mm=3.0)
    values = np.random.default_rng(0).normal(size=9).astype(np.float32)
    np.testing.assert_allclose((matrix @ values)[1::3], values.reshape(3, 3).mean(1), atol=1e-6)
    for n, edge in ((9, 3.0), (20, 7.0), (155, 10.0), (7, 1.5), (3, 10.0)):
        rows = resampling_matrix(n, spacing_mm=1.0, edge_mm=edge)
        np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
        assert rows.min() >= 0


def test_contrast_flattens_and_keeps_the_order_of_tissues():
    values = np.random.default_rng(0).uniform(1, 200, (20, 20, 20)).astype(np.float32)
    scan = Scan(values, np.ones(values.shape, bool), MM)
    order = np.argsort(values, axis=None)
    for severity, (gamma,) in amounts("contrast"):
        bent = done("contrast", scan, severity).signal
        assert (np.diff(bent.ravel()[order]) >= 0).all()
        assert np.percentile(bent, 99.5) == pytest.approx(np.percentile(values, 99.5), rel=1e-3)
        assert np.polyfit(np.log(values.ravel()), np.log(bent.ravel()), 1)[0] == pytest.approx(
            gamma, rel=1e-3
        )


def test_a_pose_shifts_and_turns_by_the_stated_amounts_on_any_grid():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        pose = Pose.draw(rng, shift_mm=6.0, degrees=20.0)
        assert np.linalg.norm(pose.shift_mm) == pytest.approx(6)
        assert np.degrees(np.arccos((np.trace(pose.rotation) - 1) / 2)) == pytest.approx(20)
        middle = (np.array([41, 31, 37]) - 1) / 2
        at_mm = np.array([10.0, -8.0, 6.0])
        axes = np.meshgrid(*(np.arange(n) for n in (41, 31, 37)), indexing="ij")
        where = np.stack([(a - m) * mm for a, m, mm in zip(axes, middle, MM, strict=True)], -1)
        blob = np.exp(-np.sum((where - at_mm) ** 2, -1) / 2 / 2.5**2).astype(np.float32)
        moved = pose.apply(blob, spacing_mm=MM)
        centre = (np.array(ndimage.center_of_mass(moved)) - middle) * MM
        np.testing.assert_allclose(centre, pose.rotation @ at_mm + pose.shift_mm, atol=0.1)


def test_misregistration_moves_brain_and_background_together_within_the_room_it_asks_for():
    shape = (60, 40, 50)
    axes = np.meshgrid(*(np.arange(n) - (n - 1) / 2 for n in shape), indexing="ij")
    ball = sum((a * mm) ** 2 for a, mm in zip(axes, MM, strict=True)) < 18**2
    scan = Scan(np.where(ball, 50, 0).astype(np.float32), ball, MM)
    for severity, (shift_mm, degrees) in amounts("misregistration"):
        moved = done("misregistration", scan, severity, seed=4)
        centre = (np.array(ndimage.center_of_mass(moved.inside)) - (np.array(shape) - 1) / 2) * MM
        assert np.linalg.norm(centre) == pytest.approx(shift_mm, abs=0.4)
        assert moved.inside.sum() == pytest.approx(ball.sum(), rel=0.02)
        np.testing.assert_allclose(moved.signal[moved.inside], 50, rtol=1e-4)
        assert not moved.signal[~moved.inside].any()
        assert margin_mm(shift_mm, degrees) >= shift_mm


def test_the_stated_share_of_lines_is_read_elsewhere_and_the_middle_at_rest():
    for seed in range(5):
        for share in (0.0, 0.1, 0.3, 0.5, 0.97):
            lines = draw_moved_lines(np.random.default_rng(seed), 200, share=share)
            assert lines.sum(axis=0).max(initial=0) <= 1
            assert lines.sum() == round(share * 200)
            assert not lines[:, 98:102].any()
            assert len(lines) == MOVEMENTS
    assert AT_REST * 200 >= 4


def test_all_lines_together_show_the_axis_and_none_show_nothing():
    every = np.ones(40, bool)
    np.testing.assert_allclose(partial_fourier_matrix(every, 30), np.eye(30), atol=1e-6)
    assert not partial_fourier_matrix(~every, 30).any()
    half = np.random.default_rng(0).random(40) < 0.5
    np.testing.assert_allclose(
        partial_fourier_matrix(half, 30) + partial_fourier_matrix(~half, 30), np.eye(30), atol=1e-6
    )


def test_the_image_is_that_of_k_space_put_together_from_all_positions():
    """The same by Fourier transforms of a padded axis, line by line."""
    scan = Scan(
        np.random.default_rng(9).uniform(50, 150, (20, 22, 12)).astype(np.float32),
        np.ones((20, 22, 12), bool),
        MM,
    )
    for severity, (shift_mm, degrees, percent) in amounts("motion"):
        rng = np.random.default_rng(severity)
        axis = int(rng.integers(2))
        count = int(np.ceil(FIELD_OF_VIEW * scan.signal.shape[axis]))
        leaves = draw_moved_lines(rng, count, share=percent / 100)
        spectrum = np.fft.fftshift(np.fft.fft(scan.signal, n=count, axis=axis), axes=axis)
        lines = np.moveaxis(spectrum, axis, 0)
        for position in range(POSITIONS):
            pose = Pose.draw(rng, shift_mm=shift_mm, degrees=degrees)
            there = np.fft.fft(pose.apply(scan.signal, spacing_mm=MM), n=count, axis=axis)
            read = leaves[position::POSITIONS].any(axis=0)
            lines[read] = np.moveaxis(np.fft.fftshift(there, axes=axis), axis, 0)[read]
        image = np.abs(np.fft.ifft(np.fft.ifftshift(spectrum, axes=axis), axis=axis))
        expected = image.take(range(scan.signal.shape[axis]), axis=axis)
        bad = done("motion", scan, severity, seed=severity)
        np.testing.assert_allclose(bad.signal, expected, rtol=1e-3)


def test_a_head_that_moves_in_the_plane_leaves_the_image_where_it_is():
    shape = (48, 48, 24)
    axes = np.meshgrid(*(np.arange(n) - (n - 1) / 2 for n in shape), indexing="ij")
    ball = sum(a**2 for a in axes) < 10**2
    scan = Scan(np.where(ball, 100, 0).astype(np.float32), ball, (3.0, 3.0, 3.0))
    for severity in SEVERITIES:
        bad = done("motion", scan, severity)
        assert np.array_equal(bad.signal > 0, ball)
        np.testing.assert_allclose(ndimage.center_of_mass(bad.signal), (23.5, 23.5, 11.5), atol=0.4)
