"""Resampling label maps from the prepared grid to the grid of an original sequence.

Each label's fraction of every original voxel is computed (linear interpolation, averaged over the
slice thickness), and the label with the largest fraction is used. So borders are smooth on fine
grids, and a voxel of a thick slice has the label of most of its volume.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.case import Case
from ccsd_core.domain.modality import Modality
from ccsd_core.domain.nested_labels import NestedLabels
from ccsd_core.domain.segmentation import Segmentation
from ccsd_core.domain.volume import Volume
from ccsd_core.preparation.itk_image import sampled
from ccsd_core.preparation.prepared import Original, Prepared, in_stored_order
from ccsd_core.preparation.rigid import Matrix

AVERAGE_ABOVE = 1.5
"""Along voxel edges longer than this many prepared voxels, values are averaged."""


def onto_original(labels: Volume, original: Original) -> NDArray[np.uint8]:
    """A label map on the grid of the original sequence, in the order stored on disk.

    Args:
        labels: uint8 labels on the prepared grid.
        original: The original grid of the sequence.

    Returns:
        uint8, shape of the stored grid; 0 outside the prepared grid.
    """
    return in_stored_order(onto_canonical(labels, original), original.stored)


def onto_canonical(labels: Volume, original: Original) -> Volume:
    """A label map on the canonical grid of an original sequence; the same arguments."""
    grid = Volume(np.broadcast_to(np.uint8(0), original.shape), original.canonical)
    return labels_on(grid, labels, np.asarray(np.linalg.inv(original.matrix), np.float64))


def labels_on(grid: Volume, labels: Volume, matrix: Matrix) -> Volume:
    """A label map on another grid: each voxel has the label with the largest fraction of it.

    Args:
        grid: The other grid; its values do not matter.
        labels: uint8 labels.
        matrix: From the world coordinates of `grid` to those of the labels.
    """
    nested = NestedLabels.around(labels.array.astype(np.uint8, copy=False))  # any labels: their box
    values, (i, j, k) = _in_box(grid, nested, labels.world_from_voxel, matrix)
    x, y, z = values.shape
    found = np.zeros(grid.shape, np.uint8)
    found[i : i + x, j : j + y, k : k + z] = values
    return grid.with_array(found)


def nested_onto_case(nested: NestedLabels, grid: Volume, prepared: Prepared) -> NestedLabels:
    """Nested labels of the prepared grid on that of the case's first sequence as scanned.

    Args:
        nested: The labels.
        grid: The case's first sequence as scanned.
        prepared: The preparation.
    """
    original = prepared.originals[min(prepared.originals)]
    own = next(iter(prepared.volumes.values())).world_from_voxel
    back = np.asarray(np.linalg.inv(original.matrix), np.float64)
    return NestedLabels.around(*_in_box(grid, nested, own, back))


def _in_box(
    grid: Volume, nested: NestedLabels, world_from_voxel: Matrix, matrix: Matrix
) -> tuple[NDArray[np.uint8], tuple[int, int, int]]:
    """As `labels_on`, but only in the block that may contain labels, with its first voxel."""
    nothing = np.zeros((0, 0, 0), np.uint8), (0, 0, 0)
    if not nested.values.size:
        return nothing
    own = world_from_voxel.copy()
    own[:3, 3] = (own @ [*(np.asarray(nested.offset) - 1), 1.0])[:3]
    labels = Volume(np.pad(nested.values, 1), own)  # values fall off to zero between voxels
    ends = np.stack(np.meshgrid(*([-1, n] for n in labels.shape)), -1).reshape(-1, 3)
    there = np.linalg.inv(matrix @ grid.world_from_voxel) @ own
    places = (there @ np.c_[ends, np.ones(len(ends))].T)[:3]
    low = np.clip(np.floor(places.min(axis=1)).astype(int), 0, grid.shape)
    high = np.clip(np.ceil(places.max(axis=1)).astype(int) + 1, 0, grid.shape)
    if (high <= low).any():
        return nothing
    corner = grid.world_from_voxel.copy()
    corner[:3, 3] = (corner @ [*low, 1.0])[:3]
    x, y, z = (high - low).tolist()
    i, j, k = low.tolist()
    box = Volume(np.broadcast_to(np.uint8(0), (x, y, z)), corner)
    return _largest_label(box, labels, matrix), (i, j, k)


def _largest_label(grid: Volume, labels: Volume, matrix: Matrix) -> NDArray[np.uint8]:
    """The label with the largest fraction of each voxel of a grid."""
    values = [int(v) for v in np.unique(labels.array) if v]
    shares = {v: _fraction(labels, v, grid, matrix) for v in values}
    found = np.zeros(grid.shape, np.uint8)
    # The background's fraction is what the labels leave.
    best = 1 - np.sum(list(shares.values()), axis=0)
    for value, share in shares.items():
        wins = share >= best
        found[wins & (share > 0)] = value
        best = np.where(wins, share, best)
    return found


def onto_case(segmentation: Segmentation, case: Case, prepared: Prepared) -> Segmentation:
    """A segmentation of prepared images on the grid of the first sequence of the case as read."""
    first = onto_sequence(segmentation, prepared.originals[min(prepared.originals)])
    return replace(first, grid=case.grid, stored=case.stored)


def onto_sequence(segmentation: Segmentation, original: Original) -> Segmentation:
    """A segmentation of prepared images on the grid of one sequence as scanned."""
    labels = segmentation.grid.with_array(segmentation.labels)
    back = onto_canonical(labels, original)
    regions = segmentation.scheme.regions(back.array.astype(np.uint8, copy=False))
    return replace(segmentation, regions=regions, grid=back, stored=original.stored)


def other_sequences(prepared: Prepared) -> tuple[Modality, ...]:
    """The sequences that need a label map of their own.

    These have another grid or position than the first one.
    """
    first = prepared.originals[min(prepared.originals)]
    return tuple(
        m
        for m, one in sorted(prepared.originals.items())
        if one is not first
        and not (
            one.shape == first.shape
            and np.allclose(one.canonical, first.canonical, atol=1e-3)
            and np.allclose(one.matrix, first.matrix, atol=1e-6)
        )
    )


def _fraction(
    labels: Volume, value: int, grid: Volume, matrix: NDArray[np.float64]
) -> NDArray[np.float32]:
    one = labels.with_array((labels.array == value).astype(np.float32))
    counts = [
        max(1, round(mm / fine)) if mm > AVERAGE_ABOVE * fine else 1
        for mm, fine in zip(grid.spacing_mm, labels.spacing_mm, strict=True)
    ]
    total = np.zeros(grid.shape, np.float32)
    offsets = np.stack(np.meshgrid(*([(k + 0.5) / n - 0.5 for k in range(n)] for n in counts)), -1)
    for offset in offsets.reshape(-1, 3):
        shift = np.eye(4)
        shift[:3, 3] = offset
        part = Volume(grid.array, grid.world_from_voxel @ shift)
        total += sampled(one, part, matrix, average=False)
    return total / np.float32(np.prod(counts))
