"""Edges lie where the grey levels change; outlines at the border of a mask."""

import numpy as np

from ccsd_app.scene.slices.edges import edges_of, outline_of


def disc(radius: float) -> np.ndarray:
    x, y = np.ogrid[-40:41, -40:41]
    return x**2 + y**2 <= radius**2


def test_the_edge_of_a_disc_is_a_thin_line_at_its_border():
    grey = np.where(disc(25), 180, 90).astype(np.uint8)

    x, y = np.nonzero(edges_of(grey))

    radii = np.hypot(x - 40, y - 40)
    assert len(x) > 100
    assert np.abs(radii - 25).max() < 2.5
    assert len(np.unique(np.round(np.degrees(np.arctan2(x - 40, y - 40)) / 10))) >= 36


def test_air_has_no_edges():
    assert not edges_of(np.zeros((20, 20), np.uint8)).any()


def test_an_outline_is_the_border_of_the_mask():
    outline = outline_of(disc(25))
    assert (outline <= disc(25)).all()
    assert not (outline & disc(23)).any()
