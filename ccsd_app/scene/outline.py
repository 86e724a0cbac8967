"""The boundary of a mask as closed lines, drawn sharp at any zoom.

Marching squares on a two-valued image: each 2×2 cell of pixel centres that is neither all
inside nor all outside gives one or two short segments between the middles of its sides.

        a ─T─ b        a alone inside:  L ▶ T           inside is always on the left hand,
        L     R        a and b:         L ▶ R           so each middle starts one segment and
        d ─B─ c        a and c:         L ▶ T, R ▶ B    the segments chain into closed lines

Source: Lorensen and Cline, Marching Cubes, SIGGRAPH 1987, in two dimensions. Diagonal
neighbours count as apart.
"""

import numpy as np
from numpy.typing import NDArray

from ccsd_core.domain.box import tight_box

Line = NDArray[np.float32]
"""A closed line: (n, 2) points as (column, row); pixel (c, r) covers c…c+1 by r…r+1."""

_TOP, _RIGHT, _BOTTOM, _LEFT = (1, 0), (2, 1), (1, 2), (0, 1)
"""Middles of a cell's sides in half pixels from its upper left pixel centre, as (x, y)."""

_A, _B, _C, _D = 8, 4, 2, 1
_SEGMENTS = {
    _A: ((_LEFT, _TOP),),
    _B: ((_TOP, _RIGHT),),
    _C: ((_RIGHT, _BOTTOM),),
    _D: ((_BOTTOM, _LEFT),),
    _A | _B: ((_LEFT, _RIGHT),),
    _B | _C: ((_TOP, _BOTTOM),),
    _C | _D: ((_RIGHT, _LEFT),),
    _D | _A: ((_BOTTOM, _TOP),),
    _A | _B | _C: ((_LEFT, _BOTTOM),),
    _B | _C | _D: ((_TOP, _LEFT),),
    _C | _D | _A: ((_RIGHT, _TOP),),
    _D | _A | _B: ((_BOTTOM, _RIGHT),),
    _A | _C: ((_LEFT, _TOP), (_RIGHT, _BOTTOM)),
    _B | _D: ((_TOP, _RIGHT), (_BOTTOM, _LEFT)),
}
"""For each pattern of inside corners: its segments, as (from, to)."""


def outlines(mask: NDArray[np.bool_]) -> tuple[Line, ...]:
    """The closed lines around a mask (rows, columns), holes included."""
    box = tight_box(mask)
    if box is None:
        return ()
    mask = mask[box]
    rows, columns = mask.shape
    padded = np.zeros((rows + 2, columns + 2), np.uint8)
    padded[1:-1, 1:-1] = mask
    pattern = (
        _A * padded[:-1, :-1] + _B * padded[:-1, 1:] + _C * padded[1:, 1:] + _D * padded[1:, :-1]
    )
    width = 2 * (columns + 2)
    where = np.flatnonzero((pattern != 0) & (pattern != _A | _B | _C | _D))
    codes = pattern.ravel()[where]
    corner = 2 * (where // pattern.shape[1]) * width + 2 * (where % pattern.shape[1])
    following: dict[int, int] = {}
    for code, segments in _SEGMENTS.items():
        cells = corner[codes == code]
        for (from_x, from_y), (to_x, to_y) in segments:
            starts = (cells + from_y * width + from_x).tolist()
            following.update(zip(starts, (cells + to_y * width + to_x).tolist(), strict=True))
    corner_px = np.array([side.start for side in reversed(box)], np.float32)
    return tuple(_points(chain, width) + corner_px for chain in _chains(following))


def _chains(following: dict[int, int]) -> list[list[int]]:
    chains: list[list[int]] = []
    while following:
        start, point = following.popitem()
        chain = [start]
        while point != start:
            chain.append(point)
            point = following.pop(point)
        chains.append(chain)
    return chains


def _points(chain: list[int], width: int) -> Line:
    keys = np.asarray(chain)
    halves = np.stack([keys % width, keys // width], axis=1)
    return (halves / 2 - 0.5).astype(np.float32)  # padded centre 1 is pixel 0, at 0.5
