"""A raw study: scans of a whole head, each sequence on its own grid.

The head is in an oblique position and moves between sequences; each sequence has its own slices
(thick or thin, axial, coronal or sagittal, angled), shading and noise. The true positions are
known.

    head (mm from its middle) ──moved: head's pose when a sequence was scanned──▶ world
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from torch.nn import functional

from ccsd_core.data.synthetic.noise import Field, Shape, smooth_noise
from ccsd_core.data.synthetic.patient import draw_clean
from ccsd_core.data.synthetic.raw.whole_head import WholeHead, draw_whole_head
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.volume import Volume

Matrix = NDArray[np.float64]

PLANES = {"axial": (0, 1, 2), "coronal": (0, 2, 1), "sagittal": (1, 2, 0)}
"""The world axes along the rows, down the columns and across the slices."""
WIDEST_SHIFT_MM, WIDEST_TURN_DEGREES = 12.0, 8.0
"""Largest motion of a patient between two sequences; otherwise the series would be repeated."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one sequence is acquired.

    Args:
        plane: Plane of its slices.
        pixel_mm: Edge of a pixel.
        slice_mm: Thickness of a slice.
        step_mm: Distance between slices.
        tilt_degrees: Angles of the slices about the three axes.
        covered_mm: Extent of the slices.
    """

    plane: str
    pixel_mm: float
    slice_mm: float
    step_mm: float
    tilt_degrees: tuple[float, float, float]
    covered_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class RawStudy:
    """A study and its truth.

    Args:
        images: Int16 volumes, each on its own canonical grid.
        world_from_head: By sequence, the pose of the head when it was scanned.
        labels: BraTS 2021 labels on the head's grid, in head coordinates.
        brain: The brain mask on the same grid.
    """

    images: Mapping[Modality, Volume]
    world_from_head: Mapping[Modality, Matrix]
    labels: Volume
    brain: Volume

    def motion(self, reference: Modality, moving: Modality) -> Matrix:
        """Transform of anatomy from one sequence's world space to another's: 4×4, mm."""
        return self.world_from_head[moving] @ np.linalg.inv(self.world_from_head[reference])


def draw_raw_study(
    seed: int,
    *,
    spacing_mm: float = 1.0,
    healthy: float = 0.0,
    motion: float = 1.0,
) -> RawStudy:
    """A raw study that depends only on the arguments.

    Args:
        seed: Any non-negative integer.
        spacing_mm: Voxel edge of the head before it is scanned.
        healthy: Probability of a patient without tumour.
        motion: Motion of the patient, as a multiple of the usual.
    """
    rng = np.random.default_rng(seed)
    clean = draw_clean(rng, spacing_mm=spacing_mm, healthy=healthy, randomised=0.0)
    head = draw_whole_head(rng, clean, spacing_mm=spacing_mm)
    frame = _centred(head.brain.shape, (spacing_mm,) * 3)
    lies = _pose(rng, turn=(7.0, 3.0, 3.0), shift_mm=8.0, factor=1.0)
    images, poses = {}, {}
    for m in Modality:
        poses[m] = _pose(rng, turn=(2.0, 2.0, 2.0), shift_mm=3.0, factor=motion) @ lies
        images[m] = acquire(rng, head, m, poses[m], draw_protocol(rng, m))
    labels, brain = (Volume(a, frame) for a in (head.labels, head.brain.astype(np.uint8)))
    return RawStudy(images, poses, labels, brain)


def draw_protocol(rng: np.random.Generator, modality: Modality) -> Protocol:
    """A clinical protocol: T1 and T1c mostly in 3-D, the others mostly in thick slices."""
    volumetric = rng.random() < (0.6 if modality in (Modality.T1, Modality.T1C) else 0.2)
    x, y, z = rng.normal(0, 5, 3).tolist()
    if volumetric:
        mm = float(rng.uniform(0.9, 1.2))
        plane = str(rng.choice(["sagittal", "axial"]))
        covered = 190.0 if plane == "sagittal" else 200.0
        return Protocol(plane, mm, mm, mm, (x / 3, y / 3, z / 3), covered)
    thick = float(rng.uniform(3.0, 6.0))
    plane = str(rng.choice(["axial", "coronal", "sagittal"], p=(0.8, 0.1, 0.1)))
    step = thick * float(rng.choice([1.0, 1.1, 1.2, 1.3]))
    covered = {"axial": 165.0, "coronal": 200.0, "sagittal": 165.0}[plane]
    return Protocol(plane, float(rng.uniform(0.45, 0.95)), thick, step, (x, y / 2, z / 2), covered)


def acquire(
    rng: np.random.Generator,
    head: WholeHead,
    modality: Modality,
    world_from_head: Matrix,
    protocol: Protocol,
) -> Volume:
    """Scan one sequence of a head in some position."""
    grid = _slices(head, world_from_head, protocol)
    image = _sampled(head, head.images[modality], world_from_head, grid, protocol)
    mm = grid.spacing_mm
    shading = smooth_noise(rng, image.shape, scale_mm=90.0, spacing_mm=mm)
    image = image * np.exp(np.float32(rng.uniform(0.05, 0.25)) * shading)
    noise = np.float32(rng.uniform(0.01, 0.04))
    real, imaginary = (noise * rng.standard_normal(image.shape, np.float32) for _ in range(2))
    image = np.hypot(image + real, imaginary)  # Rician, also in the air
    units = rng.uniform(150, 900)
    return grid.with_array(np.clip(np.rint(image * units), 0, 32767).astype(np.int16))


def brain_in(study: RawStudy, modality: Modality, grid: Volume) -> NDArray[np.bool_]:
    """The true brain mask on a grid in the space of one sequence."""
    return _nearest(study.brain, study.world_from_head[modality], grid) > 0


def labels_in(study: RawStudy, modality: Modality, grid: Volume) -> NDArray[np.uint8]:
    """The true labels on a grid in the space of one sequence."""
    return _nearest(study.labels, study.world_from_head[modality], grid)


def _nearest(volume: Volume, world_from_head: Matrix, grid: Volume) -> NDArray[np.uint8]:
    from scipy.ndimage import affine_transform

    to = np.linalg.inv(world_from_head @ volume.world_from_voxel) @ grid.world_from_voxel
    return np.asarray(
        affine_transform(
            volume.array, to[:3, :3], offset=to[:3, 3].tolist(), output_shape=grid.shape, order=0
        ),
        np.uint8,
    )


def _pose(
    rng: np.random.Generator, *, turn: tuple[float, ...], shift_mm: float, factor: float
) -> Matrix:
    degrees = np.clip(rng.normal(0, turn), -WIDEST_TURN_DEGREES * 2, WIDEST_TURN_DEGREES * 2)
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_euler("xyz", degrees * factor, degrees=True).as_matrix()
    pose[:3, 3] = np.clip(rng.normal(0, shift_mm, 3), -WIDEST_SHIFT_MM, WIDEST_SHIFT_MM) * factor
    return pose


def _centred(shape: tuple[int, ...], spacing_mm: tuple[float, ...]) -> Matrix:
    """The affine of a grid that is centred at the origin."""
    affine = np.diag([*spacing_mm, 1.0])
    affine[:3, 3] = -(np.asarray(shape) - 1) / 2 * np.asarray(spacing_mm)
    return affine


def _slices(head: WholeHead, world_from_head: Matrix, protocol: Protocol) -> Volume:
    """The grid of the slices, canonical axes, around the brain's middle."""
    there = np.argwhere(head.brain[::4, ::4, ::4]) * 4.0
    middle = (there.min(0) + there.max(0)) / 2 - (np.asarray(head.brain.shape) - 1) / 2
    middle_mm = (world_from_head @ [*(middle * head.spacing_mm), 1.0])[:3]
    across = PLANES[protocol.plane][2]
    spacing = [protocol.pixel_mm] * 3
    spacing[across] = protocol.step_mm
    extent = [240.0] * 3
    extent[across] = protocol.covered_mm
    if protocol.plane == "axial":
        extent[0] = 220.0
    shape: Shape = tuple(round(mm / s) for mm, s in zip(extent, spacing, strict=True))  # pyright: ignore[reportAssignmentType]
    affine = _centred(shape, tuple(spacing))
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("xyz", protocol.tilt_degrees, degrees=True).as_matrix()
    turn[:3, 3] = middle_mm
    return Volume(np.zeros(shape, np.int16), turn @ affine)


def _sampled(
    head: WholeHead, image: Field, world_from_head: Matrix, grid: Volume, protocol: Protocol
) -> Field:
    """The head averaged over each slice's thickness."""
    across = PLANES[protocol.plane][2]
    count = max(1, round(protocol.slice_mm / 1.2))
    frame = _centred(image.shape, (head.spacing_mm,) * 3)
    voxel = np.linalg.inv(world_from_head @ frame) @ grid.world_from_voxel
    tensor = torch.from_numpy(np.ascontiguousarray(image))[None, None]
    total = np.zeros(grid.shape, np.float32)
    for k in range(count):
        offset = np.zeros(4)
        offset[across] = ((k + 0.5) / count - 0.5) * protocol.slice_mm / protocol.step_mm
        total += _read(tensor, voxel, grid.shape, start=voxel @ offset)
    return total / count


def _read(tensor: torch.Tensor, voxel: Matrix, shape: Shape, *, start: Matrix) -> Field:
    """Trilinear values at the voxels of a grid, 0 beyond the head's block."""
    sizes = np.asarray(tensor.shape[2:])
    scale = 2 / (sizes - 1)
    to = np.diag(scale) @ voxel[:3]
    to[:, 3] += scale * start[:3] - 1
    axes = [torch.arange(n, dtype=torch.float32) for n in shape]
    places = [
        sum(
            float(to[a, i]) * axes[i].reshape([-1 if j == i else 1 for j in range(3)])
            for i in range(3)
        )
        + float(to[a, 3])
        for a in (2, 1, 0)
    ]
    at = torch.stack([torch.as_tensor(p).expand(*shape) for p in places], dim=-1)[None]
    return functional.grid_sample(tensor, at, align_corners=True)[0, 0].numpy()
